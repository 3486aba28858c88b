import fc from "fast-check";
import assert from "node:assert/strict";
import { type NewOrder, OrderBook } from "../../../actors/trading_engine/order_book.ts";
import { NONE } from "../../../actors/trading_engine/order_index.ts";
import { MAX_FLOOR_CASH_UNITS, MAX_PRICE_TICKS } from "../../../kafka/messages/mod.ts";
import { ordersOf, placeIn } from "./book_view.ts";
import { NaiveBook } from "./naive_book.ts";

type Step = { readonly place: Omit<NewOrder, "orderNumber"> } | { readonly cancel: number };

/** Prices close together, so that orders meet, at and around page boundaries and at both ends. */
const ticks = fc.oneof(
  { weight: 4, arbitrary: fc.integer({ min: 60, max: 70 }) },
  { weight: 2, arbitrary: fc.integer({ min: 1, max: 8200 }) },
  { weight: 1, arbitrary: fc.integer({ min: MAX_PRICE_TICKS - 70, max: MAX_PRICE_TICKS }) },
  { weight: 1, arbitrary: fc.integer({ min: 1, max: MAX_PRICE_TICKS }) },
);
const lots = fc.integer({ min: 1, max: 20 });
const timeInForce = fc.constantFrom("gtc" as const, "gtc" as const, "ioc" as const);
const sell = fc.record({
  side: fc.constant("sell" as const),
  quantityLots: lots,
  limitTicks: fc.option(ticks, { freq: 5 }),
  budgetUnits: fc.constant(null),
  timeInForce,
});
const budget = fc.oneof(fc.constant(MAX_FLOOR_CASH_UNITS), fc.integer({ min: 0, max: 5_000 }));
const buy = fc.record({
  side: fc.constant("buy" as const),
  quantityLots: lots,
  limitTicks: fc.option(ticks, { freq: 5 }),
  budgetUnits: budget,
  timeInForce,
});
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ place: fc.oneof(sell, buy) }) },
  { weight: 1, arbitrary: fc.record({ cancel: fc.nat({ max: 200 }) }) },
);
const steps = fc.array(step, { maxLength: 200, size: "max" });
const UNITS = 3;

function cancelIn(book: OrderBook, orderNumber: number): number | null {
  const slot = book.orders.slotOf(orderNumber);
  return slot === NONE ? null : book.cancel(slot);
}

Deno.test("OrderBook gives the same fills, outcomes and queues as the naive book", () => {
  fc.assert(
    fc.property(steps, (all) => {
      const fast = new OrderBook({ unitsPerTickLot: UNITS });
      const naive = new NaiveBook(UNITS);
      all.forEach((next, orderNumber) => {
        if ("cancel" in next) {
          assert.equal(cancelIn(fast, next.cancel), naive.cancel(next.cancel));
        } else {
          const order = { orderNumber, ...next.place };
          assert.deepEqual(placeIn(fast, order), naive.place(order));
        }
        const best = {
          bid: naive.side("buy")[0]?.ticks ?? 0,
          ask: naive.side("sell")[0]?.ticks ?? 0,
        };
        assert.deepEqual({ bid: fast.bids.bestTicks, ask: fast.asks.bestTicks }, best);
      });
      for (const side of ["buy", "sell"] as const) {
        assert.deepEqual(ordersOf(fast, side), naive.side(side));
      }
    }),
    { numRuns: 300 },
  );
});

Deno.test("OrderBook conserves lots: what is bought is sold, and every order's lots are filled, resting or over", () => {
  fc.assert(
    fc.property(steps, (all) => {
      const book = new OrderBook({ unitsPerTickLot: UNITS });
      const open = new Map<number, number>();
      const traded = { buy: 0, sell: 0 };
      const sides = new Map<number, "buy" | "sell">();
      all.forEach((next, orderNumber) => {
        if ("cancel" in next) {
          const left = cancelIn(book, next.cancel);
          if (left !== null) assert.equal(left, open.get(next.cancel));
          if (left !== null) open.delete(next.cancel);
          return;
        }
        const order = { orderNumber, ...next.place };
        sides.set(orderNumber, order.side);
        const { fills, remainingLots, outcome } = placeIn(book, order);
        let cost = 0;
        for (const fill of fills) {
          traded[order.side] += fill.lots;
          traded[sides.get(fill.makerNumber)!] += fill.lots;
          cost += fill.ticks * UNITS * fill.lots;
          const left = open.get(fill.makerNumber)! - fill.lots;
          assert.equal(left, fill.makerRemaining);
          if (left === 0) open.delete(fill.makerNumber);
          else open.set(fill.makerNumber, left);
        }
        if (order.budgetUnits !== null) assert.ok(cost <= order.budgetUnits);
        if (outcome === "rested") open.set(orderNumber, remainingLots);
      });
      assert.equal(traded.buy, traded.sell);
      const resting = [...ordersOf(book, "buy"), ...ordersOf(book, "sell")];
      assert.deepEqual(
        new Map(resting.map((order) => [order.orderNumber, order.lots])).size,
        open.size,
      );
      for (const order of resting) assert.equal(order.lots, open.get(order.orderNumber));
    }),
    { numRuns: 200 },
  );
});

Deno.test("OrderBook gives back every page and level with the last order", () => {
  fc.assert(
    fc.property(fc.array(ticks, { minLength: 1, maxLength: 100 }), (prices) => {
      const book = new OrderBook({ unitsPerTickLot: 1 });
      prices.forEach((limitTicks, orderNumber) => {
        const order = { orderNumber, quantityLots: 1, limitTicks, timeInForce: "gtc" } as const;
        book.place({ ...order, side: "sell", budgetUnits: null });
      });
      const { ladder } = book.asks;
      assert.equal(ladder.levelCount, new Set(prices).size);
      assert.ok(ladder.pageCount <= 1 + 4 * ladder.levelCount);
      prices.forEach((_, orderNumber) => book.cancel(book.orders.slotOf(orderNumber)));
      assert.deepEqual([ladder.levelCount, ladder.pageCount, ladder.best], [0, 1, NONE]);
    }),
  );
});
