import assert from "node:assert/strict";
import { assertViolated, judge, playSession, verdictOn } from "../support/sessions.ts";
import { change, lose, poison } from "../support/tampering.ts";

Deno.test("inputs-accounted holds on a session with something of everything", async () => {
  const verdict = verdictOn(await judge(playSession().log), "inputs-accounted");
  assert.equal(verdict.status, "held");
  assert.ok(verdict.checked > 20);
});

Deno.test("inputs-accounted finds a command that nothing became of", async () => {
  const { log } = playSession(lose("notifications", { type: "order-placed", orderId: "b1" }));
  assertViolated(await judge(log), "inputs-accounted", /place-order .* neither answered nor set/);
  assert.equal(
    verdictOn(await judge(log, { drained: false }), "inputs-accounted").status,
    "unknown",
  );
});

Deno.test("inputs-accounted finds a command that was answered and set aside", async () => {
  const { log } = playSession();
  poison(log, "order-commands", { type: "place-order", orderId: "b1" }, "order-gateway");
  assertViolated(
    await judge(log),
    "inputs-accounted",
    /place-order .* was answered, and set aside as poison, too/,
  );
});

Deno.test("inputs-accounted finds an answer to what was never sent", async () => {
  const { log } = playSession(
    change("notifications", { type: "order-placed", orderId: "b1" }, {
      id: "order-commands/0/4711/0",
    }),
  );
  const { status, counterexample } = verdictOn(await judge(log), "inputs-accounted");
  assert.equal(status, "violated");
  assert.match(counterexample!.text, /neither answered|answer nothing/);
});
