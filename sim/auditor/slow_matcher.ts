/**
 * Price-time priority, plainly: for each side a sorted array of prices, and at each price the orders as
 * they came. It exists to disagree with the trading engine, so it shares nothing with it.
 *
 * @module
 */

import type { OrderAccepted, Side } from "../../kafka/messages/mod.ts";

/** One match, at the resting order's price. */
export interface MatchedTrade {
  readonly makerNumber: number;
  readonly priceTicks: number;
  readonly lots: number;
}

/** How an incoming order's rest ended, if it did not rest and was not filled. */
export type RestEnd = "unfilled" | "budget";

/** What an incoming order brought about. */
export interface MatchOutcome {
  readonly trades: readonly MatchedTrade[];
  readonly end: { readonly reason: RestEnd; readonly lots: number } | null;
}

/** The best of both sides; ticks are null and lots 0 where there is nothing. */
export interface TopOfBook {
  readonly bidTicks: number | null;
  readonly bidLots: number;
  readonly askTicks: number | null;
  readonly askLots: number;
}

interface Resting {
  readonly number: number;
  readonly side: Side;
  readonly level: Level;
  lots: number;
}

/** The orders at one price of a side, the oldest first. It is never without any. */
interface Level {
  readonly priceTicks: number;
  readonly orders: Resting[];
  /** What its orders have together. */
  lots: number;
}

/** An empty book's best. */
export const EMPTY_TOP: TopOfBook = { bidTicks: null, bidLots: 0, askTicks: null, askLots: 0 };

/** One symbol's book. The best price of a side, the next to trade at, is the last of its array. */
export class SlowBook {
  readonly #unitsPerTickLot: number;
  readonly #bids: Level[] = [];
  readonly #asks: Level[] = [];
  readonly #byNumber = new Map<number, Resting>();

  constructor(unitsPerTickLot: number) {
    this.#unitsPerTickLot = unitsPerTickLot;
  }

  /** Matches an order and lets its rest rest if it may. */
  place(order: OrderAccepted): MatchOutcome {
    const { side, limitTicks } = order;
    const opposite = side === "buy" ? this.#asks : this.#bids;
    const trades: MatchedTrade[] = [];
    let lots = order.quantityLots;
    let budget = order.budgetUnits ?? Infinity;
    while (lots > 0) {
      const level = opposite.at(-1);
      if (level === undefined || !crosses(side, limitTicks, level.priceTicks)) break;
      const { priceTicks } = level;
      const maker = level.orders[0]!; // a level is never without any
      const unitsPerLot = side === "buy" ? priceTicks * this.#unitsPerTickLot : 0;
      const wanted = Math.min(lots, maker.lots);
      const traded = wanted * unitsPerLot <= budget ? wanted : Math.floor(budget / unitsPerLot);
      if (traded > 0) {
        trades.push({ makerNumber: maker.number, priceTicks, lots: traded });
        this.#reduce(maker, traded);
        lots -= traded;
        budget -= traded * unitsPerLot;
      }
      if (traded < wanted) return { trades, end: { reason: "budget", lots } };
    }
    if (lots === 0) return { trades, end: null };
    if (limitTicks === null || order.timeInForce === "ioc") {
      return { trades, end: { reason: "unfilled", lots } };
    }
    if (side === "buy" && limitTicks * lots * this.#unitsPerTickLot > budget) {
      return { trades, end: { reason: "budget", lots } };
    }
    this.#rest(order.orderNumber, lots, { side, priceTicks: limitTicks });
    return { trades, end: null };
  }

  /** Takes an order out of the book. Returns the lots it had left, or null when it is not there. */
  cancel(orderNumber: number): number | null {
    const order = this.#byNumber.get(orderNumber);
    if (order === undefined) return null;
    const { lots } = order;
    this.#reduce(order, lots);
    return lots;
  }

  top(): TopOfBook {
    const bid = bestOf(this.#bids);
    const ask = bestOf(this.#asks);
    return { bidTicks: bid.ticks, bidLots: bid.lots, askTicks: ask.ticks, askLots: ask.lots };
  }

  /** Takes lots from an order, which leaves the book with the last of them. */
  #reduce(order: Resting, lots: number): void {
    const { level, side, number } = order;
    order.lots -= lots;
    level.lots -= lots;
    if (order.lots > 0) return;
    level.orders.splice(level.orders.indexOf(order), 1);
    this.#byNumber.delete(number);
    if (level.orders.length > 0) return;
    const levels = side === "buy" ? this.#bids : this.#asks;
    levels.splice(levels.lastIndexOf(level), 1);
  }

  /** Behind every order at the same price. */
  #rest(
    number: number,
    lots: number,
    { side, priceTicks }: { readonly side: Side; readonly priceTicks: number },
  ): void {
    const level = levelAt(side === "buy" ? this.#bids : this.#asks, side, priceTicks);
    const order = { number, side, level, lots };
    level.orders.push(order);
    level.lots += lots;
    this.#byNumber.set(number, order);
  }
}

function crosses(side: Side, limitTicks: number | null, priceTicks: number): boolean {
  if (limitTicks === null) return true;
  return side === "buy" ? priceTicks <= limitTicks : priceTicks >= limitTicks;
}

/** The level of a price, a new one in its place if there is none. */
function levelAt(levels: Level[], side: Side, priceTicks: number): Level {
  let low = 0;
  let high = levels.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const at = levels[middle]!.priceTicks;
    const worse = side === "buy" ? at < priceTicks : at > priceTicks;
    if (worse) low = middle + 1;
    else high = middle;
  }
  const found = levels[low];
  if (found?.priceTicks === priceTicks) return found;
  const level = { priceTicks, orders: [], lots: 0 };
  levels.splice(low, 0, level);
  return level;
}

function bestOf(levels: readonly Level[]): { ticks: number | null; lots: number } {
  const best = levels.at(-1);
  return best === undefined
    ? { ticks: null, lots: 0 }
    : { ticks: best.priceTicks, lots: best.lots };
}
