import assert from "node:assert/strict";
import { assertViolated, judge, playSession, verdictOn } from "../support/sessions.ts";
import { change, forge, lose, rewrite } from "../support/tampering.ts";

const B1_FILL = { type: "order-filled", orderId: "b1" };

Deno.test("one-terminal-state finds a fill after the order was filled", async () => {
  const { log } = playSession();
  forge(log, "notifications", { type: "order-filled", orderId: "a2" }, { tradeId: "AAPL-99" });
  const verdict = assertViolated(
    await judge(log),
    "one-terminal-state",
    /order-filled came after it was filled/,
  );
  assert.deepEqual(verdict.counterexample!.chain.map(({ topic }) => topic), [
    "order-commands",
    "orders",
    "orders",
    "notifications",
  ]);
});

Deno.test("one-terminal-state finds a cancel after the order was cancelled", async () => {
  const { log } = playSession();
  forge(log, "notifications", { type: "order-cancelled", orderId: "b2" });
  assertViolated(
    await judge(log),
    "one-terminal-state",
    /order-cancelled came after it was cancelled/,
  );
});

Deno.test("one-terminal-state finds more filled than was open", async () => {
  const { log } = playSession(
    change("notifications", B1_FILL, { quantityLots: 10, remainingLots: 0 }),
  );
  assertViolated(
    await judge(log),
    "one-terminal-state",
    /10 lots were filled when only 9 were open/,
  );
});

Deno.test("one-terminal-state finds a fill that says another rest", async () => {
  const { log } = playSession(change("notifications", B1_FILL, { remainingLots: 3 }));
  assertViolated(await judge(log), "one-terminal-state", /leaves 4 lots open, but says 3/);
});

Deno.test("one-terminal-state finds a cancel that says another rest", async () => {
  const { log } = playSession(
    change("notifications", { type: "order-cancelled" }, { quantityLots: 1 }),
  );
  assertViolated(await judge(log), "one-terminal-state", /lots were open when it was cancelled/);
});

Deno.test("one-terminal-state finds an order filled that was never placed", async () => {
  const { log } = playSession(lose("notifications", { type: "order-placed", orderId: "b1" }));
  assertViolated(await judge(log), "one-terminal-state", /never told that it was placed/);
  assert.equal(
    verdictOn(await judge(log, { drained: false }), "one-terminal-state").status,
    "unknown",
  );
});

Deno.test("rejects-inert finds an order in an unknown symbol", async () => {
  const { log } = playSession(change("orders", { orderId: "c3" }, { symbol: "INVALID" }));
  assertViolated(await judge(log), "rejects-inert", /order-accepted at .* is in INVALID/);
});

Deno.test("rejects-inert finds a fill, a trade and a settlement in an unknown symbol", async () => {
  for (const topic of ["notifications", "market-data", "order-commands"] as const) {
    const type = {
      "notifications": "order-filled",
      "market-data": "trade",
      "order-commands": "settle-fill",
    };
    const { log } = playSession(change(topic, { type: type[topic] }, { symbol: "INVALID" }));
    assertViolated(
      await judge(log),
      "rejects-inert",
      new RegExp(`${type[topic]} at ${topic}.* INVALID`),
    );
  }
});

Deno.test("rejects-inert finds a refused order that was accepted all the same", async () => {
  const { log } = playSession(change("notifications", { type: "order-placed", orderId: "c3" }, {
    type: "order-rejected",
    reason: "insufficient-cash",
    detail: "",
  }));
  assertViolated(
    await judge(log),
    "rejects-inert",
    /carol .* refused \(insufficient-cash\), but took effect/,
  );
});

Deno.test("rejects-inert finds a refused cancel that was handed on all the same", async () => {
  const { log } = playSession(change("notifications", { type: "cancel-accepted", cancelId: "x1" }, {
    type: "cancel-rejected",
    reason: "order-not-live",
    detail: "",
  }));
  assertViolated(await judge(log), "rejects-inert", /cancel-order of bob .*order-not-live/);
});

Deno.test("rejects-inert finds a fill told of a refused order", async () => {
  const { log } = playSession();
  forge(log, "notifications", B1_FILL, { userId: "dave", orderId: "d1", orderNumber: 4711 });
  const verdict = assertViolated(
    await judge(log),
    "rejects-inert",
    /unknown-symbol\), but took effect/,
  );
  assert.equal(verdict.counterexample!.chain.at(-1)!.topic, "notifications");
});

Deno.test("rejects-inert takes orders in known symbols as they are", async () => {
  const { log } = playSession();
  rewrite(log, "notifications", { type: "order-rejected" }, { detail: "changed" });
  assert.equal(verdictOn(await judge(log), "rejects-inert").status, "held");
});
