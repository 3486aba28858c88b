import assert from "node:assert/strict";
import fc from "fast-check";
import type { OrderAccepted } from "../../../kafka/messages/mod.ts";
import { OrderBook } from "../../../actors/trading_engine/order_book.ts";
import { SlowBook } from "../../../sim/auditor/slow_matcher.ts";

interface Entry {
  readonly number: number;
  readonly side: "buy" | "sell";
  readonly lots: number;
  readonly price: number | null;
  readonly budget?: number;
  readonly timeInForce?: "gtc" | "ioc";
}

const UNITS = 3;

function order({ number, side, lots, price, budget, timeInForce = "gtc" }: Entry): OrderAccepted {
  const reserved = budget ?? (price === null ? 0 : price * lots * UNITS);
  return {
    type: "order-accepted",
    id: `order-commands/0/${number}/0`,
    correlationId: "u/o",
    causationId: `command-${number}`,
    sequence: number,
    timestamp: 0,
    userId: "u",
    orderId: `o${number}`,
    orderNumber: number,
    symbol: "AAPL",
    side,
    quantityLots: lots,
    limitTicks: price,
    budgetUnits: side === "buy" ? reserved : null,
    timeInForce,
    clientTimestamp: 0,
  };
}

Deno.test("SlowBook.place() fills the oldest order first at equal price", () => {
  const book = new SlowBook(UNITS);
  book.place(order({ number: 1, side: "sell", lots: 7, price: 1600 }));
  book.place(order({ number: 2, side: "sell", lots: 3, price: 1600 }));
  book.place(order({ number: 3, side: "sell", lots: 5, price: 1590 }));
  const { trades, end } = book.place(order({ number: 4, side: "buy", lots: 9, price: 1700 }));
  assert.deepEqual(trades, [
    { makerNumber: 3, priceTicks: 1590, lots: 5 },
    { makerNumber: 1, priceTicks: 1600, lots: 4 },
  ]);
  assert.equal(end, null);
  assert.deepEqual(book.top(), { bidTicks: null, bidLots: 0, askTicks: 1600, askLots: 6 });
});

Deno.test("SlowBook.place() rests what a limit order has left, and drops what an ioc has", () => {
  const book = new SlowBook(UNITS);
  book.place(order({ number: 1, side: "buy", lots: 2, price: 1500 }));
  const ioc = order({ number: 2, side: "sell", lots: 5, price: 1500, timeInForce: "ioc" });
  assert.deepEqual(book.place(ioc).end, { reason: "unfilled", lots: 3 });
  book.place(order({ number: 3, side: "sell", lots: 5, price: 1500 }));
  assert.deepEqual(book.top(), { bidTicks: null, bidLots: 0, askTicks: 1500, askLots: 5 });
});

Deno.test("SlowBook.place() never spends more than the budget", () => {
  const book = new SlowBook(UNITS);
  book.place(order({ number: 1, side: "sell", lots: 5, price: 10 }));
  const buy = order({ number: 2, side: "buy", lots: 4, price: null, budget: 3 * 10 * UNITS + 29 });
  assert.deepEqual(book.place(buy), {
    trades: [{ makerNumber: 1, priceTicks: 10, lots: 3 }],
    end: { reason: "budget", lots: 1 },
  });
});

Deno.test("SlowBook.cancel() takes out that order only, and once", () => {
  const book = new SlowBook(UNITS);
  for (const number of [1, 2, 3]) {
    book.place(order({ number, side: "buy", lots: number, price: 9 }));
  }
  assert.equal(book.cancel(2), 2);
  assert.equal(book.cancel(2), null);
  assert.equal(book.cancel(99), null);
  assert.equal(book.top().bidLots, 4);
  const { trades } = book.place(order({ number: 4, side: "sell", lots: 4, price: 9 }));
  assert.deepEqual(trades.map(({ makerNumber }) => makerNumber), [1, 3]);
});

const step = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      side: fc.constantFrom("buy" as const, "sell" as const),
      lots: fc.integer({ min: 1, max: 9 }),
      price: fc.option(fc.integer({ min: 95, max: 105 }), { freq: 4 }),
      ioc: fc.boolean(),
      budget: fc.option(fc.integer({ min: 1, max: 4_000 }), { freq: 3 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ cancel: fc.nat({ max: 60 }) }) },
);

Deno.test("SlowBook and the trading engine's book, written apart, agree on every order", () => {
  fc.assert(fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
    const slow = new SlowBook(UNITS);
    const fast = new OrderBook({ unitsPerTickLot: UNITS });
    steps.forEach((each, number) => {
      if ("cancel" in each) {
        const slot = fast.orders.slotOf(each.cancel);
        assert.equal(slow.cancel(each.cancel), slot < 0 ? null : fast.cancel(slot));
        return;
      }
      const { side, lots, price, ioc, budget } = each;
      const entry = order({
        number,
        side,
        lots,
        price,
        timeInForce: ioc ? "ioc" : "gtc",
        ...(budget === null ? {} : { budget }),
      });
      const outcome = fast.place(entry);
      const { trades, end } = slow.place(entry);
      const { fills } = fast;
      const told = Array.from({ length: fills.length }, (_, i) => ({
        makerNumber: fills.makerNumbers[i],
        priceTicks: fills.ticks[i],
        lots: fills.lots[i],
      }));
      assert.deepEqual(trades, told);
      const ended = outcome === "unfilled" || outcome === "budget";
      assert.deepEqual(end, ended ? { reason: outcome, lots: fast.remainingLots } : null);
      assert.equal(slow.top().bidLots, fast.bids.bestLots);
      assert.equal(slow.top().askLots, fast.asks.bestLots);
    });
  }));
});
