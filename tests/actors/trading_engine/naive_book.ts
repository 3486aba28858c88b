/**
 * A slow and obvious order book, which judges the fast one: two sorted arrays of plain objects.
 *
 * @module
 */

import type { NewOrder, Outcome } from "../../../actors/trading_engine/order_book.ts";
import type { Side } from "../../../kafka/messages/mod.ts";

export interface NaiveOrder {
  readonly orderNumber: number;
  readonly side: Side;
  readonly ticks: number;
  lots: number;
}

export interface BookFill {
  readonly makerNumber: number;
  readonly ticks: number;
  readonly lots: number;
  readonly makerRemaining: number;
}

export interface Placed {
  readonly fills: readonly BookFill[];
  readonly outcome: Outcome;
  readonly remainingLots: number;
}

export class NaiveBook {
  /** In order of arrival. */
  #orders: NaiveOrder[] = [];
  readonly #unitsPerTickLot: number;

  constructor(unitsPerTickLot: number) {
    this.#unitsPerTickLot = unitsPerTickLot;
  }

  place(order: NewOrder): Placed {
    const fills: BookFill[] = [];
    const makers = this.side(order.side === "buy" ? "sell" : "buy");
    let remaining = order.quantityLots;
    let budget = order.side === "buy" ? order.budgetUnits! : Infinity;
    let spent = false;
    for (const maker of makers) {
      // Lot by lot, so that there is nothing to get wrong.
      let lots = 0;
      const crosses = order.limitTicks === null ||
        (order.side === "buy" ? maker.ticks <= order.limitTicks : maker.ticks >= order.limitTicks);
      while (crosses && !spent && remaining > 0 && lots < maker.lots) {
        if (budget < maker.ticks * this.#unitsPerTickLot) {
          spent = true;
        } else {
          budget -= maker.ticks * this.#unitsPerTickLot;
          lots++;
          remaining--;
        }
      }
      if (lots === 0) continue;
      maker.lots -= lots;
      const { orderNumber: makerNumber, ticks, lots: makerRemaining } = maker;
      fills.push({ makerNumber, ticks, lots, makerRemaining });
    }
    this.#orders = this.#orders.filter((resting) => resting.lots > 0);
    return {
      fills,
      remainingLots: remaining,
      outcome: this.#rest(order, remaining, budget, spent),
    };
  }

  /** Returns the lots that were left, or null when the order is not live. */
  cancel(orderNumber: number): number | null {
    const found = this.#orders.find((order) => order.orderNumber === orderNumber);
    this.#orders = this.#orders.filter((order) => order !== found);
    return found?.lots ?? null;
  }

  /** The orders of a side, first in priority first. */
  side(side: Side): NaiveOrder[] {
    return this.#orders.filter((order) => order.side === side)
      // A stable sort: equal prices stay in order of arrival.
      .sort((a, b) => side === "buy" ? b.ticks - a.ticks : a.ticks - b.ticks);
  }

  #rest(order: NewOrder, remaining: number, budget: number, spent: boolean): Outcome {
    if (remaining === 0) return "filled";
    if (spent) return "budget";
    if (order.timeInForce === "ioc" || order.limitTicks === null) return "unfilled";
    if (budget < remaining * order.limitTicks * this.#unitsPerTickLot) return "budget";
    const { orderNumber, side, limitTicks: ticks } = order;
    this.#orders.push({ orderNumber, side, ticks, lots: remaining });
    return "rested";
  }
}
