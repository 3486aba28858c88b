/**
 * Messages of `market-data`, keyed by symbol.
 *
 * @module
 */

import { z } from "zod";
import { sideSchema } from "./commands.ts";
import { derivedShape, idSchema, sourceShape, symbolSchema, unitsSchema } from "./envelope.ts";

export const priceSchema = z.object({
  type: z.literal("price"),
  ...sourceShape,
  symbol: symbolSchema,
  /** Decimal. */
  price: z.number().positive(),
  /** Who publishes, and a count from 0 that grows by one: a producer's position, and what to drop. */
  producer: idSchema,
  number: z.number().int().nonnegative(),
});
/** A price from outside the floor. Source message. */
export type Price = z.infer<typeof priceSchema>;

export const tradeSchema = z.object({
  type: z.literal("trade"),
  ...derivedShape,
  symbol: symbolSchema,
  priceTicks: unitsSchema.positive(),
  quantityLots: unitsSchema.positive(),
  tradeId: idSchema,
  aggressor: sideSchema,
});
/** A trade on the floor. Derived, from the engine. */
export type Trade = z.infer<typeof tradeSchema>;

export const quoteSchema = z.object({
  type: z.literal("quote"),
  ...derivedShape,
  symbol: symbolSchema,
  /** Null when that side of the book is empty; its lots are then 0. */
  bidTicks: unitsSchema.nullable(),
  bidLots: unitsSchema,
  askTicks: unitsSchema.nullable(),
  askLots: unitsSchema,
});
/** The best prices of a book after they changed. Derived, from the engine. */
export type Quote = z.infer<typeof quoteSchema>;

export const marketDataSchema = z.discriminatedUnion("type", [
  priceSchema,
  tradeSchema,
  quoteSchema,
]);
/** Any message of `market-data`. */
export type MarketData = z.infer<typeof marketDataSchema>;
