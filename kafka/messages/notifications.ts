/**
 * Messages of `notifications`, keyed by user: exactly one answer to every command, and what became
 * of orders afterwards.
 *
 * @module
 */

import { z } from "zod";
import { clientTimestampSchema, sideSchema } from "./commands.ts";
import { derivedShape, idSchema, symbolSchema, unitsSchema } from "./envelope.ts";
import { floorOpenedSchema } from "./floor_opened.ts";

/** Why a command was refused. The first check that fails gives the reason. */
export const REJECT_REASONS = [
  "invalid-symbol",
  "invalid-side",
  "invalid-quantity",
  "invalid-price",
  "invalid-time-in-force",
  "invalid-amount",
  "invalid-holdings",
  "off-tick",
  "off-lot",
  "wrong-partition",
  "unknown-account",
  "unknown-symbol",
  "id-conflict",
  "stale",
  "id-space-exhausted",
  "rate-limited",
  "too-many-live-orders",
  "insufficient-cash",
  "insufficient-holdings",
  "cash-limit",
  "account-exists",
  "unknown-order",
  "order-not-live",
] as const;
export const rejectReasonSchema = z.enum(REJECT_REASONS);
export type RejectReason = z.infer<typeof rejectReasonSchema>;

/** Every answer says whether it is the first one or was given before. */
const answerShape = { duplicate: z.boolean() } as const;

const orderShape = {
  userId: idSchema,
  orderId: idSchema,
  clientTimestamp: clientTimestampSchema,
} as const;

export const accountOpenedSchema = z.object({
  type: z.literal("account-opened"),
  ...derivedShape,
  ...answerShape,
  userId: idSchema,
  commandId: idSchema,
  cashUnits: unitsSchema,
  /** Lots by symbol. */
  holdings: z.record(symbolSchema, unitsSchema),
});
/** Answer to `open-account`. */
export type AccountOpened = z.infer<typeof accountOpenedSchema>;

export const depositAcceptedSchema = z.object({
  type: z.literal("deposit-accepted"),
  ...derivedShape,
  ...answerShape,
  userId: idSchema,
  depositId: idSchema,
  amountUnits: unitsSchema,
});
/** Answer to `deposit`. */
export type DepositAccepted = z.infer<typeof depositAcceptedSchema>;

export const orderPlacedSchema = z.object({
  type: z.literal("order-placed"),
  ...derivedShape,
  ...answerShape,
  ...orderShape,
  orderNumber: unitsSchema,
  symbol: symbolSchema,
  side: sideSchema,
  quantityLots: unitsSchema,
  limitTicks: unitsSchema.nullable(),
  /** Cash units for a buy, lots for a sell. */
  reserved: unitsSchema,
});
/** Answer to `place-order`. */
export type OrderPlaced = z.infer<typeof orderPlacedSchema>;

export const cancelAcceptedSchema = z.object({
  type: z.literal("cancel-accepted"),
  ...derivedShape,
  ...answerShape,
  ...orderShape,
  cancelId: idSchema,
});
/** Answer to `cancel-order`: it was handed to the engine. What came of it is told separately. */
export type CancelAccepted = z.infer<typeof cancelAcceptedSchema>;

export const orderRejectedSchema = z.object({
  type: z.literal("order-rejected"),
  ...derivedShape,
  ...answerShape,
  ...orderShape,
  reason: rejectReasonSchema,
  detail: z.string(),
});
/** Answer to `place-order`. */
export type OrderRejected = z.infer<typeof orderRejectedSchema>;

export const cancelRejectedSchema = z.object({
  type: z.literal("cancel-rejected"),
  ...derivedShape,
  ...answerShape,
  ...orderShape,
  cancelId: idSchema,
  reason: rejectReasonSchema,
  detail: z.string(),
});
/** Answer to `cancel-order`. */
export type CancelRejected = z.infer<typeof cancelRejectedSchema>;

export const accountRejectedSchema = z.object({
  type: z.literal("account-rejected"),
  ...derivedShape,
  ...answerShape,
  userId: idSchema,
  commandId: idSchema,
  reason: rejectReasonSchema,
  detail: z.string(),
});
/** Answer to `open-account`. */
export type AccountRejected = z.infer<typeof accountRejectedSchema>;

export const depositRejectedSchema = z.object({
  type: z.literal("deposit-rejected"),
  ...derivedShape,
  ...answerShape,
  userId: idSchema,
  depositId: idSchema,
  reason: rejectReasonSchema,
  detail: z.string(),
});
/** Answer to `deposit`. */
export type DepositRejected = z.infer<typeof depositRejectedSchema>;

export const orderFilledSchema = z.object({
  type: z.literal("order-filled"),
  ...derivedShape,
  ...orderShape,
  orderNumber: unitsSchema,
  symbol: symbolSchema,
  side: sideSchema,
  priceTicks: unitsSchema,
  quantityLots: unitsSchema.positive(),
  /** Still open after this fill; 0 ends the order. */
  remainingLots: unitsSchema,
  tradeId: idSchema,
  liquidity: z.enum(["maker", "taker"]),
});
/** Derived, from the engine: one leg of a trade. */
export type OrderFilled = z.infer<typeof orderFilledSchema>;

export const orderCancelledSchema = z.object({
  type: z.literal("order-cancelled"),
  ...derivedShape,
  ...orderShape,
  orderNumber: unitsSchema,
  symbol: symbolSchema,
  /** What was left unfilled. */
  quantityLots: unitsSchema,
  /** `requested` by its user; `unfilled`: the rest of an `ioc`; `budget`: the reservation was spent. */
  reason: z.enum(["requested", "unfilled", "budget"]),
});
/** Derived, from the engine: the order is over with a rest unfilled. */
export type OrderCancelled = z.infer<typeof orderCancelledSchema>;

export const cancelMissedSchema = z.object({
  type: z.literal("cancel-missed"),
  ...derivedShape,
  userId: idSchema,
  orderId: idSchema,
  orderNumber: unitsSchema,
  cancelId: idSchema,
  symbol: symbolSchema,
});
/** Derived, from the engine: the order had ended before its cancel came. */
export type CancelMissed = z.infer<typeof cancelMissedSchema>;

export const notificationSchema = z.discriminatedUnion("type", [
  orderPlacedSchema,
  orderFilledSchema,
  orderRejectedSchema,
  orderCancelledSchema,
  cancelAcceptedSchema,
  cancelRejectedSchema,
  cancelMissedSchema,
  accountOpenedSchema,
  accountRejectedSchema,
  depositAcceptedSchema,
  depositRejectedSchema,
  floorOpenedSchema,
]);
/** Any message of `notifications`. */
export type Notification = z.infer<typeof notificationSchema>;

/** The notifications that answer a command: exactly one to each. */
export type Answer =
  | OrderPlaced
  | OrderRejected
  | CancelAccepted
  | CancelRejected
  | AccountOpened
  | AccountRejected
  | DepositAccepted
  | DepositRejected;

/** Whether a notification answers a command; its `causationId` is then the command's id. */
export function isAnswer(notification: Notification): notification is Answer {
  return "duplicate" in notification;
}
