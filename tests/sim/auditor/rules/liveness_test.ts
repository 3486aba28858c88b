import assert from "node:assert/strict";
import { assertViolated, judge, playSession, verdictOn } from "../support/sessions.ts";

Deno.test("liveness holds when every group has caught up", async () => {
  const verdict = verdictOn(await judge(playSession().log), "liveness");
  assert.deepEqual([verdict.status, verdict.checked], ["held", 2]);
});

Deno.test("liveness finds records that a group left", async () => {
  const { log } = playSession();
  log.behind = 3;
  const verdict = assertViolated(
    await judge(log),
    "liveness",
    /order-gateway had 3 records of order-commands\/0 left/,
  );
  const end = log.records("order-commands", 0).length;
  assert.deepEqual(verdict.counterexample!.chain, [
    { topic: "order-commands", partition: 0, offset: end - 3 },
  ]);
});

Deno.test("liveness is violated when the floor was waited for in vain", async () => {
  const { log } = playSession();
  const report = await judge(log, { drained: false, stuckAfterMs: 60_000 });
  const { status, counterexample } = verdictOn(report, "liveness");
  assert.equal(status, "violated");
  assert.match(counterexample!.text, /not come to rest 1 m 00 s after the load ended/);
});

Deno.test("liveness is unknown of a run that was ended early", async () => {
  const { log } = playSession();
  log.behind = 1;
  const verdict = verdictOn(await judge(log, { drained: false }), "liveness");
  assert.equal(verdict.status, "unknown");
});
