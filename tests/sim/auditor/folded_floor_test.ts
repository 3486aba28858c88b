import assert from "node:assert/strict";
import { auditRun } from "../../../sim/auditor/audit_run.ts";
import { playFolds } from "./support/folded_floor.ts";
import { complaints, judge } from "./support/sessions.ts";

for (const seed of [1, 2, 3, 4]) {
  Deno.test(`auditRun() holds what the real folds do, crashes and repeats included (seed ${seed})`, async () => {
    const log = playFolds(seed, 1_200);
    const report = await judge(log);
    assert.deepEqual(complaints(report), ["audit-log-complete: no audit folder was given"]);
    const { trades, repeats, malformedCommands, acceptedOrders } = report.counts;
    assert.ok(trades > 100 && acceptedOrders > 200, "hardly anything was traded");
    assert.ok(repeats > 20 && malformedCommands > 5, "nothing went wrong");
  });
}

Deno.test("auditRun() notices when a single derived record of a real session is lost", async () => {
  for (const topic of ["notifications", "market-data", "order-commands", "orders"] as const) {
    const log = playFolds(5, 300);
    const records = log.records(topic, 1);
    const lost = records.findLastIndex(({ value }) => String(value).includes('"sequence":'));
    records.splice(lost, 1);
    const report = await auditRun(log, { now: () => 0 });
    assert.ok(
      report.verdicts.some(({ status }) => status === "violated"),
      `a record of ${topic} was lost and not missed`,
    );
  }
});
