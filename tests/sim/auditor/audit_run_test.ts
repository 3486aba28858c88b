import assert from "node:assert/strict";
import { auditRun } from "../../../sim/auditor/audit_run.ts";
import { RULE_IDS } from "../../../sim/auditor/verdict.ts";
import { ArrayLog } from "./support/array_log.ts";
import { writeAuditFolder } from "./support/audit_writer.ts";
import { HandFloor } from "./support/hand_floor.ts";
import { complaints, judge, playSession, verdictOn } from "./support/sessions.ts";

Deno.test("auditRun() holds every rule on a clean log", async () => {
  const auditFolder = await Deno.makeTempDir();
  try {
    const { log } = playSession();
    writeAuditFolder(auditFolder, log);
    const report = await judge(log, { auditFolder });
    assert.deepEqual(complaints(report), []);
    assert.deepEqual(report.verdicts.map(({ rule }) => rule), RULE_IDS);
    for (const { rule, checked } of report.verdicts) assert.ok(checked > 0, `${rule} saw nothing`);
    assert.deepEqual(report.counts, {
      intents: 21,
      unsentIntents: 0,
      commands: 21,
      malformedCommands: 1,
      answers: 21,
      acceptedOrders: 10,
      trades: 6,
      settlements: 12,
      deadLetters: 1,
      repeats: 0,
    });
  } finally {
    await Deno.remove(auditFolder, { recursive: true });
  }
});

Deno.test("auditRun() takes repeats of derived messages for what they are", async () => {
  const { log } = playSession();
  let repeats = 0;
  for (const topic of ["orders", "notifications", "market-data", "order-commands"] as const) {
    for (const partition of [0, 1]) {
      const derived = log.records(topic, partition).filter(({ value }) =>
        typeof value === "string" && value.includes('"sequence":')
      );
      for (const record of derived) log.append(topic, partition, { ...record });
      repeats += derived.length;
    }
  }
  const report = await judge(log);
  assert.deepEqual(complaints(report), ["audit-log-complete: no audit folder was given"]);
  assert.equal(report.counts.repeats, repeats);
});

Deno.test("auditRun() says why it cannot judge without a topic", async () => {
  const { log } = playSession();
  log.forget("market-data");
  const report = await judge(log);
  const verdict = verdictOn(report, "causality-closed");
  assert.equal(verdict.status, "unknown");
  assert.match(verdict.reason!, /no topic "market-data"/);
});

Deno.test("auditRun() cannot judge orders before it knows the symbols", async () => {
  const { log } = playSession();
  for (const topic of ["orders", "order-commands", "notifications"] as const) {
    for (const partition of [0, 1]) log.records(topic, partition)[0]!.value = '{"type":"price"}';
  }
  const report = await judge(log);
  assert.equal(verdictOn(report, "price-time-priority").status, "unknown");
  assert.match(verdictOn(report, "price-time-priority").reason!, /floor-opened/);
});

Deno.test("auditRun() holds on a floor on which nothing happened", async () => {
  const report = await judge(new HandFloor().log);
  assert.deepEqual(complaints(report), [
    "portfolio-replay: no portfolio manager has saved a snapshot",
    "audit-log-complete: no audit folder was given",
  ]);
  assert.equal(report.recordsRead, 6);
});

Deno.test("auditRun() tells how it gets on, and how long it took by the clock passed in", async () => {
  const { log } = playSession();
  const seen: number[] = [];
  let time = 100;
  const report = await auditRun(log, {
    now: () => time,
    onProgress: ({ recordsRead, recordsTotal }) => {
      seen.push(recordsRead);
      time += 1;
      assert.ok(recordsRead <= recordsTotal);
    },
  });
  assert.equal(seen.at(-1), report.recordsRead);
  assert.equal(report.tookMs, seen.length);
});

Deno.test("auditRun() says so when the log does not hand over what it says it has", async () => {
  const { log } = playSession();
  const reader = {
    positions: [],
    seek: () => {},
    close: () => {},
    poll: () => Promise.resolve([]),
  };
  log.openReader = () => reader;
  await assert.rejects(auditRun(log), /Cannot read .* nothing comes after 0/);
});

Deno.test("auditRun() refuses a partition longer than it can hold places of", async () => {
  const log = new ArrayLog(1);
  const [topic] = await log.describeTopics();
  const long = { ...topic!, offsets: [{ start: 0, end: 2 ** 33 }] };
  log.describeTopics = () => Promise.resolve([long]);
  await assert.rejects(auditRun(log), /Cannot audit market-data/);
});
