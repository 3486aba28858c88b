import assert from "node:assert/strict";
import { type NewOrder, OrderBook } from "../../../actors/trading_engine/order_book.ts";
import { NONE } from "../../../actors/trading_engine/order_index.ts";
import {
  MAX_FLOOR_CASH_UNITS,
  MAX_PRICE_TICKS,
  MAX_QUANTITY_LOTS,
} from "../../../kafka/messages/mod.ts";
import { levelsOf, ordersOf, placeIn } from "./book_view.ts";

/** Numbers orders by name: the book knows no names. */
function floor(unitsPerTickLot = 1) {
  const book = new OrderBook({ unitsPerTickLot });
  let orderNumber = 0;
  const send = (order: Omit<NewOrder, "orderNumber">) =>
    placeIn(book, { orderNumber: orderNumber++, ...order });
  return {
    book,
    sells: (quantityLots: number, limitTicks: number | null, timeInForce: "gtc" | "ioc" = "gtc") =>
      send({ side: "sell", quantityLots, limitTicks, budgetUnits: null, timeInForce }),
    buys: (
      quantityLots: number,
      limitTicks: number | null,
      { timeInForce = "gtc", budgetUnits = MAX_FLOOR_CASH_UNITS }: Partial<
        Pick<NewOrder, "timeInForce" | "budgetUnits">
      > = {},
    ) => send({ side: "buy", quantityLots, limitTicks, budgetUnits, timeInForce }),
    cancels: (order: number) => {
      const slot = book.orders.slotOf(order);
      return slot === NONE ? null : book.cancel(slot);
    },
    asks: () => levelsOf(book, "sell"),
    bids: () => levelsOf(book, "buy"),
  };
}

Deno.test("place() trades at the resting order's price: Alice sells 7 at 1600, Bob buys 2 at 1700, the book shows 1600 x 5", () => {
  const alice = 0;
  const { book, sells, buys, asks, bids } = floor();
  assert.equal(sells(7, 1600).outcome, "rested");
  assert.deepEqual(buys(2, 1700), {
    fills: [{ makerNumber: alice, ticks: 1600, lots: 2, makerRemaining: 5 }],
    outcome: "filled",
    remainingLots: 0,
  });
  assert.deepEqual(asks(), ["1600 x 5"]);
  assert.deepEqual(bids(), []);
  assert.equal(book.trades, 1);
});

Deno.test("place() fills the oldest order first at equal price", () => {
  const { sells, buys, asks } = floor();
  sells(3, 1600);
  sells(3, 1600);
  sells(3, 1600);
  const fills = buys(7, 1600).fills.map((fill) => [fill.makerNumber, fill.lots]);
  assert.deepEqual(fills, [[0, 3], [1, 3], [2, 1]]);
  assert.deepEqual(asks(), ["1600 x 2"]);
});

Deno.test("place() fills the best price before older orders at worse prices", () => {
  const { sells, buys, bids } = floor();
  buys(1, 1500);
  buys(1, 1502);
  buys(1, 1501);
  assert.deepEqual(bids(), ["1502 x 1", "1501 x 1", "1500 x 1"]);
  assert.deepEqual(sells(2, 1501).fills.map((fill) => fill.ticks), [1502, 1501]);
  assert.deepEqual(bids(), ["1500 x 1"]);
});

Deno.test("place() keeps an order's place in the queue after a partial fill", () => {
  const { sells, buys } = floor();
  sells(5, 1600);
  sells(5, 1600);
  buys(2, 1600);
  assert.deepEqual(buys(4, 1600).fills, [
    { makerNumber: 0, ticks: 1600, lots: 3, makerRemaining: 0 },
    { makerNumber: 1, ticks: 1600, lots: 1, makerRemaining: 4 },
  ]);
});

Deno.test("place() lets the rest of a crossing limit order rest at its own price", () => {
  const { sells, buys, asks, bids } = floor();
  sells(2, 1600);
  const placed = buys(5, 1650);
  assert.deepEqual([placed.outcome, placed.remainingLots], ["rested", 3]);
  assert.deepEqual([asks(), bids()], [[], ["1650 x 3"]]);
});

Deno.test("place() never lets an ioc order or one without a limit rest", () => {
  const { sells, buys, asks, bids } = floor();
  assert.deepEqual(buys(5, 1600, { timeInForce: "ioc" }).outcome, "unfilled");
  assert.deepEqual(buys(5, null).outcome, "unfilled");
  assert.deepEqual(sells(5, null, "ioc"), { fills: [], outcome: "unfilled", remainingLots: 5 });
  sells(2, 1600);
  assert.deepEqual(buys(5, 1600, { timeInForce: "ioc" }).remainingLots, 3);
  assert.deepEqual([asks(), bids()], [[], []]);
});

Deno.test("place() sweeps a book of many levels and orders with one market order", () => {
  const { book, sells, buys } = floor();
  for (let i = 0; i < 1000; i++) sells(1, 1000 + i * 777);
  const { fills, outcome } = buys(1000, null);
  assert.equal(outcome, "filled");
  assert.deepEqual(
    fills.map((fill) => fill.ticks),
    Array.from({ length: 1000 }, (_, i) => 1000 + i * 777),
  );
  assert.equal(book.asks.bestTicks, 0);
});

Deno.test("place() ends a buy with `budget` when its budget does not pay for another lot", () => {
  const { sells, buys, asks } = floor(10);
  sells(5, 100);
  sells(5, 101);
  // Five lots at 100 x 10, and 2 at 101 x 10: 7,020; a third would make it 8,030.
  const placed = buys(10, null, { timeInForce: "ioc", budgetUnits: 8_029 });
  assert.deepEqual(placed.fills.map((fill) => [fill.ticks, fill.lots]), [[100, 5], [101, 2]]);
  assert.deepEqual([placed.outcome, placed.remainingLots], ["budget", 3]);
  assert.deepEqual(asks(), ["101 x 3"]);
});

Deno.test("place() spends a budget to the last unit", () => {
  const { sells, buys } = floor(10);
  sells(5, 100);
  assert.equal(buys(5, null, { budgetUnits: 5_000 }).outcome, "filled");
  sells(5, 100);
  assert.deepEqual(buys(5, null, { budgetUnits: 4_999 }).remainingLots, 1);
  assert.deepEqual(buys(5, null, { budgetUnits: 0 }), {
    fills: [],
    outcome: "budget",
    remainingLots: 5,
  });
});

Deno.test("place() lets a buy rest only if what is left of its budget pays for the rest at its limit", () => {
  const { sells, buys, bids } = floor(2);
  sells(2, 90);
  assert.equal(buys(5, 100, { budgetUnits: 2 * (2 * 90 + 3 * 100) }).outcome, "rested");
  sells(2, 90);
  assert.equal(buys(5, 80, { budgetUnits: 2 * 5 * 80 - 1 }).outcome, "budget");
  assert.deepEqual(bids(), ["100 x 1"]);
});

Deno.test("place() is exact at the extremes of price, quantity and cost", () => {
  for (const units of [1, 2 ** 25, 2 ** 43, 2 ** 51]) {
    const { sells, buys, asks } = floor(units);
    sells(MAX_QUANTITY_LOTS, MAX_PRICE_TICKS);
    sells(MAX_QUANTITY_LOTS, 3);
    const lots = Math.min(MAX_QUANTITY_LOTS, Math.floor(MAX_FLOOR_CASH_UNITS / (3 * units)));
    const budgetLeft = MAX_FLOOR_CASH_UNITS - 3 * units * lots;
    const dear = Math.floor(budgetLeft / (MAX_PRICE_TICKS * units));
    const placed = buys(MAX_QUANTITY_LOTS, null);
    const wanted = [[3, lots], [MAX_PRICE_TICKS, lots < MAX_QUANTITY_LOTS ? dear : 0]];
    assert.deepEqual(
      placed.fills.map((fill) => [fill.ticks, fill.lots]),
      wanted.filter(([, filled]) => filled! > 0),
    );
    assert.equal(placed.outcome, lots === MAX_QUANTITY_LOTS ? "filled" : "budget");
    assert.equal(asks().at(-1), `${MAX_PRICE_TICKS} x ${MAX_QUANTITY_LOTS}`);
  }
});

Deno.test("place() sums the lots of a level beyond 2^31", () => {
  const { sells, asks } = floor();
  for (let i = 0; i < 3; i++) sells(MAX_QUANTITY_LOTS, MAX_PRICE_TICKS);
  assert.deepEqual(asks(), [`${MAX_PRICE_TICKS} x ${3 * MAX_QUANTITY_LOTS}`]);
});

Deno.test("place() finds the next best price across page boundaries and across the whole range", () => {
  const prices = [
    1,
    2,
    63,
    64,
    65,
    128,
    129,
    4096,
    4097,
    2 ** 18,
    2 ** 18 + 1,
    2 ** 24,
    2 ** 24 + 1,
  ]
    .concat([MAX_PRICE_TICKS - 64, MAX_PRICE_TICKS - 63, MAX_PRICE_TICKS - 1, MAX_PRICE_TICKS]);
  const asking = floor();
  const bidding = floor();
  for (const ticks of prices.toReversed()) asking.sells(1, ticks);
  for (const ticks of prices) bidding.buys(1, ticks);
  for (const ticks of prices) {
    assert.equal(asking.book.asks.bestTicks, ticks);
    assert.deepEqual(asking.buys(1, null).fills.map((fill) => fill.ticks), [ticks]);
  }
  for (const ticks of prices.toReversed()) {
    assert.equal(bidding.book.bids.bestTicks, ticks);
    assert.deepEqual(bidding.sells(1, null).fills.map((fill) => fill.ticks), [ticks]);
  }
  assert.deepEqual([asking.asks(), bidding.bids()], [[], []]);
});

Deno.test("cancel() takes an order out of the front, the middle and the end of its queue", () => {
  const { book, sells, cancels, asks } = floor();
  for (let i = 0; i < 5; i++) sells(1 + i, 1600);
  for (const order of [0, 2, 4]) assert.equal(cancels(order), 1 + order);
  assert.deepEqual(ordersOf(book, "sell").map((order) => order.orderNumber), [1, 3]);
  assert.deepEqual(asks(), ["1600 x 6"]);
  for (const order of [1, 3]) cancels(order);
  assert.deepEqual(asks(), []);
  assert.equal(book.orders.count, 0);
});

Deno.test("cancel() of the best level's last order makes the next level the best", () => {
  const { book, sells, cancels } = floor();
  sells(1, 1600);
  sells(1, 99_000_000);
  cancels(0);
  assert.equal(book.asks.bestTicks, 99_000_000);
  assert.equal(cancels(0), null);
});

Deno.test("place() refuses what no gateway would let through", () => {
  const { book } = floor();
  const order: NewOrder = {
    orderNumber: 7,
    side: "buy",
    quantityLots: 1,
    limitTicks: 1,
    budgetUnits: 1,
    timeInForce: "gtc",
  };
  book.place(order);
  const refused = (change: Partial<NewOrder>, message: RegExp) =>
    assert.throws(() => book.place({ ...order, orderNumber: 8, ...change }), message);
  refused({ orderNumber: 7 }, /Cannot place order 7: it is live already/);
  refused({ quantityLots: MAX_QUANTITY_LOTS + 1 }, /lots are not from 1/);
  refused({ quantityLots: 0 }, /lots are not from 1/);
  refused({ limitTicks: MAX_PRICE_TICKS + 1 }, /ticks are not from 1/);
  refused({ budgetUnits: null }, /a buy without a budget/);
  refused({ budgetUnits: MAX_FLOOR_CASH_UNITS + 1 }, /its budget/);
  assert.deepEqual(ordersOf(book, "buy").map(({ orderNumber }) => orderNumber), [7]);
});

Deno.test("OrderBook refuses a cost per tick and lot that is no positive whole number", () => {
  for (const unitsPerTickLot of [0, -1, 0.5, 2 ** 53, NaN]) {
    assert.throws(() => new OrderBook({ unitsPerTickLot }), /Cannot open a book/);
  }
});
