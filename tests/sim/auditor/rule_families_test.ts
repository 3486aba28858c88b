import assert from "node:assert/strict";
import { type Random, seededRandom } from "../../../actors/seeded_random.ts";
import { auditPart } from "../../../sim/auditor/audit_part.ts";
import { auditRun, judgeByHalves, judgeRun, partOptions } from "../../../sim/auditor/audit_run.ts";
import { PAGE_BYTES } from "../../../sim/auditor/memory/page_memory.ts";
import { passedOver, type RuleFamily } from "../../../sim/auditor/rule_families.ts";
import { MUTANTS } from "../../../sim/auditor/self_check/mutants.ts";
import type { AuditReport } from "../../../sim/auditor/verdict.ts";
import type { ArrayLog, StoredRecord } from "./support/array_log.ts";
import { playFolds } from "./support/folded_floor.ts";
import { PARTITIONS } from "./support/hand_floor.ts";
import { playSession } from "./support/sessions.ts";

const OPTIONS = { now: () => 0 };

/** As two threads do it, with so little memory that their tables are on disk. */
async function auditInParts(log: ArrayLog): Promise<{ report: AuditReport; wasOpen: boolean }> {
  const options = { ...OPTIONS, memory: { bytes: 16 * PAGE_BYTES } };
  const judged: RuleFamily[] = [];
  const report = await judgeRun(log, options, (topics) =>
    judgeByHalves((family) => {
      judged.push(family);
      return auditPart(log, { family, topics, ...partOptions(options) });
    }));
  return { report, wasOpen: judged.includes("all") };
}

async function assertSame(log: ArrayLog, what: string): Promise<AuditReport> {
  const whole = await auditRun(log, OPTIONS);
  const { report, wasOpen } = await auditInParts(log);
  assert.deepEqual(report, whole, what);
  // Else the halves would not notice what a whole notices, or would never do without one.
  const isViolated = whole.verdicts.some(({ rule, status }) =>
    status === "violated" && rule !== "liveness"
  );
  assert.equal(wasOpen, isViolated, what);
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

/** Records of each topic that are changed, one at a time. */
const ROUNDS = 5;

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
    for (const topic of Array.from({ length: ROUNDS }, () => FOLDED).flat()) {
      const log = playFolds(7, 160);
      const records = log.records(topic, Math.floor(random() * PARTITIONS));
      const texts = records.map(({ value }) => String(value));
      // Of one that came again nobody misses the repeat.
      const derived = texts.flatMap((text, at) =>
        text.includes('"sequence":') && texts.indexOf(text) === texts.lastIndexOf(text) ? [at] : []
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

/** A second way to write each message, which says the same. */
const REWRITTEN: Readonly<Record<string, (text: string) => string>> = {
  "with a space before it": (text) => ` ${text}`,
  "with an escape": (text) => text.replace(/"userId":"(.)/, escaped),
  "with its fields in another order": (text) =>
    text.replace(/^{("type":"[a-z-]+"),(.*)}$/, "{$2,$1}"),
  "with a command's type before its own": (text) => text.replace("{", '{"type":"place-order",'),
  "with an answer's type before its own": (text) => text.replace("{", '{"type":"order-placed",'),
};

function escaped(_match: string, first: string): string {
  return `"userId":"\\u${first.charCodeAt(0).toString(16).padStart(4, "0")}`;
}

for (const [how, rewrite] of Object.entries(REWRITTEN)) {
  Deno.test(`a session whose messages are written ${how} is judged alike, by one part and by two`, async () => {
    const log = playFolds(6, 300);
    const before = await assertSame(log, "as it was");
    for (const topic of FOLDED) {
      for (let partition = 0; partition < PARTITIONS; partition++) {
        for (const record of log.records(topic, partition)) {
          // Commands are their intents' bytes; what is no message stays none.
          if (topic === "order-commands" && !String(record.value).includes('"sequence":')) continue;
          record.value = rewrite(String(record.value));
        }
      }
    }
    assert.deepEqual(await assertSame(log, how), before);
  });
}

Deno.test("passedOver() is what users ask and are answered for engines, and what engines tell for users", () => {
  assert.ok(passedOver("engines", "notifications").includes("order-placed"));
  assert.ok(passedOver("engines", "order-commands").includes("place-order"));
  assert.ok(!passedOver("engines", "order-commands").includes("settle-fill"));
  assert.ok(
    !passedOver("engines", "notifications").includes("account-opened"),
    "portfolios need it",
  );
  assert.deepEqual(passedOver("engines", "market-data"), []);
  assert.ok(passedOver("users", "notifications").includes("order-filled"));
  assert.deepEqual(passedOver("users", "order-commands"), []);
  assert.deepEqual(passedOver("all", "notifications"), []);
  assert.deepEqual(passedOver("all", "order-commands"), []);
});
