/**
 * The integers of a step's views, by what they are of.
 *
 * @module
 */

import type { Step } from "../step.ts";
import type { RawAccount, RawBook, RawGatewayPartition, RawPortfolio } from "./raw_view.ts";
import type { StateView } from "./state_view.ts";

/** Before and after a step; null where there was none, or the views do not tell. */
export interface BeforeAndAfter<T> {
  readonly before: T | null;
  readonly after: T | null;
}

/** The account that a gateway's step is about. */
export function accountsOf({ before, after }: Step): BeforeAndAfter<RawAccount> {
  const account = (view: StateView | null) => view?.raw?.kind === "account" ? view.raw : null;
  return { before: account(before), after: account(after) };
}

/** What a gateway's partition counted before a step. */
export function partitionBefore({ before }: Step): RawGatewayPartition | null {
  const raw = before?.raw;
  return raw?.kind === "account" || raw?.kind === "gateway" ? raw.partition : null;
}

/** The book that an engine's step is about. */
export function booksOf({ before, after }: Step): BeforeAndAfter<RawBook> {
  const book = (view: StateView | null) => view?.raw?.kind === "book" ? view.raw : null;
  return { before: book(before), after: book(after) };
}

/** The portfolio that a portfolio manager's step is about. */
export function portfoliosOf({ before, after }: Step): BeforeAndAfter<RawPortfolio> {
  const portfolio = (view: StateView | null) => view?.raw?.kind === "portfolio" ? view.raw : null;
  return { before: portfolio(before), after: portfolio(after) };
}
