/**
 * Messages of `orders`, keyed by symbol: what the gateway let through to the trading engine.
 *
 * @module
 */

import { z } from "zod";
import {
  clientTimestampSchema,
  type Side,
  sideSchema,
  type TimeInForce,
  timeInForceSchema,
} from "./commands.ts";
import {
  type DerivedEnvelope,
  derivedShape,
  idSchema,
  symbolSchema,
  unitsSchema,
} from "./envelope.ts";
import { type FloorOpened, floorOpenedSchema } from "./floor_opened.ts";

/** An order that the gateway let through. Derived. */
export interface OrderAccepted extends DerivedEnvelope {
  /** Tells messages apart. */
  readonly type: "order-accepted";
  /** Whose order it is. */
  readonly userId: string;
  /** The client's id of the order, unique for its user. */
  readonly orderId: string;
  /** Unique on the floor: the gateway partition's count x partitions + partition. */
  readonly orderNumber: number;
  /** Ticker. */
  readonly symbol: string;
  /** The order's side. */
  readonly side: Side;
  /** At least 1. */
  readonly quantityLots: number;
  /** The worst price at which it may trade; null for none. A market buy's protection price is one. */
  readonly limitTicks: number | null;
  /** The most cash that a buy may spend, in cash units: what was reserved. Null for a sell. */
  readonly budgetUnits: number | null;
  /** Whether a rest stays in the book. */
  readonly timeInForce: TimeInForce;
  /** Milliseconds since the epoch: the client's claim, carried along. */
  readonly clientTimestamp: number;
}

/** Schema of {@link OrderAccepted}. */
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
}) satisfies z.ZodType<OrderAccepted>;

/** A cancel that the gateway let through. Derived. */
export interface CancelRequested extends DerivedEnvelope {
  /** Tells messages apart. */
  readonly type: "cancel-requested";
  /** Whose order it is. */
  readonly userId: string;
  /** The client's id of the order, unique for its user. */
  readonly orderId: string;
  /** Unique on the floor: the gateway partition's count x partitions + partition. */
  readonly orderNumber: number;
  /** The cancel's idempotency key. */
  readonly cancelId: string;
  /** Ticker. */
  readonly symbol: string;
}

/** Schema of {@link CancelRequested}. */
export const cancelRequestedSchema = z.object({
  type: z.literal("cancel-requested"),
  ...derivedShape,
  userId: idSchema,
  orderId: idSchema,
  orderNumber: unitsSchema,
  cancelId: idSchema,
  symbol: symbolSchema,
}) satisfies z.ZodType<CancelRequested>;

/** Any message of `orders`. */
export type OrderMessage = OrderAccepted | CancelRequested | FloorOpened;

/** Schema of {@link OrderMessage}. */
export const orderMessageSchema = z.discriminatedUnion("type", [
  orderAcceptedSchema,
  cancelRequestedSchema,
  floorOpenedSchema,
]) satisfies z.ZodType<OrderMessage>;
