/**
 * One symbol's order book: price-time priority over integer ticks and lots.
 *
 * Two orders of the same user may trade with each other: self-trades are permitted, since who owns an
 * order is none of the book's business.
 *
 * @module
 */

import {
  MAX_FLOOR_CASH_UNITS,
  MAX_PRICE_TICKS,
  MAX_QUANTITY_LOTS,
  type OrderAccepted,
} from "../../kafka/messages/mod.ts";
import { BookSide } from "./book_side.ts";
import { FillBuffer } from "./fill_buffer.ts";
import { LiveOrders } from "./live_orders.ts";
import { NONE } from "./order_index.ts";

/** What the book needs to know of an accepted order. */
export type NewOrder = Pick<
  OrderAccepted,
  "orderNumber" | "side" | "quantityLots" | "limitTicks" | "budgetUnits" | "timeInForce"
>;

/**
 * What became of an order on entry. `rested`: its rest is in the book. `unfilled`: its rest may not
 * rest, being `ioc` or without a limit. `budget`: a buy has spent its budget down to less than
 * another lot costs, or what is left cannot pay for the rest at its own limit, so that it may not rest.
 */
export type Outcome = "filled" | "rested" | "unfilled" | "budget";

/** How a book is made. Books of one partition share `orders` and `fills`. */
export interface OrderBookOptions {
  /** Cash units that one tick of price times one lot costs: a positive safe integer. */
  readonly unitsPerTickLot: number;
  /** The book's index among those that share `orders`. */
  readonly index?: number;
  readonly orders?: LiveOrders;
  readonly fills?: FillBuffer;
}

/**
 * A book. {@link place} and {@link cancel} leave what happened in `fills`, `remainingLots` and
 * `restingSlot`, which stand until the next command.
 *
 * Notional (ticks x lots x units per tick and lot) stays a safe integer: lots are only traded when the
 * buyer's budget, at most `MAX_FLOOR_CASH_UNITS`, pays for all of them, and a buy rests only if its budget
 * covers its rest, so the same holds when it is the maker. Comparing is exact too: a product past 2^53
 * is rounded, but stays far above any budget.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { OrderBook } from "./order_book.ts";
 * const book = new OrderBook({ unitsPerTickLot: 1 });
 * book.place({ orderNumber: 1, side: "sell", quantityLots: 7, limitTicks: 1600, budgetUnits: null, timeInForce: "gtc" });
 * book.place({ orderNumber: 2, side: "buy", quantityLots: 2, limitTicks: 1700, budgetUnits: 3400, timeInForce: "gtc" });
 * assert.deepEqual([book.fills.ticks[0], book.fills.lots[0]], [1600, 2]);
 * assert.deepEqual([book.asks.bestTicks, book.asks.bestLots], [1600, 5]);
 * ```
 */
export class OrderBook {
  readonly bids: BookSide;
  readonly asks: BookSide;
  readonly orders: LiveOrders;
  readonly fills: FillBuffer;
  /** Fills so far. */
  trades = 0;
  /** After {@link place}: lots not filled. */
  remainingLots = 0;
  /** After {@link place}: the slot of the rest, or `NONE` unless the outcome is `rested`. */
  restingSlot = NONE;
  readonly #unitsPerTickLot: number;
  readonly #index: number;
  #budgetLeft = 0;

  constructor(options: OrderBookOptions) {
    const units = options.unitsPerTickLot;
    if (!Number.isSafeInteger(units) || units < 1) {
      throw new RangeError(
        `Cannot open a book: ${units} cash units per tick and lot are no positive whole number`,
      );
    }
    this.#unitsPerTickLot = units;
    this.#index = options.index ?? 0;
    this.orders = options.orders ?? new LiveOrders();
    this.fills = options.fills ?? new FillBuffer();
    const sides = { book: this.#index, orders: this.orders };
    this.bids = new BookSide("buy", sides);
    this.asks = new BookSide("sell", sides);
  }

  /**
   * Matches an order against the other side, best price and oldest order first, at the resting
   * orders' prices, and lets its rest rest if it may.
   *
   * @throws {RangeError} for an order that no gateway would let through: a number already live, a
   * price, quantity or budget out of range, a buy without a budget
   */
  place(order: NewOrder): Outcome {
    this.#check(order);
    this.fills.length = 0;
    this.restingSlot = NONE;
    this.remainingLots = order.quantityLots;
    this.#budgetLeft = order.budgetUnits ?? 0;
    const spent = order.side === "buy" ? this.#buy(order) : this.#sell(order);
    this.trades += this.fills.length;
    if (this.remainingLots === 0) return "filled";
    if (spent) return "budget";
    if (order.limitTicks === null || order.timeInForce === "ioc") return "unfilled";
    return this.#rest(order, order.limitTicks);
  }

  /** Takes a resting order out of this book. Returns the lots that were left. */
  cancel(slot: number): number {
    const lots = this.orders.lots[slot]!;
    this.fills.length = 0;
    (this.#isBid(slot) ? this.bids : this.asks).remove(slot);
    return lots;
  }

  /** Puts an order back as it rested, behind those restored before it. Returns its slot. */
  restore(order: Pick<NewOrder, "orderNumber" | "side">, ticks: number, lots: number): number {
    return (order.side === "buy" ? this.bids : this.asks).append(order.orderNumber, ticks, lots);
  }

  /** Whether the order of `slot` rests in this book. */
  holds(slot: number): boolean {
    return this.orders.places[slot]! >> 1 === this.#index;
  }

  #isBid(slot: number): boolean {
    return (this.orders.places[slot]! & 1) === 0;
  }

  #buy(order: NewOrder): boolean {
    const worst = order.limitTicks ?? MAX_PRICE_TICKS;
    return this.#match(this.asks, this.asks.rankOf(worst), this.#unitsPerTickLot);
  }

  #sell(order: NewOrder): boolean {
    return this.#match(this.bids, this.bids.rankOf(order.limitTicks ?? 1), 0);
  }

  /**
   * Fills down to `worstRank`. A seller pays nothing: its `unitsPerTickLot` is 0. Returns whether it
   * ended because the budget does not pay for another lot.
   */
  #match(side: BookSide, worstRank: number, unitsPerTickLot: number): boolean {
    const ladder = side.ladder;
    while (this.remainingLots > 0 && ladder.best !== NONE) {
      const level = ladder.best;
      if (ladder.ranks[level]! > worstRank) return false;
      const ticks = side.ticksOf(level);
      if (this.#takeLevel(side, level, ticks, unitsPerTickLot * ticks)) return true;
    }
    return false;
  }

  /** Fills at one price, the oldest order first. Returns whether the budget ended it. */
  #takeLevel(side: BookSide, level: number, ticks: number, unitsPerLot: number): boolean {
    const { orders, fills } = this;
    let remaining = this.remainingLots;
    let budget = this.#budgetLeft;
    let slot = side.ladder.heads[level]!;
    let spent = false;
    while (remaining > 0 && slot !== NONE && !spent) {
      const makerLots = orders.lots[slot]!;
      let lots = remaining < makerLots ? remaining : makerLots;
      if (budget < unitsPerLot * lots) {
        spent = true;
        lots = Math.floor(budget / unitsPerLot);
        if (lots === 0) break;
      }
      remaining -= lots;
      budget -= unitsPerLot * lots;
      const at = fills.push();
      fills.makerNumbers[at] = orders.numbers[slot]!;
      fills.makerSlots[at] = slot;
      fills.makerRemaining[at] = makerLots - lots;
      fills.ticks[at] = ticks;
      fills.lots[at] = lots;
      const next = orders.next[slot]!;
      if (lots === makerLots) {
        side.remove(slot);
      } else {
        orders.lots[slot] = makerLots - lots;
        side.ladder.lots[level]! -= lots;
      }
      slot = next;
    }
    this.remainingLots = remaining;
    this.#budgetLeft = budget;
    return spent;
  }

  #rest(order: NewOrder, limitTicks: number): Outcome {
    const lots = this.remainingLots;
    const isBuy = order.side === "buy";
    if (isBuy && this.#budgetLeft < limitTicks * this.#unitsPerTickLot * lots) return "budget";
    const side = isBuy ? this.bids : this.asks;
    this.restingSlot = side.append(order.orderNumber, limitTicks, lots);
    return "rested";
  }

  #check(order: NewOrder): void {
    const { orderNumber, quantityLots, limitTicks, budgetUnits } = order;
    if (this.orders.slotOf(orderNumber) !== NONE) refuse(order, "it is live already");
    if (!(quantityLots >= 1 && quantityLots <= MAX_QUANTITY_LOTS)) {
      refuse(order, `${quantityLots} lots are not from 1 to ${MAX_QUANTITY_LOTS}`);
    }
    if (limitTicks !== null && !(limitTicks >= 1 && limitTicks <= MAX_PRICE_TICKS)) {
      refuse(order, `${limitTicks} ticks are not from 1 to ${MAX_PRICE_TICKS}`);
    }
    if (order.side === "sell") return;
    if (budgetUnits === null) refuse(order, "it is a buy without a budget");
    if (!(budgetUnits! >= 0 && budgetUnits! <= MAX_FLOOR_CASH_UNITS)) {
      refuse(order, `its budget ${budgetUnits} is not from 0 to ${MAX_FLOOR_CASH_UNITS}`);
    }
  }
}

function refuse(order: NewOrder, state: string): never {
  throw new RangeError(`Cannot place order ${order.orderNumber}: ${state}`);
}
