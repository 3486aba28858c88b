import assert from "node:assert/strict";
import { assertViolated, judge, playSession, verdictOn } from "../support/sessions.ts";
import { change, forge, lose } from "../support/tampering.ts";

const SETTLE = { type: "settle-fill", tradeId: "AAPL-1" };

Deno.test("conservation finds a settlement for other lots than its fill", async () => {
  const { log } = playSession(change("order-commands", SETTLE, { quantityLots: 4 }));
  const verdict = assertViolated(
    await judge(log),
    "conservation",
    /trade AAPL-1 is 5 at 1590, but the buyer's settlement says 4 AAPL at 1590/,
  );
  assert.deepEqual(verdict.counterexample!.chain.map(({ topic }) => topic), [
    "notifications",
    "order-commands",
  ]);
});

Deno.test("conservation finds legs at different prices", async () => {
  for (
    const [topic, wanted, leg] of [
      ["order-commands", { ...SETTLE, side: "sell" }, "the seller's settlement"],
      ["market-data", { type: "trade" }, "the trade in market-data"],
      ["notifications", { type: "order-filled", side: "sell" }, "the seller's fill"],
    ] as const
  ) {
    const { log } = playSession(change(topic, wanted, { priceTicks: 1591 }));
    assertViolated(await judge(log), "conservation", new RegExp(`${leg} says 5 AAPL at 1591`));
  }
});

Deno.test("conservation finds a doubled settlement", async () => {
  const { log } = playSession();
  forge(log, "order-commands", SETTLE);
  assertViolated(await judge(log), "conservation", /trade AAPL-1 has the buyer's settlement twice/);
});

Deno.test("conservation finds a trade with two sides alike", async () => {
  const { log } = playSession(
    change("notifications", { type: "order-filled", side: "sell" }, { side: "buy" }),
  );
  assertViolated(await judge(log), "conservation", /has the buyer's fill twice/);
  const takers = playSession(
    change("notifications", { type: "order-filled", liquidity: "maker" }, { liquidity: "taker" }),
  );
  assertViolated(await judge(takers.log), "conservation", /two fills marked taker/);
});

Deno.test("conservation finds a settlement of another order than its fill", async () => {
  const { log } = playSession(
    change("notifications", { type: "order-filled", tradeId: "AAPL-1", side: "buy" }, {
      orderNumber: 0,
    }),
  );
  assertViolated(
    await judge(log),
    "conservation",
    /is of order 0, but the buyer's settlement is of/,
  );
});

Deno.test("conservation finds a trade that lacks a leg, if the run drained", async () => {
  const { log } = playSession(lose("order-commands", SETTLE));
  const report = await judge(log);
  assertViolated(report, "conservation", /lacks the buyer's settlement|accounts hold/);
  assert.equal(verdictOn(await judge(log, { drained: false }), "conservation").status, "unknown");
});

Deno.test("conservation finds a credit that is not what was paid in", async () => {
  const deposit = playSession(
    change("notifications", { type: "deposit-accepted" }, { amountUnits: 501 }),
  );
  assertViolated(
    await judge(deposit.log),
    "conservation",
    /dave paid in 500 cash units and was credited 501/,
  );
  const opening = playSession(
    change("notifications", { type: "account-opened", userId: "alice" }, {
      holdings: { AAPL: 101, MSFT: 50 },
    }),
  );
  assertViolated(
    await judge(opening.log),
    "conservation",
    /alice asked for 100 lots of AAPL and was given 101/,
  );
});

Deno.test("conservation finds a settlement beyond what an order has open", async () => {
  const { log } = playSession((_topic, message) =>
    message.tradeId === "AAPL-1" ? { ...message, quantityLots: 10 } : message
  );
  assertViolated(await judge(log), "conservation", /settles 10 lots of \d open/);
});

Deno.test("conservation finds a settlement after the order was released", async () => {
  const { log } = playSession();
  forge(log, "order-commands", { type: "release-order" });
  assertViolated(await judge(log), "conservation", /release-order of order \d+, which is over/);
});

Deno.test("conservation finds a release of other lots than are open", async () => {
  const { log } = playSession(
    change("order-commands", { type: "release-order" }, { quantityLots: 49 }),
  );
  assertViolated(
    await judge(log),
    "conservation",
    /is released with 49 lots unfilled, but \d+ were open/,
  );
});

Deno.test("conservation counts the legs in flight of a run that did not drain", async () => {
  const floor = playSession(
    lose("order-commands", { type: "settle-fill", tradeId: "AAPL-7", side: "buy" }),
  );
  floor.place({ user: "alice", id: "a4", side: "sell", lots: 2, price: 1550 });
  floor.acknowledge();
  assertViolated(await judge(floor.log), "conservation", /lacks the buyer's settlement/);
  const verdict = verdictOn(await judge(floor.log, { drained: false }), "conservation");
  assert.equal(verdict.status, "unknown");
  assert.match(verdict.reason!, /lacks the buyer's settlement/);
});

Deno.test("no-overdraft finds a reservation that is not what the order may cost", async () => {
  const { log } = playSession(
    change("notifications", { type: "order-placed", orderId: "c3" }, { reserved: 3000 }),
  );
  const verdict = assertViolated(
    await judge(log),
    "no-overdraft",
    /carol's c3\) reserves 3000 cash units, but needs 3100/,
  );
  assert.deepEqual(verdict.counterexample!.chain.map(({ topic }) => topic), [
    "intents",
    "order-commands",
    "notifications",
  ]);
});

Deno.test("no-overdraft finds an order accepted beyond what is available", async () => {
  // Dave's account is said to have been opened with less than his market order reserves.
  const { log } = playSession(
    change("notifications", { type: "account-opened", userId: "bob" }, { cashUnits: 15_000 }),
  );
  assertViolated(
    await judge(log),
    "no-overdraft",
    /bob's b1\) reserves 15300 cash units, but only 15000/,
  );
});

Deno.test("no-overdraft finds shares sold that are not there", async () => {
  const { log } = playSession(
    change("notifications", { type: "account-opened", userId: "alice" }, {
      holdings: { AAPL: 8, MSFT: 50 },
    }),
  );
  assertViolated(
    await judge(log),
    "no-overdraft",
    /alice's a2\) reserves 5 lots of AAPL, but only 1/,
  );
});

Deno.test("no-overdraft finds a market buy that does not reserve all there is", async () => {
  const { log } = playSession(
    change("notifications", { type: "order-placed", orderId: "d2" }, { reserved: 1499 }),
  );
  assertViolated(
    await judge(log),
    "no-overdraft",
    /dave's d2\) reserves 1499 cash units, but needs 1500/,
  );
});

Deno.test("no-overdraft finds a settlement dearer than the order's limit", async () => {
  const { log } = playSession((_topic, message) =>
    message.tradeId === "AAPL-1" ? { ...message, priceTicks: 20_000 } : message
  );
  const report = await judge(log);
  assertViolated(report, "no-overdraft", /bob: \d+ cash units more are spoken for than there are/);
});
