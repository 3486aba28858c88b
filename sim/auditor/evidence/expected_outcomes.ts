/**
 * What the slow matcher says must follow from each record of `orders`, in compact columns, until the
 * records that say what did follow are read.
 *
 * @module
 */

import { Column, OffsetColumns } from "../columns.ts";
import type { MatchedTrade, TopOfBook } from "../slow_matcher.ts";

/** Why an order or a cancel ended without a trade. */
const END_REASONS = ["requested", "unfilled", "budget", "missed"] as const;
export type EndReason = (typeof END_REASONS)[number];

/** A place in `orders`: the record that causes what follows. */
export interface CausePlace {
  readonly partition: number;
  readonly offset: number;
}

/** An ended order as expected. */
export interface ExpectedEnd {
  readonly row: number;
  readonly reason: EndReason;
  readonly orderNumber: number;
  readonly lots: number;
}

/** Expectations by the record that causes them. */
export class ExpectedOutcomes {
  // Trades of one cause are neighbours.
  readonly makerNumber = Column.doubles();
  readonly takerNumber = Column.doubles();
  readonly takerBuys = Column.bytes();
  readonly priceTicks = Column.words();
  readonly lots = Column.words();
  /** Legs that were found, as bits. */
  readonly found = Column.bytes();
  readonly #causePartition = Column.words();
  readonly #causeOffset = Column.words();
  readonly #firstTrade = new OffsetColumns(Column.words);
  readonly #tradeCount = new OffsetColumns(Column.words);
  #trades = 0;

  readonly #endOf = new OffsetColumns(Column.words);
  readonly #endReason = Column.bytes();
  readonly #endNumber = Column.doubles();
  readonly #endLots = Column.words();
  readonly #endCausePartition = Column.words();
  readonly #endCauseOffset = Column.words();
  /** Bit 1: its user was told; bit 2: the reservation was released. */
  readonly endFound = Column.bytes();
  #ends = 0;

  readonly #quoteOf = new OffsetColumns(Column.words);
  readonly #bidTicks = Column.words();
  readonly #bidLots = Column.doubles();
  readonly #askTicks = Column.words();
  readonly #askLots = Column.doubles();
  readonly #quotePartition = Column.words();
  readonly #quoteOffset = Column.words();
  readonly quoteFound = Column.bytes();
  #quotes = 0;

  get tradeCount(): number {
    return this.#trades;
  }

  get endCount(): number {
    return this.#ends;
  }

  get quoteCount(): number {
    return this.#quotes;
  }

  addTrades(
    cause: CausePlace,
    taker: { readonly number: number; readonly buys: boolean },
    trades: readonly MatchedTrade[],
  ): void {
    if (trades.length === 0) return;
    this.#firstTrade.set(cause.partition, cause.offset, this.#trades);
    this.#tradeCount.set(cause.partition, cause.offset, trades.length);
    for (const trade of trades) {
      const row = this.#trades++;
      this.makerNumber.set(row, trade.makerNumber);
      this.takerNumber.set(row, taker.number);
      this.takerBuys.set(row, taker.buys ? 1 : 0);
      this.priceTicks.set(row, trade.priceTicks);
      this.lots.set(row, trade.lots);
      this.#causePartition.set(row, cause.partition);
      this.#causeOffset.set(row, cause.offset);
    }
  }

  /** The rows of the trades that follow from a record: from `first`, `count` of them. */
  tradesOf(cause: CausePlace): { readonly first: number; readonly count: number } {
    const { partition, offset } = cause;
    return {
      first: this.#firstTrade.get(partition, offset),
      count: this.#tradeCount.get(partition, offset),
    };
  }

  causeOfTrade(row: number): CausePlace & { readonly topic: "orders" } {
    const partition = this.#causePartition.get(row);
    return { topic: "orders", partition, offset: this.#causeOffset.get(row) };
  }

  addEnd(
    cause: CausePlace,
    end: { readonly reason: EndReason; readonly orderNumber: number; readonly lots: number },
  ): void {
    const row = this.#ends++;
    this.#endOf.set(cause.partition, cause.offset, row + 1);
    this.#endReason.set(row, END_REASONS.indexOf(end.reason));
    this.#endNumber.set(row, end.orderNumber);
    this.#endLots.set(row, end.lots);
    this.#endCausePartition.set(row, cause.partition);
    this.#endCauseOffset.set(row, cause.offset);
  }

  /** The order that ends by a record, or null. */
  endOf(cause: CausePlace): ExpectedEnd | null {
    const row = this.#endOf.get(cause.partition, cause.offset) - 1;
    return row < 0 ? null : this.end(row);
  }

  end(row: number): ExpectedEnd {
    return {
      row,
      reason: END_REASONS[this.#endReason.get(row)]!,
      orderNumber: this.#endNumber.get(row),
      lots: this.#endLots.get(row),
    };
  }

  causeOfEnd(row: number): CausePlace & { readonly topic: "orders" } {
    const partition = this.#endCausePartition.get(row);
    return { topic: "orders", partition, offset: this.#endCauseOffset.get(row) };
  }

  addQuote(cause: CausePlace, top: TopOfBook): void {
    const row = this.#quotes++;
    this.#quoteOf.set(cause.partition, cause.offset, row + 1);
    this.#bidTicks.set(row, top.bidTicks ?? 0);
    this.#bidLots.set(row, top.bidLots);
    this.#askTicks.set(row, top.askTicks ?? 0);
    this.#askLots.set(row, top.askLots);
    this.#quotePartition.set(row, cause.partition);
    this.#quoteOffset.set(row, cause.offset);
  }

  /** The row of the quote that follows from a record, or -1. */
  quoteOf(cause: CausePlace): number {
    return this.#quoteOf.get(cause.partition, cause.offset) - 1;
  }

  quote(row: number): TopOfBook {
    return {
      bidTicks: this.#bidTicks.get(row) || null,
      bidLots: this.#bidLots.get(row),
      askTicks: this.#askTicks.get(row) || null,
      askLots: this.#askLots.get(row),
    };
  }

  causeOfQuote(row: number): CausePlace & { readonly topic: "orders" } {
    const partition = this.#quotePartition.get(row);
    return { topic: "orders", partition, offset: this.#quoteOffset.get(row) };
  }
}
