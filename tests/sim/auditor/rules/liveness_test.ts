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
  assert.match(counterexample!.text, /not come to rest 60 s after the load ended/);
});

Deno.test("liveness is unknown of a run that was ended early", async () => {
  const { log } = playSession();
  log.behind = 1;
  const verdict = verdictOn(await judge(log, { drained: false }), "liveness");
  assert.equal(verdict.status, "unknown");
});

Deno.test("liveness passes over outputs that come again when their receiver has stopped", async () => {
  const { log } = playSession();
  const records = log.records("order-commands", 0);
  const settlement = records.find(({ value }) => String(value).includes('"type":"settle-fill"'));
  assert.ok(settlement !== undefined);
  log.append("order-commands", 0, settlement);
  log.behind = 1;
  assert.equal(verdictOn(await judge(log), "liveness").status, "held");
  log.behind = records.length;
  assert.equal(verdictOn(await judge(log), "liveness").status, "violated");
});

Deno.test("liveness counts a command that comes again as work: it wants an answer", async () => {
  const { log } = playSession();
  const records = log.records("order-commands", 0);
  const order = records.find(({ value }) => String(value).includes('"type":"place-order"'));
  assert.ok(order !== undefined);
  log.append("order-commands", 0, order);
  log.behind = 1;
  assert.equal(verdictOn(await judge(log), "liveness").status, "violated");
});
