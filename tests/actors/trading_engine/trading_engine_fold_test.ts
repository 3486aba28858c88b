import assert from "node:assert/strict";
import { tradingEngineFold } from "../../../actors/trading_engine/trading_engine_fold.ts";
import { MAX_PRICE_TICKS } from "../../../kafka/messages/mod.ts";
import { CONTEXT, type Emitted, EngineFloor, PARAMETERS } from "./engine_floor.ts";

function openFloor(): EngineFloor {
  const floor = new EngineFloor();
  assert.deepEqual(floor.opens(), []);
  return floor;
}

const kinds = (emitted: readonly Emitted[]) => emitted.map(([, , , body]) => body.type);
const last = (emitted: readonly Emitted[]) => emitted[emitted.length - 1]?.[3];

Deno.test("tradingEngineFold tells a quote when an order rests at the best price", () => {
  const floor = openFloor();
  assert.deepEqual(floor.sells("alice/1", 7, 1600), [
    ["market-data", "AAPL", "alice/1", {
      type: "quote",
      symbol: "AAPL",
      bidTicks: null,
      bidLots: 0,
      askTicks: 1600,
      askLots: 7,
    }],
  ]);
  assert.deepEqual(kinds(floor.sells("alice/2", 1, 1600)), ["quote"]);
  assert.deepEqual(kinds(floor.sells("alice/3", 1, 1601)), []);
});

Deno.test("tradingEngineFold tells trade, fills, settlements and quote, in this order, the taker's first", () => {
  const floor = openFloor();
  floor.sells("alice/1", 7, 1600);
  const leg = { symbol: "AAPL", priceTicks: 1600, quantityLots: 2, tradeId: "AAPL-1" };
  const bob = { userId: "bob", orderNumber: 2, side: "buy", ...leg };
  const alice = { userId: "alice", orderNumber: 1, side: "sell", ...leg };
  assert.deepEqual(floor.buys("bob/2", 2, 1700), [
    ["market-data", "AAPL", "bob/2", { type: "trade", ...leg, aggressor: "buy" }],
    ["notifications", "bob", "bob/2", {
      type: "order-filled",
      ...bob,
      orderId: "2",
      clientTimestamp: 1002,
      remainingLots: 0,
      liquidity: "taker",
    }],
    ["notifications", "alice", "alice/1", {
      type: "order-filled",
      ...alice,
      orderId: "1",
      clientTimestamp: 1001,
      remainingLots: 5,
      liquidity: "maker",
    }],
    ["order-commands", "bob", "bob/2", { type: "settle-fill", ...bob }],
    ["order-commands", "alice", "alice/1", { type: "settle-fill", ...alice }],
    ["market-data", "AAPL", "bob/2", {
      type: "quote",
      symbol: "AAPL",
      bidTicks: null,
      bidLots: 0,
      askTicks: 1600,
      askLots: 5,
    }],
  ]);
});

Deno.test("tradingEngineFold numbers trades per symbol from 1, fill by fill", () => {
  const floor = openFloor();
  for (const n of [1, 2, 3]) floor.sells(`alice/${n}`, 2, 1600 + n);
  floor.sells("alice/4", 1, 500, { symbol: "GOOGL" });
  const ids = (emitted: readonly Emitted[]) =>
    emitted.filter(([, , , body]) => body.type === "trade").map(([, , , body]) => body.tradeId);
  assert.deepEqual(ids(floor.buys("bob/5", 5, null)), ["AAPL-1", "AAPL-2", "AAPL-3"]);
  assert.deepEqual(ids(floor.buys("bob/6", 1, 500, { symbol: "GOOGL" })), ["GOOGL-1"]);
  assert.deepEqual(ids(floor.buys("bob/7", 1, 1700)), ["AAPL-4"]);
});

Deno.test("tradingEngineFold counts down the taker's rest over several fills", () => {
  const floor = openFloor();
  for (const n of [1, 2, 3]) floor.sells(`alice/${n}`, 2, 1600);
  const rests = floor.buys("bob/4", 5, 1600)
    .filter(([, , , body]) => body.type === "order-filled")
    .map(([, , , body]) => [body.userId, body.remainingLots]);
  assert.deepEqual(rests, [
    ["bob", 3],
    ["alice", 0],
    ["bob", 1],
    ["alice", 0],
    ["bob", 0],
    ["alice", 1],
  ]);
});

Deno.test("tradingEngineFold cancels and releases what may not rest, after the fills and before the quote", () => {
  const floor = openFloor();
  floor.sells("alice/1", 2, 1600);
  const emitted = floor.buys("bob/2", 5, 1600, { timeInForce: "ioc" });
  assert.deepEqual(kinds(emitted), [
    "trade",
    "order-filled",
    "order-filled",
    "settle-fill",
    "settle-fill",
    "order-cancelled",
    "release-order",
    "quote",
  ]);
  const rest = { userId: "bob", orderNumber: 2, symbol: "AAPL", quantityLots: 3 };
  assert.deepEqual(emitted.slice(5, 7), [
    ["notifications", "bob", "bob/2", {
      type: "order-cancelled",
      ...rest,
      orderId: "2",
      clientTimestamp: 1002,
      reason: "unfilled",
    }],
    ["order-commands", "bob", "bob/2", { type: "release-order", ...rest }],
  ]);
});

Deno.test("tradingEngineFold answers a market order on an empty book without a quote", () => {
  const floor = openFloor();
  assert.deepEqual(kinds(floor.sells("alice/1", 2, null, { timeInForce: "ioc" })), [
    "order-cancelled",
    "release-order",
  ]);
});

Deno.test("tradingEngineFold ends a buy with reason `budget` in cash units of the symbol", () => {
  const floor = openFloor();
  // GOOGL: 0.05 x 10 at 2 decimals is 50 units per tick and lot, so a lot at 100 costs 5,000.
  floor.sells("alice/1", 9, 100, { symbol: "GOOGL" });
  const fields = { symbol: "GOOGL", budgetUnits: 14_999, timeInForce: "ioc" } as const;
  const emitted = floor.buys("bob/2", 9, null, fields);
  const over = emitted.find(([, , , body]) => body.type === "order-cancelled")?.[3];
  assert.deepEqual([over?.quantityLots, over?.reason], [7, "budget"]);
});

Deno.test("tradingEngineFold cancels a live order on request, once", () => {
  const floor = openFloor();
  floor.buys("bob/1", 4, 1500);
  const rest = { userId: "bob", orderNumber: 1, symbol: "AAPL", quantityLots: 4 };
  assert.deepEqual(floor.cancels("bob/1"), [
    ["notifications", "bob", "bob/1", {
      type: "order-cancelled",
      ...rest,
      orderId: "1",
      clientTimestamp: 1001,
      reason: "requested",
    }],
    ["order-commands", "bob", "bob/1", { type: "release-order", ...rest }],
    ["market-data", "AAPL", "bob/1", {
      type: "quote",
      symbol: "AAPL",
      bidTicks: null,
      bidLots: 0,
      askTicks: null,
      askLots: 0,
    }],
  ]);
  const missed = { orderNumber: 1, cancelId: "cancel-1", symbol: "AAPL" };
  assert.deepEqual(floor.cancels("bob/1"), [
    ["notifications", "bob", "bob/1", {
      type: "cancel-missed",
      userId: "bob",
      orderId: "1",
      ...missed,
    }],
  ]);
});

Deno.test("tradingEngineFold misses a cancel of an order that was filled", () => {
  const floor = openFloor();
  floor.sells("alice/1", 2, 1600);
  floor.buys("bob/2", 2, 1600);
  assert.deepEqual(kinds(floor.cancels("alice/1")), ["cancel-missed"]);
});

Deno.test("tradingEngineFold permits self-trades", () => {
  const floor = openFloor();
  floor.sells("alice/1", 2, 1600);
  assert.equal(kinds(floor.buys("alice/2", 2, 1600))[0], "trade");
});

Deno.test("tradingEngineFold keeps the owner right when a taker takes over the slot of an order it filled", () => {
  const floor = openFloor();
  floor.sells("alice/1", 2, 1600);
  const emitted = floor.buys("bob/2", 5, 1600);
  assert.deepEqual(emitted.slice(1, 3).map(([, user]) => user), ["bob", "alice"]);
  assert.equal(floor.sells("carol/3", 1, 1600)[2]?.[1], "bob");
});

Deno.test("tradingEngineFold keeps symbols apart", () => {
  const floor = openFloor();
  floor.sells("alice/1", 2, 1600);
  assert.deepEqual(kinds(floor.buys("bob/2", 2, 1600, { symbol: "GOOGL" })), ["quote"]);
  assert.throws(() => floor.cancels("alice/1", "GOOGL"), /it is not alice's order 1 in GOOGL/);
});

Deno.test("tradingEngineFold throws where the gateway has broken its word", () => {
  const early = new EngineFloor();
  assert.throws(() => early.sells("alice/1", 1, 1), /the floor has not been opened/);
  const floor = openFloor();
  floor.sells("alice/1", 1, 1600);
  assert.throws(() => floor.sells("alice/1", 1, 1600), /Cannot place order 1: it is live already/);
  assert.throws(() => floor.sells("alice/2", 1, 1, { symbol: "NONE" }), /does not list it/);
  assert.throws(() => floor.sells("alice/2", 1, MAX_PRICE_TICKS + 1), /ticks are not from 1/);
  assert.throws(() => floor.cancels("bob/2", "AAPL", 1), /it is not bob's order 2 in AAPL/);
});

Deno.test("tradingEngineFold takes the same floor-opened again and refuses another", () => {
  const floor = openFloor();
  assert.deepEqual(floor.opens(structuredClone(PARAMETERS)), []);
  assert.throws(
    () => floor.opens({ ...PARAMETERS, cashDecimals: 4 }),
    /opened with cashDecimals 2, not 4/,
  );
  const twice = { ...PARAMETERS, symbols: [PARAMETERS.symbols[0]!, PARAMETERS.symbols[0]!] };
  assert.throws(() => new EngineFloor().opens(twice), /"AAPL" is there twice/);
  const fraction = { ...PARAMETERS, cashDecimals: 0 };
  assert.throws(() => new EngineFloor().opens(fraction), /no whole number of cash units/);
});

Deno.test("tradingEngineFold needs memory for live orders, not for past ones", () => {
  const floor = openFloor();
  const { orders, owners } = floor.state;
  const capacity = orders.numbers.length;
  for (let n = 0; n < 20_000; n += 2) {
    floor.sells(`alice/${n}`, 1, 1 + n);
    if (n % 4 === 0) floor.cancels(`alice/${n}`);
    else floor.buys(`bob/${n + 1}`, 1, null);
  }
  assert.deepEqual([orders.count, orders.numbers.length], [0, capacity]);
  assert.deepEqual(owners.filter((owner) => owner !== undefined), []);
  const { ladder } = floor.state.bookOf("AAPL").book.asks;
  assert.deepEqual([ladder.levelCount, ladder.pageCount], [0, 1]);
});

Deno.test("encode() of equal books is equal, however they came about", () => {
  const straight = openFloor();
  straight.sells("alice/1", 5, 1600);
  straight.buys("bob/2", 3, 1500);
  straight.sells("carol/3", 1, 1600);
  const winding = openFloor();
  for (let n = 100; n < 1000; n++) winding.sells(`dave/${n}`, 1, n * 1000);
  winding.buys("bob/2", 3, 1500);
  winding.sells("alice/1", 5, 1600);
  winding.sells("eve/4", 1, 1600);
  winding.sells("carol/3", 1, 1600);
  winding.cancels("eve/4");
  for (let n = 100; n < 1000; n++) winding.cancels(`dave/${n}`);
  assert.deepEqual(winding.bytes(), straight.bytes());
});

Deno.test("encode() tells the age of orders at equal price apart", () => {
  const [one, other] = [openFloor(), openFloor()];
  one.sells("alice/1", 1, 1600);
  one.sells("bob/2", 1, 1600);
  other.sells("bob/2", 1, 1600);
  other.sells("alice/1", 1, 1600);
  assert.notDeepEqual(one.bytes(), other.bytes());
});

Deno.test("decode() gives the state before the floor is opened, and an empty one after", () => {
  const floor = new EngineFloor();
  const created = tradingEngineFold.encode(tradingEngineFold.create(CONTEXT));
  floor.restores();
  assert.deepEqual(floor.bytes(), created);
  floor.opens();
  floor.restores();
  assert.deepEqual(floor.state.parameters, PARAMETERS);
});

Deno.test("decode() keeps trade numbers, quotes, owners and client timestamps", () => {
  const floor = openFloor();
  floor.sells("alice/1", 7, 1600);
  floor.buys("bob/2", 2, 1700);
  floor.restores();
  const emitted = floor.buys("bob/3", 5, 1600);
  assert.equal(emitted[0]?.[3].tradeId, "AAPL-2");
  assert.deepEqual(
    [emitted[2]?.[1], emitted[2]?.[3].orderId, emitted[2]?.[3].clientTimestamp],
    ["alice", "1", 1001],
  );
  assert.deepEqual([last(emitted)?.askTicks, last(emitted)?.askLots], [null, 0]);
  floor.restores();
  assert.equal(floor.sells("alice/4", 1, 1600).length, 1);
});

Deno.test("decode() refuses bytes that are cut", () => {
  const floor = openFloor();
  floor.sells("alice/1", 7, 1600);
  const bytes = floor.bytes();
  assert.throws(() => tradingEngineFold.decode(bytes.slice(0, -8), CONTEXT), RangeError);
});
