import assert from "node:assert/strict";
import { type Random, seededRandom } from "../../../actors/seeded_random.ts";
import type { LogRecord } from "../../../kafka/event_log.ts";
import type { TopicName } from "../../../kafka/topics.ts";
import { auditPart } from "../../../sim/auditor/audit_part.ts";
import { auditRun, judgeRun, partOptions } from "../../../sim/auditor/audit_run.ts";
import { PAGE_BYTES } from "../../../sim/auditor/memory/page_memory.ts";
import { passesOver } from "../../../sim/auditor/rule_families.ts";
import { MUTANTS } from "../../../sim/auditor/self_check/mutants.ts";
import type { AuditReport } from "../../../sim/auditor/verdict.ts";
import type { ArrayLog, StoredRecord } from "./support/array_log.ts";
import { playFolds } from "./support/folded_floor.ts";
import { PARTITIONS } from "./support/hand_floor.ts";
import { playSession } from "./support/sessions.ts";

const OPTIONS = { now: () => 0 };

/** As two threads do it, with so little memory that their tables are on disk. */
function auditInParts(log: ArrayLog): Promise<AuditReport> {
  const options = { ...OPTIONS, memory: { bytes: 16 * PAGE_BYTES } };
  return judgeRun(
    log,
    options,
    (topics) =>
      Promise.all(
        (["users", "engines"] as const).map((family) =>
          auditPart(log, { family, topics, ...partOptions(options) })
        ),
      ),
  );
}

async function assertSame(log: ArrayLog, what: string): Promise<AuditReport> {
  const whole = await auditRun(log, OPTIONS);
  assert.deepEqual(await auditInParts(log), whole, what);
  return whole;
}

Deno.test("two parts find the same as one on a real session", async () => {
  const report = await assertSame(playFolds(6, 1_000), "clean");
  assert.deepEqual(
    report.verdicts.filter(({ status }) => status === "violated"),
    [],
  );
});

for (const [rule, mutant] of Object.entries(MUTANTS)) {
  // Those of the audit log's files and of what is told besides are judged in one place anyway.
  if (rule === "audit-log-complete" || rule === "determinism") continue;
  Deno.test(`two parts find the same as one where ${rule} is broken`, async () => {
    const { log } = playSession();
    mutant({ log, auditFolder: "" });
    const { verdicts } = await assertSame(log, rule);
    assert.equal(verdicts.find((verdict) => verdict.rule === rule)!.status, "violated");
  });
}

const FOLDED = ["orders", "notifications", "market-data", "order-commands"] as const;

/** One thing that no run may do to a record that an actor wrote. */
const CHANGES: Readonly<
  Record<string, (records: StoredRecord[], at: number, random: Random) => void>
> = {
  "is lost": (records, at) => void records.splice(at, 1),
  "says another number": (records, at, random) => {
    const record = records[at]!;
    const numbers = [...String(record.value).matchAll(/"(\w+)":(\d+)/g)].filter(([, name]) =>
      // What is carried along, and what no rule looks at.
      name !== "timestamp" && name !== "clientTimestamp"
    );
    const chosen = numbers[Math.floor(random() * numbers.length)]!;
    const other = `"${chosen[1]}":${Number(chosen[2]) + 1}`;
    record.value = String(record.value).replace(chosen[0], other);
  },
  "is about another user or symbol": (records, at) => {
    const record = records[at]!;
    record.value = String(record.value)
      .replace(/"userId":"\w+"/, '"userId":"mallory"')
      .replace(/"symbol":"\w+"/, '"symbol":"OTHER"');
  },
  "comes later": (records, at) => {
    const [record] = records.splice(at, 1);
    records.push(record!);
  },
};

for (const [change, act] of Object.entries(CHANGES)) {
  Deno.test(`a derived record that ${change} is caught, by two parts as by one`, async () => {
    const random = seededRandom(11, change);
    for (const topic of FOLDED) {
      const log = playFolds(7, 160);
      const records = log.records(topic, Math.floor(random() * PARTITIONS));
      const derived = records.flatMap(({ value }, at) =>
        String(value).includes('"sequence":') ? [at] : []
      );
      const at = derived[Math.floor(random() * derived.length * 0.9)]!;
      const before = String(records[at]!.value);
      act(records, at, random);
      const { verdicts } = await assertSame(log, `${topic}: ${before}`);
      assert.ok(
        verdicts.some(({ status }) => status === "violated"),
        `nobody noticed that ${before} of ${topic} ${change}`,
      );
    }
  });
}

function textOf(text: string, topic: TopicName): LogRecord {
  const at = { topic, partition: 0, offset: 0, timestamp: 0, key: null, headers: {} };
  return { ...at, text, value: new TextEncoder().encode(text) };
}

Deno.test("passesOver() passes over nothing that could turn out to be something else", () => {
  const placed = '{"type":"order-placed","id":"order-commands/0/1/0"}';
  assert.equal(passesOver("engines", textOf(placed, "notifications")), true);
  assert.equal(passesOver("users", textOf(placed, "notifications")), false);
  assert.equal(passesOver("all", textOf(placed, "notifications")), false);
  assert.equal(passesOver("engines", textOf(placed, "orders")), false);
  for (
    const other of [
      '{"type":"order-placed","x":1,"type":"order-filled"}',
      '{"type":"order-placed","x":1,"t\\u0079pe":"order-filled"}',
      '{ "type":"order-placed"}',
      '{"id":"x","type":"order-placed"}',
      '{"type":"order-filled"}',
    ]
  ) assert.equal(passesOver("engines", textOf(other, "notifications")), false, other);
});
