/**
 * Every trade, by its id: the terms first told of it, and where each of its legs is.
 *
 * @module
 */

import type { AuditMemory } from "../memory/audit_memory.ts";
import type { Column, PlaceColumn } from "../memory/columns.ts";
import type { Numbering } from "../memory/numbering.ts";
import { TEXT } from "../reading/message_fields.ts";
import type { TextPrints } from "../reading/text_prints.ts";

/** Legs of a trade, as bits. */
export const LEG_TRADE = 1;
export const LEG_BUY_FILL = 2;
export const LEG_SELL_FILL = 4;
export const LEG_BUY_SETTLE = 8;
export const LEG_SELL_SETTLE = 16;
/** All five. */
export const ALL_LEGS = 31;
/** Marks of the fills that named themselves taker and maker. */
export const TAKER = 32;
export const MAKER = 64;

const LEG_NAMES: readonly (readonly [number, string])[] = [
  [LEG_TRADE, "the trade in market-data"],
  [LEG_BUY_FILL, "the buyer's fill"],
  [LEG_SELL_FILL, "the seller's fill"],
  [LEG_BUY_SETTLE, "the buyer's settlement"],
  [LEG_SELL_SETTLE, "the seller's settlement"],
];

/** Legs as words. */
export function legNames(legs: number): string {
  return LEG_NAMES.flatMap(([leg, name]) => (legs & leg) === 0 ? [] : [name]).join(", ");
}

/** Trades by row. */
export class TradeTable {
  readonly #ids: Numbering;
  /** The trade asked for last: more than one rule asks for it. */
  #lastLow = 0;
  #lastHigh = 0;
  #lastRow = -1;
  readonly symbol: Column;
  readonly priceTicks: Column;
  readonly lots: Column;
  readonly seen: Column;
  readonly buyOrder: Column;
  readonly sellOrder: Column;
  readonly tradeAt: PlaceColumn;
  readonly buyFillAt: PlaceColumn;
  readonly sellFillAt: PlaceColumn;
  readonly buySettleAt: PlaceColumn;
  readonly sellSettleAt: PlaceColumn;

  constructor(memory: AuditMemory) {
    this.#ids = memory.numbering();
    const table = memory.table();
    this.symbol = table.words();
    this.priceTicks = table.words();
    this.lots = table.words();
    this.seen = table.bytes();
    this.buyOrder = table.doubles();
    this.sellOrder = table.doubles();
    this.tradeAt = table.places("market-data");
    this.buyFillAt = table.places("notifications");
    this.sellFillAt = table.places("notifications");
    this.buySettleAt = table.places("order-commands");
    this.sellSettleAt = table.places("order-commands");
  }

  get size(): number {
    return this.#ids.size;
  }

  /** The row of the trade that a message tells of, a new one when its id was not known. */
  add(prints: TextPrints): number {
    const low = prints.low[TEXT.tradeId]!;
    const high = prints.high[TEXT.tradeId]!;
    if (this.#lastRow >= 0 && low === this.#lastLow && high === this.#lastHigh) {
      return this.#lastRow;
    }
    prints.hold(this.#ids.print, TEXT.tradeId);
    this.#lastLow = low;
    this.#lastHigh = high;
    return this.#lastRow = this.#ids.add(prints.near[TEXT.tradeId]);
  }

  /** The first leg found of a trade, in the order in which they are told. */
  firstPlace(row: number) {
    return this.buyFillAt.get(row) ?? this.sellFillAt.get(row) ?? this.tradeAt.get(row) ??
      this.buySettleAt.get(row) ?? this.sellSettleAt.get(row);
  }
}
