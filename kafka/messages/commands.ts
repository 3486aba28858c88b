/**
 * Messages of `order-commands`, keyed by user: what clients ask for, and what the trading engine
 * tells the gateway about reservations.
 *
 * @module
 */

import { z } from "zod";
import {
  derivedShape,
  idSchema,
  sourceShape,
  symbolSchema,
  timestampSchema,
  unitsSchema,
} from "./envelope.ts";
import { floorOpenedSchema } from "./floor_opened.ts";

export const sideSchema = z.enum(["buy", "sell"]);
export type Side = z.infer<typeof sideSchema>;

/** `gtc` rests until filled or cancelled; `ioc` fills at once what it can and drops the rest. */
export const timeInForceSchema = z.enum(["gtc", "ioc"]);
export type TimeInForce = z.infer<typeof timeInForceSchema>;

/**
 * A client's command as it is accepted on the wire, before the gateway has judged it. Only what is
 * needed to answer is demanded here; everything else is the gateway's to check, since each mistake
 * has a reason code of its own.
 */
export const openAccountSchema = z.object({
  type: z.literal("open-account"),
  ...sourceShape,
  userId: idSchema,
  /** Idempotency key. */
  commandId: idSchema,
  /** Decimal. */
  cash: z.unknown().optional(),
  /** Decimal quantity by symbol. */
  holdings: z.unknown().optional(),
});
export type OpenAccount = z.infer<typeof openAccountSchema>;

export const depositSchema = z.object({
  type: z.literal("deposit"),
  ...sourceShape,
  userId: idSchema,
  /** Idempotency key. */
  depositId: idSchema,
  /** Decimal. */
  amount: z.unknown().optional(),
});
export type Deposit = z.infer<typeof depositSchema>;

export const placeOrderSchema = z.object({
  type: z.literal("place-order"),
  ...sourceShape,
  userId: idSchema,
  /** Idempotency key: with the user it is the order's identity. */
  orderId: idSchema,
  symbol: z.unknown().optional(),
  side: z.unknown().optional(),
  /** Decimal, a whole number of lots. */
  quantity: z.unknown().optional(),
  /** Decimal, on the tick. Absent or null: a market order. */
  price: z.unknown().optional(),
  /** Decimal, on the tick: the worst price a market buy may pay. */
  protectionPrice: z.unknown().optional(),
  /** Absent: `gtc` with a price, `ioc` without. */
  timeInForce: z.unknown().optional(),
});
export type PlaceOrder = z.infer<typeof placeOrderSchema>;

export const cancelOrderSchema = z.object({
  type: z.literal("cancel-order"),
  ...sourceShape,
  userId: idSchema,
  orderId: idSchema,
  /** Idempotency key. */
  cancelId: idSchema,
});
export type CancelOrder = z.infer<typeof cancelOrderSchema>;

export const settleFillSchema = z.object({
  type: z.literal("settle-fill"),
  ...derivedShape,
  userId: idSchema,
  orderNumber: unitsSchema,
  symbol: symbolSchema,
  side: sideSchema,
  priceTicks: unitsSchema,
  quantityLots: unitsSchema,
  tradeId: idSchema,
});
/** Derived, from the engine: cash and shares change hands, and the reservation shrinks. */
export type SettleFill = z.infer<typeof settleFillSchema>;

export const releaseOrderSchema = z.object({
  type: z.literal("release-order"),
  ...derivedShape,
  userId: idSchema,
  orderNumber: unitsSchema,
  symbol: symbolSchema,
  /** What was left unfilled. */
  quantityLots: unitsSchema,
});
/** Derived, from the engine: the order is over, and what is still reserved for it is free again. */
export type ReleaseOrder = z.infer<typeof releaseOrderSchema>;

export const orderCommandSchema = z.discriminatedUnion("type", [
  placeOrderSchema,
  settleFillSchema,
  releaseOrderSchema,
  cancelOrderSchema,
  openAccountSchema,
  depositSchema,
  floorOpenedSchema,
]);
/** Any message of `order-commands`. */
export type OrderCommand = z.infer<typeof orderCommandSchema>;

/** The commands that clients send, each with an idempotency key. */
export type ClientCommand = OpenAccount | Deposit | PlaceOrder | CancelOrder;

/** Client timestamps on their way through: carried along, never decided upon. */
export const clientTimestampSchema = timestampSchema;
