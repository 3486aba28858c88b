import assert from "node:assert/strict";
import { findRecord } from "../support/array_log.ts";
import { assertViolated, judge, playSession, verdictOn } from "../support/sessions.ts";
import { change, fits, forge, lose, rewrite } from "../support/tampering.ts";

Deno.test("no-phantom finds a command without an intent, unless the floor is open to others", async () => {
  const { log } = playSession();
  rewrite(log, "intents", { id: "producer-0/3" }, { value: "{}" });
  const verdict = assertViolated(
    await judge(log),
    "no-phantom",
    /open-account of dave .* has no intent/,
  );
  assert.equal(verdict.counterexample!.chain[0]!.topic, "order-commands");
  assert.equal(verdictOn(await judge(log, { openFloor: true }), "no-phantom").status, "held");
});

Deno.test("no-phantom finds an order that follows from no record", async () => {
  const { log } = playSession();
  forge(log, "orders", { type: "order-accepted", orderId: "a1" }, {
    id: "order-commands/0/99999/0",
    orderNumber: 500,
    orderId: "ghost",
    sequence: 900,
  });
  assertViolated(
    await judge(log),
    "no-phantom",
    /order-accepted at orders.* follows from no record/,
  );
});

Deno.test("no-phantom finds an order that follows from a settlement", async () => {
  const { log } = playSession();
  const { partition, offset } = findRecord(log, "order-commands", fits({ type: "settle-fill" }));
  forge(log, "orders", { type: "order-accepted", orderId: "a1" }, {
    id: `order-commands/${partition}/${offset}/50`,
    orderNumber: 500,
    orderId: "ghost",
  });
  assertViolated(
    await judge(log),
    "no-phantom",
    /follows from order-commands.* which is a settle-fill/,
  );
});

Deno.test("no-phantom finds a fill of an order never accepted", async () => {
  const { log } = playSession(
    change("notifications", { type: "order-filled", liquidity: "maker" }, { orderNumber: 4711 }),
  );
  assertViolated(await judge(log), "no-phantom", /order-filled of order 4711 .* never accepted/);
});

Deno.test("no-phantom finds a fill told to another user", async () => {
  const { log } = playSession(
    change("notifications", { type: "order-filled" }, { userId: "dave" }),
  );
  assertViolated(await judge(log), "no-phantom", /order-filled of order \d+ \(dave's/);
});

Deno.test("no-phantom finds a settlement of an order never accepted", async () => {
  const { log } = playSession(
    change("order-commands", { type: "settle-fill" }, { orderNumber: 4711 }),
  );
  assertViolated(await judge(log), "no-phantom", /settle-fill of order 4711 .* never accepted/);
});

Deno.test("no-phantom finds a settlement that pays another user", async () => {
  const { log } = playSession(
    change("order-commands", { type: "settle-fill" }, { userId: "dave" }),
  );
  assertViolated(await judge(log), "no-phantom", /settle-fill of order \d+ of dave/);
});

Deno.test("no-phantom finds a release of an order never cancelled", async () => {
  const { log } = playSession(lose("notifications", { type: "order-cancelled" }));
  assertViolated(await judge(log), "no-phantom", /was released .* but never cancelled/);
  assert.equal(verdictOn(await judge(log, { drained: false }), "no-phantom").status, "unknown");
});

for (
  const [what, changes, text] of [
    ["more lots", { quantityLots: 8 }, /asks for 7 lots, but 8 were accepted/],
    ["another limit", { limitTicks: 1601 }, /limit is 1600 ticks, but was accepted as 1601/],
    ["the other side", { side: "buy" }, /accepted on the other side/],
    ["another symbol", { symbol: "MSFT" }, /accepted in another symbol/],
    ["another time in force", { timeInForce: "ioc" }, /accepted with another time in force/],
  ] as const
) {
  Deno.test(`no-phantom finds an order accepted with ${what} than asked for`, async () => {
    const { log } = playSession(change("orders", { orderId: "a1" }, changes));
    assertViolated(await judge(log), "no-phantom", text);
  });
}

Deno.test("no-phantom finds an order that may spend other cash than was reserved", async () => {
  const { log } = playSession(change("orders", { orderId: "c3" }, { budgetUnits: 3_101 }));
  assertViolated(await judge(log), "no-phantom", /3100 cash units were reserved.* may spend 3101/);
});

Deno.test("no-phantom finds an order of which its user was told other terms", async () => {
  for (const terms of [{ quantityLots: 8 }, { limitTicks: 1601 }, { side: "buy" }]) {
    const { log } = playSession(
      change("notifications", { type: "order-placed", orderId: "a1" }, terms),
    );
    assertViolated(await judge(log), "no-phantom", /was told other terms than it asks for/);
  }
});

Deno.test("no-phantom finds words that no actor has", async () => {
  for (
    const [topic, wanted, changes] of [
      ["orders", { type: "order-accepted" }, { timeInForce: "day" }],
      ["notifications", { type: "order-filled" }, { liquidity: "both" }],
      ["notifications", { type: "order-rejected" }, { reason: "bad-mood" }],
    ] as const
  ) {
    const { log } = playSession(change(topic, wanted, changes));
    assertViolated(await judge(log), "no-phantom", /is nothing that an actor writes/);
  }
});

Deno.test("no-phantom finds an order accepted under another id or number", async () => {
  const id = playSession(change("orders", { orderId: "c3" }, { orderId: "c9" }));
  assertViolated(await judge(id.log), "no-phantom", /accepted from it has another user or id/);
  const number = playSession(change("notifications", { orderId: "a1" }, { orderNumber: 900 }));
  assertViolated(
    await judge(number.log),
    "no-phantom",
    /told order number 900, but accepted as \d/,
  );
});

Deno.test("no-phantom finds an answer about something else", async () => {
  const { log } = playSession(
    change("notifications", { type: "deposit-accepted" }, { depositId: "x" }),
  );
  assertViolated(await judge(log), "no-phantom", /its answer is about something else/);
});

Deno.test("no-phantom finds an answer of another kind", async () => {
  const { log } = playSession(
    change("notifications", { type: "deposit-accepted" }, {
      type: "cancel-accepted",
      orderId: "o",
      cancelId: "c",
    }),
  );
  assertViolated(await judge(log), "no-phantom", /was answered cancel-accepted/);
});

Deno.test("no-phantom finds a cancel of another order than asked for", async () => {
  const { log } = playSession(change("orders", { cancelId: "x1" }, { cancelId: "x9" }));
  assertViolated(await judge(log), "no-phantom", /the cancel from it has another id/);
  const other = playSession(change("orders", { cancelId: "x1" }, { orderId: "b1" }));
  assertViolated(await judge(other.log), "no-phantom", /a cancel of order \d+, which was never/);
});

Deno.test("no-phantom finds bytes that no actor writes", async () => {
  const { log } = playSession();
  log.append("notifications", 0, { value: "hello" });
  assertViolated(
    await judge(log),
    "no-phantom",
    /notifications\/0\/\d+ is nothing that an actor writes/,
  );
});

Deno.test("no-phantom finds a settlement that no actor sent", async () => {
  const { log } = playSession();
  const { partition, record } = findRecord(log, "order-commands", fits({ type: "settle-fill" }));
  const value = JSON.stringify({ ...JSON.parse(String(record.value)), id: "forged" });
  log.append("order-commands", partition, { key: record.key, value });
  assertViolated(await judge(log), "no-phantom", /a settle-fill whose id is no origin/);
});
