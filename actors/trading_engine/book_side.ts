/**
 * One side of a book: a queue of orders at every price, the oldest first.
 *
 * Both sides are kept by rank, which is 0 at the best price there can be (the highest bid, the lowest
 * ask), so that matching is the same code for either.
 *
 * @module
 */

import { MAX_PRICE_TICKS, type Side } from "../../kafka/messages/mod.ts";
import type { LiveOrders } from "./live_orders.ts";
import { NONE } from "./order_index.ts";
import { PriceLadder } from "./price_ladder.ts";

/** Resting orders of one side in price-time priority. */
export class BookSide {
  readonly ladder = new PriceLadder();
  readonly #orders: LiveOrders;
  readonly #place: number;
  /** Bids rank down from the highest price, asks up from the lowest. */
  readonly #isBid: boolean;

  constructor(side: Side, options: { readonly book: number; readonly orders: LiveOrders }) {
    this.#orders = options.orders;
    this.#isBid = side === "buy";
    this.#place = 2 * options.book + (this.#isBid ? 0 : 1);
  }

  /** The rank of a price from 1 to `MAX_PRICE_TICKS`. */
  rankOf(ticks: number): number {
    return this.#isBid ? MAX_PRICE_TICKS - ticks : ticks - 1;
  }

  /** The price of a level. */
  ticksOf(level: number): number {
    const rank = this.ladder.ranks[level]!;
    return this.#isBid ? MAX_PRICE_TICKS - rank : rank + 1;
  }

  /** The best price, or 0 when the side is empty. */
  get bestTicks(): number {
    return this.ladder.best === NONE ? 0 : this.ticksOf(this.ladder.best);
  }

  /** All lots at the best price; 0 when the side is empty. */
  get bestLots(): number {
    return this.ladder.best === NONE ? 0 : this.ladder.lots[this.ladder.best]!;
  }

  /** Puts an order at the end of its price's queue. Returns its slot. */
  append(orderNumber: number, ticks: number, lots: number): number {
    const orders = this.#orders;
    const slot = orders.add(orderNumber, lots, this.#place);
    const level = this.ladder.at(this.rankOf(ticks));
    const tail = this.ladder.tails[level]!;
    orders.levels[slot] = level;
    orders.previous[slot] = tail;
    orders.next[slot] = NONE;
    if (tail === NONE) this.ladder.heads[level] = slot;
    else orders.next[tail] = slot;
    this.ladder.tails[level] = slot;
    this.ladder.lots[level]! += lots;
    this.ladder.counts[level]!++;
    return slot;
  }

  /** Takes an order out, wherever in its queue it is. */
  remove(slot: number): void {
    const { next, previous, levels, lots } = this.#orders;
    const ladder = this.ladder;
    const level = levels[slot]!;
    const before = previous[slot]!;
    const behind = next[slot]!;
    if (before === NONE) ladder.heads[level] = behind;
    else next[before] = behind;
    if (behind === NONE) ladder.tails[level] = before;
    else previous[behind] = before;
    ladder.lots[level]! -= lots[slot]!;
    ladder.counts[level]!--;
    if (ladder.heads[level] === NONE) ladder.remove(level);
    this.#orders.remove(slot);
  }

  /** The slots of all orders, best first. The side must not change meanwhile. */
  *slots(): Generator<number> {
    for (let level = this.ladder.best; level !== NONE; level = this.ladder.after(level)) {
      for (let slot = this.ladder.heads[level]!; slot !== NONE; slot = this.#orders.next[slot]!) {
        yield slot;
      }
    }
  }
}
