/**
 * Price-time priority, slowly and plainly: a sorted array for each side. It exists to disagree with
 * the trading engine, so it shares nothing with it.
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
  readonly priceTicks: number;
  lots: number;
}

/** An empty book's best. */
export const EMPTY_TOP: TopOfBook = { bidTicks: null, bidLots: 0, askTicks: null, askLots: 0 };

/** One symbol's book. The best order of a side, the next to trade, is the last of its array. */
export class SlowBook {
  readonly #unitsPerTickLot: number;
  readonly #bids: Resting[] = [];
  readonly #asks: Resting[] = [];
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
      const best = opposite.at(-1);
      if (best === undefined || !crosses(side, limitTicks, best.priceTicks)) break;
      const unitsPerLot = side === "buy" ? best.priceTicks * this.#unitsPerTickLot : 0;
      const wanted = Math.min(lots, best.lots);
      const traded = wanted * unitsPerLot <= budget ? wanted : Math.floor(budget / unitsPerLot);
      if (traded > 0) {
        trades.push({ makerNumber: best.number, priceTicks: best.priceTicks, lots: traded });
        this.#reduceBest(opposite, traded);
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
    this.#rest({ number: order.orderNumber, side, priceTicks: limitTicks, lots });
    return { trades, end: null };
  }

  /** Takes an order out of the book. Returns the lots it had left, or null when it is not there. */
  cancel(orderNumber: number): number | null {
    const order = this.#byNumber.get(orderNumber);
    if (order === undefined) return null;
    const side = order.side === "buy" ? this.#bids : this.#asks;
    let at = firstAtPrice(side, order);
    while (side[at] !== order) at++;
    side.splice(at, 1);
    this.#byNumber.delete(orderNumber);
    return order.lots;
  }

  top(): TopOfBook {
    const bid = bestOf(this.#bids);
    const ask = bestOf(this.#asks);
    return { bidTicks: bid.ticks, bidLots: bid.lots, askTicks: ask.ticks, askLots: ask.lots };
  }

  #reduceBest(side: Resting[], lots: number): void {
    const best = side.at(-1)!; // only called with a best order at hand
    best.lots -= lots;
    if (best.lots > 0) return;
    side.pop();
    this.#byNumber.delete(best.number);
  }

  /** Behind, which is before, every order at the same price. */
  #rest(order: Resting): void {
    const side = order.side === "buy" ? this.#bids : this.#asks;
    side.splice(firstAtPrice(side, order), 0, order);
    this.#byNumber.set(order.number, order);
  }
}

function crosses(side: Side, limitTicks: number | null, priceTicks: number): boolean {
  if (limitTicks === null) return true;
  return side === "buy" ? priceTicks <= limitTicks : priceTicks >= limitTicks;
}

/** The first index whose order is at the same price or a better one. */
function firstAtPrice(side: readonly Resting[], order: Resting): number {
  let low = 0;
  let high = side.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const { priceTicks } = side[middle]!;
    const worse = order.side === "buy"
      ? priceTicks < order.priceTicks
      : priceTicks > order.priceTicks;
    if (worse) low = middle + 1;
    else high = middle;
  }
  return low;
}

function bestOf(side: readonly Resting[]): { ticks: number | null; lots: number } {
  const ticks = side.at(-1)?.priceTicks ?? null;
  let lots = 0;
  for (let at = side.length - 1; at >= 0 && side[at]!.priceTicks === ticks; at--) {
    lots += side[at]!.lots;
  }
  return { ticks, lots };
}
