/**
 * Messages of `notifications`, keyed by user: exactly one answer to every command, and what became
 * of orders afterwards.
 *
 * @module
 */

import { z } from "zod";
import { clientTimestampSchema, type Side, sideSchema } from "./commands.ts";
import {
  type DerivedEnvelope,
  derivedShape,
  idSchema,
  symbolSchema,
  unitsSchema,
} from "./envelope.ts";
import { type FloorOpened, floorOpenedSchema } from "./floor_opened.ts";

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
  "too-many-accounts",
  "unknown-order",
  "order-not-live",
] as const;
/** Why a command was refused; see {@link REJECT_REASONS}. */
export type RejectReason = typeof REJECT_REASONS[number];

/** Schema of {@link RejectReason}. */
export const rejectReasonSchema = z.enum(REJECT_REASONS) satisfies z.ZodType<RejectReason>;

/** Every answer says whether it is the first one or was given before. */
const answerShape = { duplicate: z.boolean() } as const;

const orderShape = {
  userId: idSchema,
  orderId: idSchema,
  clientTimestamp: clientTimestampSchema,
} as const;

/** Answer to `open-account`. */
export interface AccountOpened extends DerivedEnvelope {
  /** Tells messages apart. */
  readonly type: "account-opened";
  /** Whether the command was answered before: this is the first answer once more. */
  readonly duplicate: boolean;
  /** Who asked. */
  readonly userId: string;
  /** The command's idempotency key. */
  readonly commandId: string;
  /** What the account began with. */
  readonly cashUnits: number;
  /** Lots by symbol. */
  readonly holdings: Readonly<Record<string, number>>;
}

/** Schema of {@link AccountOpened}. */
export const accountOpenedSchema = z.object({
  type: z.literal("account-opened"),
  ...derivedShape,
  ...answerShape,
  userId: idSchema,
  commandId: idSchema,
  cashUnits: unitsSchema,
  /** Lots by symbol. */
  holdings: z.record(symbolSchema, unitsSchema),
}) satisfies z.ZodType<AccountOpened>;

/** Answer to `deposit`. */
export interface DepositAccepted extends DerivedEnvelope {
  /** Tells messages apart. */
  readonly type: "deposit-accepted";
  /** Whether the command was answered before: this is the first answer once more. */
  readonly duplicate: boolean;
  /** Who asked. */
  readonly userId: string;
  /** The deposit's idempotency key. */
  readonly depositId: string;
  /** What came in, in cash units. */
  readonly amountUnits: number;
}

/** Schema of {@link DepositAccepted}. */
export const depositAcceptedSchema = z.object({
  type: z.literal("deposit-accepted"),
  ...derivedShape,
  ...answerShape,
  userId: idSchema,
  depositId: idSchema,
  amountUnits: unitsSchema,
}) satisfies z.ZodType<DepositAccepted>;

/** Answer to `place-order`: funds are reserved, and the order is on its way to the engine. */
export interface OrderPlaced extends DerivedEnvelope {
  /** Tells messages apart. */
  readonly type: "order-placed";
  /** Whether the command was answered before: this is the first answer once more. */
  readonly duplicate: boolean;
  /** Whose order it is. */
  readonly userId: string;
  /** The client's id of the order, unique for its user. */
  readonly orderId: string;
  /** Milliseconds since the epoch: the client's claim, carried along. */
  readonly clientTimestamp: number;
  /** Unique on the floor: the gateway partition's count x partitions + partition. */
  readonly orderNumber: number;
  /** Ticker. */
  readonly symbol: string;
  /** The order's side. */
  readonly side: Side;
  /** As asked. */
  readonly quantityLots: number;
  /** The limit, or a market buy's protection price; null for none. */
  readonly limitTicks: number | null;
  /** Cash units for a buy, lots for a sell. */
  readonly reserved: number;
}

/** Schema of {@link OrderPlaced}. */
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
}) satisfies z.ZodType<OrderPlaced>;

/** Answer to `cancel-order`: it was handed to the engine. What came of it is told separately. */
export interface CancelAccepted extends DerivedEnvelope {
  /** Tells messages apart. */
  readonly type: "cancel-accepted";
  /** Whether the command was answered before: this is the first answer once more. */
  readonly duplicate: boolean;
  /** Whose order it is. */
  readonly userId: string;
  /** The client's id of the order, unique for its user. */
  readonly orderId: string;
  /** Milliseconds since the epoch: the client's claim, carried along. */
  readonly clientTimestamp: number;
  /** The cancel's idempotency key. */
  readonly cancelId: string;
}

/** Schema of {@link CancelAccepted}. */
export const cancelAcceptedSchema = z.object({
  type: z.literal("cancel-accepted"),
  ...derivedShape,
  ...answerShape,
  ...orderShape,
  cancelId: idSchema,
}) satisfies z.ZodType<CancelAccepted>;

/** Answer to `place-order`. Nothing was changed. */
export interface OrderRejected extends DerivedEnvelope {
  /** Tells messages apart. */
  readonly type: "order-rejected";
  /** Whether the command was answered before: this is the first answer once more. */
  readonly duplicate: boolean;
  /** Whose order it is. */
  readonly userId: string;
  /** The client's id of the order, unique for its user. */
  readonly orderId: string;
  /** Milliseconds since the epoch: the client's claim, carried along. */
  readonly clientTimestamp: number;
  /** The first check that failed. */
  readonly reason: RejectReason;
  /** The reason in words. */
  readonly detail: string;
}

/** Schema of {@link OrderRejected}. */
export const orderRejectedSchema = z.object({
  type: z.literal("order-rejected"),
  ...derivedShape,
  ...answerShape,
  ...orderShape,
  reason: rejectReasonSchema,
  detail: z.string(),
}) satisfies z.ZodType<OrderRejected>;

/** Answer to `cancel-order`. Nothing was changed. */
export interface CancelRejected extends DerivedEnvelope {
  /** Tells messages apart. */
  readonly type: "cancel-rejected";
  /** Whether the command was answered before: this is the first answer once more. */
  readonly duplicate: boolean;
  /** Whose order it is. */
  readonly userId: string;
  /** The client's id of the order, unique for its user. */
  readonly orderId: string;
  /** Milliseconds since the epoch: the client's claim, carried along. */
  readonly clientTimestamp: number;
  /** The cancel's idempotency key. */
  readonly cancelId: string;
  /** The first check that failed. */
  readonly reason: RejectReason;
  /** The reason in words. */
  readonly detail: string;
}

/** Schema of {@link CancelRejected}. */
export const cancelRejectedSchema = z.object({
  type: z.literal("cancel-rejected"),
  ...derivedShape,
  ...answerShape,
  ...orderShape,
  cancelId: idSchema,
  reason: rejectReasonSchema,
  detail: z.string(),
}) satisfies z.ZodType<CancelRejected>;

/** Answer to `open-account`. Nothing was changed. */
export interface AccountRejected extends DerivedEnvelope {
  /** Tells messages apart. */
  readonly type: "account-rejected";
  /** Whether the command was answered before: this is the first answer once more. */
  readonly duplicate: boolean;
  /** Who asked. */
  readonly userId: string;
  /** The command's idempotency key. */
  readonly commandId: string;
  /** The first check that failed. */
  readonly reason: RejectReason;
  /** The reason in words. */
  readonly detail: string;
}

/** Schema of {@link AccountRejected}. */
export const accountRejectedSchema = z.object({
  type: z.literal("account-rejected"),
  ...derivedShape,
  ...answerShape,
  userId: idSchema,
  commandId: idSchema,
  reason: rejectReasonSchema,
  detail: z.string(),
}) satisfies z.ZodType<AccountRejected>;

/** Answer to `deposit`. Nothing was changed. */
export interface DepositRejected extends DerivedEnvelope {
  /** Tells messages apart. */
  readonly type: "deposit-rejected";
  /** Whether the command was answered before: this is the first answer once more. */
  readonly duplicate: boolean;
  /** Who asked. */
  readonly userId: string;
  /** The deposit's idempotency key. */
  readonly depositId: string;
  /** The first check that failed. */
  readonly reason: RejectReason;
  /** The reason in words. */
  readonly detail: string;
}

/** Schema of {@link DepositRejected}. */
export const depositRejectedSchema = z.object({
  type: z.literal("deposit-rejected"),
  ...derivedShape,
  ...answerShape,
  userId: idSchema,
  depositId: idSchema,
  reason: rejectReasonSchema,
  detail: z.string(),
}) satisfies z.ZodType<DepositRejected>;

/** Derived, from the engine: one leg of a trade. */
export interface OrderFilled extends DerivedEnvelope {
  /** Tells messages apart. */
  readonly type: "order-filled";
  /** Whose order it is. */
  readonly userId: string;
  /** The client's id of the order, unique for its user. */
  readonly orderId: string;
  /** Milliseconds since the epoch: the client's claim, carried along. */
  readonly clientTimestamp: number;
  /** Unique on the floor: the gateway partition's count x partitions + partition. */
  readonly orderNumber: number;
  /** Ticker. */
  readonly symbol: string;
  /** The order's side. */
  readonly side: Side;
  /** Price of the trade. */
  readonly priceTicks: number;
  /** Lots of this fill. */
  readonly quantityLots: number;
  /** Still open after this fill; 0 ends the order. */
  readonly remainingLots: number;
  /** The same for both legs. */
  readonly tradeId: string;
  /** Whether the order was resting (`maker`) or came in (`taker`). */
  readonly liquidity: "maker" | "taker";
}

/** Schema of {@link OrderFilled}. */
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
}) satisfies z.ZodType<OrderFilled>;

/** Derived, from the engine: the order is over with a rest unfilled. */
export interface OrderCancelled extends DerivedEnvelope {
  /** Tells messages apart. */
  readonly type: "order-cancelled";
  /** Whose order it is. */
  readonly userId: string;
  /** The client's id of the order, unique for its user. */
  readonly orderId: string;
  /** Milliseconds since the epoch: the client's claim, carried along. */
  readonly clientTimestamp: number;
  /** Unique on the floor: the gateway partition's count x partitions + partition. */
  readonly orderNumber: number;
  /** Ticker. */
  readonly symbol: string;
  /** What was left unfilled. */
  readonly quantityLots: number;
  /** `requested` by its user; `unfilled`: the rest of an `ioc`; `budget`: the reservation was spent. */
  readonly reason: "requested" | "unfilled" | "budget";
}

/** Schema of {@link OrderCancelled}. */
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
}) satisfies z.ZodType<OrderCancelled>;

/** Derived, from the engine: the order had ended before its cancel came. */
export interface CancelMissed extends DerivedEnvelope {
  /** Tells messages apart. */
  readonly type: "cancel-missed";
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

/** Schema of {@link CancelMissed}. */
export const cancelMissedSchema = z.object({
  type: z.literal("cancel-missed"),
  ...derivedShape,
  userId: idSchema,
  orderId: idSchema,
  orderNumber: unitsSchema,
  cancelId: idSchema,
  symbol: symbolSchema,
}) satisfies z.ZodType<CancelMissed>;

/** Any message of `notifications`. A user's own have the user's id as key. */
export type Notification =
  | Answer
  | OrderFilled
  | OrderCancelled
  | CancelMissed
  | FloorOpened;

/** Schema of {@link Notification}. */
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
]) satisfies z.ZodType<Notification>;

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
