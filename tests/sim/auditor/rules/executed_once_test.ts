import assert from "node:assert/strict";
import { assertViolated, judge, playSession, verdictOn } from "../support/sessions.ts";
import { change, forge } from "../support/tampering.ts";

Deno.test("executed-once holds on a session and counts what it looked at", async () => {
  const verdict = verdictOn(await judge(playSession().log), "executed-once");
  assert.equal(verdict.status, "held");
  assert.ok(verdict.checked > 10);
});

Deno.test("executed-once finds an execution told to its buyer twice", async () => {
  const { log } = playSession();
  forge(log, "notifications", { type: "order-filled", orderId: "b1" });
  const verdict = assertViolated(await judge(log), "executed-once", /told to its buyer twice/);
  assert.equal(verdict.counterexample!.chain.length, 4);
});

Deno.test("executed-once finds an execution published twice", async () => {
  const { log } = playSession();
  forge(log, "market-data", { type: "trade" });
  assertViolated(await judge(log), "executed-once", /published twice/);
});

Deno.test("executed-once finds an order filled beyond its quantity", async () => {
  const { log } = playSession(
    change("notifications", { type: "order-filled", orderId: "b1" }, { quantityLots: 10 }),
  );
  assertViolated(await judge(log), "executed-once", /of 9 lots was filled beyond its quantity/);
});

Deno.test("executed-once finds an order number accepted twice", async () => {
  const { log } = playSession();
  forge(log, "orders", { type: "order-accepted", orderId: "b1" });
  assertViolated(await judge(log), "executed-once", /order number \d+ was accepted at .* again at/);
});
