/**
 * A fast book, as the slow one shows itself.
 *
 * @module
 */

import type { NewOrder, OrderBook } from "../../../actors/trading_engine/order_book.ts";
import type { Side } from "../../../kafka/messages/mod.ts";
import type { NaiveOrder, Placed } from "./naive_book.ts";

/** The orders of a side, first in priority first. */
export function ordersOf(book: OrderBook, side: Side): NaiveOrder[] {
  const view = side === "buy" ? book.bids : book.asks;
  return [...view.slots()].map((slot) => ({
    orderNumber: book.orders.numbers[slot]!,
    side,
    ticks: view.ticksOf(book.orders.levels[slot]!),
    lots: book.orders.lots[slot]!,
  }));
}

/** Places, and copies what happened. */
export function placeIn(book: OrderBook, order: NewOrder): Placed {
  const outcome = book.place(order);
  const { fills } = book;
  return {
    fills: Array.from({ length: fills.length }, (_, i) => ({
      makerNumber: fills.makerNumbers[i]!,
      ticks: fills.ticks[i]!,
      lots: fills.lots[i]!,
      makerRemaining: fills.makerRemaining[i]!,
    })),
    outcome,
    remainingLots: book.remainingLots,
  };
}

/** Price and lots of every level of a side, best first: `"1600 x 5"`. */
export function levelsOf(book: OrderBook, side: Side): string[] {
  const view = side === "buy" ? book.bids : book.asks;
  const { ladder } = view;
  const shown: string[] = [];
  for (let level = ladder.best; level !== -1; level = ladder.after(level)) {
    shown.push(`${view.ticksOf(level)} x ${ladder.lots[level]}`);
  }
  return shown;
}
