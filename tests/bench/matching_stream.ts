/**
 * The order stream of the matching bench: 55% limit orders spread around a wandering mid, 35% cancels
 * of a live order, 10% market orders. Fixed seed.
 *
 * @module
 */

import { type NewOrder, OrderBook } from "../../actors/trading_engine/order_book.ts";
import { NONE } from "../../actors/trading_engine/order_index.ts";
import { type Random, seededRandom } from "../../actors/seeded_random.ts";
import { MAX_FLOOR_CASH_UNITS } from "../../kafka/messages/mod.ts";

/** A decoded command. */
export type BenchCommand =
  | { readonly type: "place"; readonly order: NewOrder }
  | { readonly type: "cancel"; readonly orderNumber: number };

const LIMIT_SHARE = 0.55;
const CANCEL_SHARE = 0.35;
const FIRST_MID_TICKS = 100_000;
/** Buys are up to so far below the mid, sells above; the mid's walk makes some of them cross. */
const SPREAD_TICKS = 100;
const MAX_LOTS = 100;

/** `count` commands; every cancel names an order that is live by then. */
export function matchingStream(count: number, seed: number): BenchCommand[] {
  const random = seededRandom(seed, "matching-bench");
  // A book of its own tells which orders are live.
  const book = new OrderBook({ unitsPerTickLot: 1 });
  const live: number[] = [];
  const commands: BenchCommand[] = [];
  let mid = FIRST_MID_TICKS;
  while (commands.length < count) {
    const draw = random();
    if (draw >= LIMIT_SHARE && draw < LIMIT_SHARE + CANCEL_SHARE) {
      const orderNumber = takeLive(live, book, random);
      if (orderNumber === null) continue;
      commands.push({ type: "cancel", orderNumber });
      book.cancel(book.orders.slotOf(orderNumber));
      continue;
    }
    mid += Math.floor(random() * 3) - 1;
    const order = drawOrder({
      orderNumber: commands.length,
      random,
      mid,
      market: draw >= LIMIT_SHARE,
    });
    commands.push({ type: "place", order });
    if (book.place(order) === "rested") live.push(order.orderNumber);
  }
  return commands;
}

function drawOrder(
  at: { orderNumber: number; random: Random; mid: number; market: boolean },
): NewOrder {
  const { orderNumber, random, mid, market } = at;
  const side = random() < 0.5 ? "buy" : "sell";
  const quantityLots = 1 + Math.floor(random() * MAX_LOTS);
  if (market) {
    const budgetUnits = side === "buy" ? MAX_FLOOR_CASH_UNITS : null;
    return { orderNumber, side, quantityLots, limitTicks: null, budgetUnits, timeInForce: "ioc" };
  }
  const distance = Math.floor(random() * SPREAD_TICKS);
  const limitTicks = side === "buy" ? mid - distance : mid + distance;
  const budgetUnits = side === "buy" ? limitTicks * quantityLots : null;
  return { orderNumber, side, quantityLots, limitTicks, budgetUnits, timeInForce: "gtc" };
}

/** A live order, drawn from a list that may still hold orders filled since. */
function takeLive(live: number[], book: OrderBook, random: Random): number | null {
  while (live.length > 0) {
    const at = Math.floor(random() * live.length);
    const orderNumber = live[at]!;
    live[at] = live[live.length - 1]!;
    live.pop();
    if (book.orders.slotOf(orderNumber) !== NONE) return orderNumber;
  }
  return null;
}
