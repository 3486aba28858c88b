/**
 * Small words of sentences.
 *
 * @module
 */

import { formatCount } from "../../report/figures.ts";
import { grouped } from "./decimal_text.ts";

/** `1 order`, `1,200 orders`. */
export function many(count: number, one: string, more = `${one}s`): string {
  return `${formatCount(count)} ${count === 1 ? one : more}`;
}

/** Thousandths of a token as tokens: `0.4`, `19`. Never rounded up: not quite one token is none. */
export function tokens(millitokens: number): string {
  return grouped(String(Math.floor(millitokens) / 1_000));
}

/** A rate that may be less than one: `10 orders a second`, `0.5 orders a second`. */
export function ordersASecond(rate: number): string {
  return `${grouped(String(rate))} ${rate === 1 ? "order" : "orders"} a second`;
}
