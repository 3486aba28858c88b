import assert from "node:assert/strict";
import { findRecord } from "../support/array_log.ts";
import { assertViolated, judge, playSession, verdictOn } from "../support/sessions.ts";
import { change, fits, forge, lose } from "../support/tampering.ts";

const RULE = "price-time-priority";

Deno.test("price-time-priority finds a younger order filled before an older one", async () => {
  // Alice's 7 at 1600 came first; the fills, settlements and trade name Carol's instead.
  const { log } = playSession();
  const { record: carols } = findRecord(log, "orders", fits({ orderId: "c1" }));
  const { orderNumber } = JSON.parse(String(carols.value));
  const swapped = playSession(
    change("notifications", { type: "order-filled", orderId: "a1" }, {
      userId: "carol",
      orderId: "c1",
      orderNumber,
    }),
  );
  const verdict = assertViolated(
    await judge(swapped.log),
    RULE,
    new RegExp(`order ${orderNumber} was filled as maker: sell 4 at 1600.* by the slow matcher`),
  );
  assert.equal(verdict.counterexample!.chain.at(-1)!.topic, "notifications");
});

Deno.test("price-time-priority finds a fill at a worse price", async () => {
  const { log } = playSession(
    change("notifications", { type: "order-filled", orderId: "b1" }, { priceTicks: 1600 }),
  );
  assertViolated(await judge(log), RULE, /buy 5 at 1600, but by the slow matcher .* 5 at 1590/);
});

Deno.test("price-time-priority finds other lots in the trade and in a settlement", async () => {
  const trade = playSession(change("market-data", { type: "trade" }, { quantityLots: 4 }));
  assertViolated(
    await judge(trade.log),
    RULE,
    /a trade of 4 at 1590 was told, but .* buys 5 at 1590/,
  );
  const settled = playSession(
    change("order-commands", { type: "settle-fill" }, { quantityLots: 4 }),
  );
  assertViolated(
    await judge(settled.log),
    RULE,
    /was settled: buy 4 at 1590, but .* buys 5 at 1590/,
  );
});

Deno.test("price-time-priority finds a forged fill", async () => {
  const { log } = playSession();
  forge(log, "notifications", { type: "order-filled", orderId: "b1" }, { tradeId: "AAPL-99" });
  assertViolated(await judge(log), RULE, /was filled as taker/);
});

Deno.test("price-time-priority finds a fill where nothing trades", async () => {
  const { log } = playSession();
  const { partition, offset } = findRecord(log, "orders", fits({ orderId: "a1" }));
  forge(log, "notifications", { type: "order-filled", orderId: "b1" }, {
    id: `orders/${partition}/${offset}/9`,
    tradeId: "AAPL-99",
  });
  assertViolated(await judge(log), RULE, /but by the slow matcher nothing trades here/);
});

Deno.test("price-time-priority finds the wrong aggressor", async () => {
  const { log } = playSession(change("market-data", { type: "trade" }, { aggressor: "sell" }));
  assertViolated(await judge(log), RULE, /a trade of 5 at 1590 was told, but/);
});

Deno.test("price-time-priority finds a wrong quote, and one that should not be there", async () => {
  const wrong = playSession(change("market-data", { type: "quote" }, { askLots: 8 }));
  assertViolated(
    await judge(wrong.log),
    RULE,
    /told as 0 at - \/ 8 at 1600, but the slow matcher gives/,
  );
  const { log } = playSession();
  forge(log, "market-data", { type: "quote" }, {
    id: "orders/0/0/5",
    sequence: log.records("market-data", 0).length,
  });
  const report = await judge(log);
  assertViolated(report, RULE, /best prices did not change/);
});

Deno.test("price-time-priority finds a cancel with other lots, for another reason, or of a live order missed", async () => {
  const lots = playSession(
    change("notifications", { type: "order-cancelled", orderId: "b2" }, { quantityLots: 1 }),
  );
  assertViolated(
    await judge(lots.log),
    RULE,
    /ended \(requested, 1 lots left\), but .*requested, 2 lots/,
  );
  const reason = playSession(
    change("notifications", { type: "order-cancelled" }, { reason: "requested" }),
  );
  assertViolated(await judge(reason.log), RULE, /ended \(requested/);
  const missed = playSession(
    change("notifications", { type: "order-cancelled", orderId: "b2" }, {
      type: "cancel-missed",
      cancelId: "x1",
    }),
  );
  assertViolated(await judge(missed.log), RULE, /ended \(missed, 0 lots left\)/);
});

Deno.test("price-time-priority finds an end where none is, and a release where none is", async () => {
  const { log } = playSession();
  const { partition, offset } = findRecord(log, "orders", fits({ orderId: "a1" }));
  const id = `orders/${partition}/${offset}/9`;
  forge(log, "notifications", { type: "order-cancelled" }, { id, sequence: 500 });
  forge(log, "order-commands", { type: "release-order" }, { id, sequence: 500 });
  const report = await judge(log);
  assertViolated(report, RULE, /but the slow matcher leaves it as it was/);
  assert.ok(verdictOn(report, RULE).violations >= 2);
});

for (
  const [topic, wanted, text] of [
    [
      "market-data",
      { type: "trade", tradeId: "MSFT-3" },
      /the trade in market-data of it is missing/,
    ],
    ["market-data", { type: "quote" }, /no quote tells it/],
    ["notifications", { type: "order-filled", side: "sell" }, /the seller's fill of it is missing/],
    ["notifications", { type: "order-cancelled" }, /its user was never told/],
    ["notifications", { type: "cancel-missed" }, /its user was never told/],
    [
      "order-commands",
      { type: "settle-fill", tradeId: "MSFT-3" },
      /the buyer's settlement of it is missing/,
    ],
    ["order-commands", { type: "release-order" }, /its reservation was never released/],
  ] as const
) {
  Deno.test(`price-time-priority finds a missing ${wanted.type}, if the run drained`, async () => {
    const { log } = playSession(lose(topic, wanted));
    assertViolated(await judge(log), RULE, text);
    const open = verdictOn(await judge(log, { drained: false }), RULE);
    assert.equal(open.status, "unknown");
  });
}
