/**
 * Rows of Binance's public spot trade files: id, price, qty, quoteQty, time, isBuyerMaker,
 * isBestMatch. No header in most of them. `time` is in milliseconds, and in microseconds since 2025.
 *
 * @module
 */

/** A trade of the venue. */
export interface VenueTrade {
  readonly id: string;
  /** Decimal, as in the file. */
  readonly price: number;
  /** Milliseconds since the epoch, with fractions where the file has microseconds. */
  readonly time: number;
}

/** A row's trade, or what is wrong with it. */
export type ParsedTrade =
  | { readonly ok: true; readonly trade: VenueTrade }
  | { readonly ok: false; readonly error: string };

/** Times from here on are microseconds: in milliseconds it would be the year 5138. */
const MICROSECONDS_FROM = 1e14;

const FIELDS = 7;
const DECIMAL = /^\d+(\.\d+)?$/;
const WHOLE = /^\d+$/;
const BOOLEAN = /^(true|false)$/i;

/**
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { parseBinanceTrade } from "./binance_trades.ts";
 * const row = "7,61837.63,0.02,1236.75,1723161255342,True,True";
 * assert.deepEqual(parseBinanceTrade(row), {
 *   ok: true,
 *   trade: { id: "7", price: 61837.63, time: 1723161255342 },
 * });
 * ```
 */
export function parseBinanceTrade(row: string): ParsedTrade {
  const fields = row.split(",");
  if (fields.length !== FIELDS) {
    return malformed(`${fields.length} fields instead of ${FIELDS}`);
  }
  // Seven fields were counted above.
  const [id, price, qty, quoteQty, time, isBuyerMaker, isBestMatch] = fields as [
    string,
    string,
    string,
    string,
    string,
    string,
    string,
  ];
  if (!WHOLE.test(id)) return malformed(`id "${shown(id)}" is not a whole number`);
  if (!positive(price)) return malformed(`price "${shown(price)}" is not a positive decimal`);
  if (!positive(qty)) return malformed(`qty "${shown(qty)}" is not a positive decimal`);
  if (!DECIMAL.test(quoteQty)) return malformed(`quoteQty "${shown(quoteQty)}" is not a decimal`);
  if (!WHOLE.test(time)) return malformed(`time "${shown(time)}" is not a whole number`);
  if (!BOOLEAN.test(isBuyerMaker)) {
    return malformed(`isBuyerMaker "${shown(isBuyerMaker)}" is neither true nor false`);
  }
  if (!BOOLEAN.test(isBestMatch)) {
    return malformed(`isBestMatch "${shown(isBestMatch)}" is neither true nor false`);
  }
  const at = Number(time);
  const milliseconds = at >= MICROSECONDS_FROM ? at / 1000 : at;
  return { ok: true, trade: { id, price: Number(price), time: milliseconds } };
}

/** Whether a first line names columns instead of holding a trade. */
export function isBinanceTradesHeader(row: string): boolean {
  return /^"?(trade_?)?id"?\s*,\s*"?price"?\s*,/i.test(row);
}

function positive(text: string): boolean {
  return DECIMAL.test(text) && Number(text) > 0 && Number.isFinite(Number(text));
}

/** At most so much of a wrong field is repeated in a message. */
const SHOWN_CHARACTERS = 40;

function shown(text: string): string {
  return text.length <= SHOWN_CHARACTERS ? text : `${text.slice(0, SHOWN_CHARACTERS)}...`;
}

function malformed(error: string): ParsedTrade {
  return { ok: false, error };
}
