/**
 * Messages of `orders`, keyed by symbol: what the gateway let through to the trading engine.
 *
 * @module
 */

import { z } from "zod";
import { clientTimestampSchema, sideSchema, timeInForceSchema } from "./commands.ts";
import { derivedShape, idSchema, symbolSchema, unitsSchema } from "./envelope.ts";
import { floorOpenedSchema } from "./floor_opened.ts";

export const orderAcceptedSchema = z.object({
  type: z.literal("order-accepted"),
  ...derivedShape,
  userId: idSchema,
  orderId: idSchema,
  /** Unique on the floor: the gateway partition's count × partitions + partition. */
  orderNumber: unitsSchema,
  symbol: symbolSchema,
  side: sideSchema,
  quantityLots: unitsSchema.positive(),
  /** The worst price at which it may trade; null for none. A market buy's protection price is one. */
  limitTicks: unitsSchema.positive().nullable(),
  /** The most cash that a buy may spend, in cash units: what was reserved. Null for a sell. */
  budgetUnits: unitsSchema.nullable(),
  timeInForce: timeInForceSchema,
  clientTimestamp: clientTimestampSchema,
});
/** Derived. */
export type OrderAccepted = z.infer<typeof orderAcceptedSchema>;

export const cancelRequestedSchema = z.object({
  type: z.literal("cancel-requested"),
  ...derivedShape,
  userId: idSchema,
  orderId: idSchema,
  orderNumber: unitsSchema,
  cancelId: idSchema,
  symbol: symbolSchema,
});
/** Derived. */
export type CancelRequested = z.infer<typeof cancelRequestedSchema>;

export const orderMessageSchema = z.discriminatedUnion("type", [
  orderAcceptedSchema,
  cancelRequestedSchema,
  floorOpenedSchema,
]);
/** Any message of `orders`. */
export type OrderMessage = z.infer<typeof orderMessageSchema>;
