/**
 * What the slow matcher says must follow from each record of `orders`, in compact columns, until the
 * records that say what did follow are read.
 *
 * @module
 */

import type { AuditMemory } from "../memory/audit_memory.ts";
import type { Column, OffsetColumns } from "../memory/columns.ts";
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
  readonly makerNumber: Column;
  readonly takerNumber: Column;
  readonly takerBuys: Column;
  readonly priceTicks: Column;
  readonly lots: Column;
  /** Legs that were found, as bits. */
  readonly found: Column;
  readonly #causePartition: Column;
  readonly #causeOffset: Column;
  readonly #firstTrade: OffsetColumns;
  readonly #tradeCount: OffsetColumns;
  #trades = 0;

  readonly #endOf: OffsetColumns;
  readonly #endReason: Column;
  readonly #endNumber: Column;
  readonly #endLots: Column;
  readonly #endCausePartition: Column;
  readonly #endCauseOffset: Column;
  /** Bit 1: its user was told; bit 2: the reservation was released. */
  readonly endFound: Column;
  #ends = 0;

  readonly #quoteOf: OffsetColumns;
  readonly #bidTicks: Column;
  readonly #bidLots: Column;
  readonly #askTicks: Column;
  readonly #askLots: Column;
  readonly #quotePartition: Column;
  readonly #quoteOffset: Column;
  readonly quoteFound: Column;
  #quotes = 0;

  constructor(memory: AuditMemory) {
    const trades = memory.table();
    this.makerNumber = trades.doubles();
    this.takerNumber = trades.doubles();
    this.takerBuys = trades.bytes();
    this.priceTicks = trades.words();
    this.lots = trades.words();
    this.found = trades.bytes();
    this.#causePartition = trades.words();
    this.#causeOffset = trades.words();
    this.#firstTrade = memory.offsetColumns("words");
    this.#tradeCount = memory.offsetColumns("words");

    const ends = memory.table();
    this.#endOf = memory.offsetColumns("words");
    this.#endReason = ends.bytes();
    this.#endNumber = ends.doubles();
    this.#endLots = ends.words();
    this.#endCausePartition = ends.words();
    this.#endCauseOffset = ends.words();
    this.endFound = ends.bytes();

    const quotes = memory.table();
    this.#quoteOf = memory.offsetColumns("words");
    this.#bidTicks = quotes.words();
    this.#bidLots = quotes.doubles();
    this.#askTicks = quotes.words();
    this.#askLots = quotes.doubles();
    this.#quotePartition = quotes.words();
    this.#quoteOffset = quotes.words();
    this.quoteFound = quotes.bytes();
  }

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
