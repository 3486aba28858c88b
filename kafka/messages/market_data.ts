/**
 * Messages of `market-data`, keyed by symbol.
 *
 * @module
 */

import { z } from "zod";
import { type Side, sideSchema } from "./commands.ts";
import {
  type DerivedEnvelope,
  derivedShape,
  idSchema,
  type SourceEnvelope,
  sourceShape,
  symbolSchema,
  unitsSchema,
} from "./envelope.ts";

/** A price from outside the floor. Source message. */
export interface Price extends SourceEnvelope {
  /** Tells messages apart. */
  readonly type: "price";
  /** Ticker. */
  readonly symbol: string;
  /** Decimal; it need not be on the tick. */
  readonly price: number;
  /** Who publishes. */
  readonly producer: string;
  /** The producer's count of prices of the symbol, from 0: where it goes on, and what to drop. */
  readonly number: number;
}

/** Schema of {@link Price}. */
export const priceSchema = z.object({
  type: z.literal("price"),
  ...sourceShape,
  symbol: symbolSchema,
  /** Decimal. */
  price: z.number().positive(),
  /** Who publishes, and a count from 0 that grows by one: a producer's position, and what to drop. */
  producer: idSchema,
  number: z.number().int().nonnegative(),
}) satisfies z.ZodType<Price>;

/** A trade on the floor. Derived, from the engine. */
export interface Trade extends DerivedEnvelope {
  /** Tells messages apart. */
  readonly type: "trade";
  /** Ticker. */
  readonly symbol: string;
  /** Price of the resting order. */
  readonly priceTicks: number;
  /** Lots that changed hands. */
  readonly quantityLots: number;
  /** The same as in both legs' fills. */
  readonly tradeId: string;
  /** The side of the order that came in. */
  readonly aggressor: Side;
}

/** Schema of {@link Trade}. */
export const tradeSchema = z.object({
  type: z.literal("trade"),
  ...derivedShape,
  symbol: symbolSchema,
  priceTicks: unitsSchema.positive(),
  quantityLots: unitsSchema.positive(),
  tradeId: idSchema,
  aggressor: sideSchema,
}) satisfies z.ZodType<Trade>;

/** The best prices of a book after they changed. Derived, from the engine. */
export interface Quote extends DerivedEnvelope {
  /** Tells messages apart. */
  readonly type: "quote";
  /** Ticker. */
  readonly symbol: string;
  /** Best bid; null when nobody bids, and its lots are then 0. */
  readonly bidTicks: number | null;
  /** Lots at the best bid. */
  readonly bidLots: number;
  /** Best ask; null when nobody offers, and its lots are then 0. */
  readonly askTicks: number | null;
  /** Lots at the best ask. */
  readonly askLots: number;
}

/** Schema of {@link Quote}. */
export const quoteSchema = z.object({
  type: z.literal("quote"),
  ...derivedShape,
  symbol: symbolSchema,
  /** Null when that side of the book is empty; its lots are then 0. */
  bidTicks: unitsSchema.nullable(),
  bidLots: unitsSchema,
  askTicks: unitsSchema.nullable(),
  askLots: unitsSchema,
}) satisfies z.ZodType<Quote>;

/** Any message of `market-data`. */
export type MarketData = Price | Trade | Quote;

/** Schema of {@link MarketData}. */
export const marketDataSchema = z.discriminatedUnion("type", [
  priceSchema,
  tradeSchema,
  quoteSchema,
]) satisfies z.ZodType<MarketData>;
