/**
 * Messages of `order-commands`, keyed by user: what clients ask for, and what the trading engine
 * tells the gateway about reservations.
 *
 * @module
 */

import { z } from "zod";
import {
  type DerivedEnvelope,
  derivedShape,
  idSchema,
  type SourceEnvelope,
  sourceShape,
  symbolSchema,
  timestampSchema,
  unitsSchema,
} from "./envelope.ts";
import { type FloorOpened, floorOpenedSchema } from "./floor_opened.ts";

/** Buying or selling. */
export type Side = "buy" | "sell";

/** Schema of {@link Side}. */
export const sideSchema = z.enum(["buy", "sell"]) satisfies z.ZodType<Side>;

/** `gtc` rests until filled or cancelled; `ioc` fills at once what it can and drops the rest. */
export type TimeInForce = "gtc" | "ioc";

/** Schema of {@link TimeInForce}. */
export const timeInForceSchema = z.enum(["gtc", "ioc"]) satisfies z.ZodType<TimeInForce>;

/** Asks for a new account. Not judged yet: what is `unknown` is the gateway's to check. */
export interface OpenAccount extends SourceEnvelope {
  /** Tells messages apart. */
  readonly type: "open-account";
  /** Key of the topic. */
  readonly userId: string;
  /** Idempotency key. */
  readonly commandId: string;
  /** Decimal. */
  readonly cash?: unknown;
  /** Decimal quantity by symbol. */
  readonly holdings?: unknown;
}

/** Schema of {@link OpenAccount}. */
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
}) satisfies z.ZodType<OpenAccount>;

/** Brings cash in. Not judged yet. */
export interface Deposit extends SourceEnvelope {
  /** Tells messages apart. */
  readonly type: "deposit";
  /** Key of the topic. */
  readonly userId: string;
  /** Idempotency key. */
  readonly depositId: string;
  /** Decimal. */
  readonly amount?: unknown;
}

/** Schema of {@link Deposit}. */
export const depositSchema = z.object({
  type: z.literal("deposit"),
  ...sourceShape,
  userId: idSchema,
  /** Idempotency key. */
  depositId: idSchema,
  /** Decimal. */
  amount: z.unknown().optional(),
}) satisfies z.ZodType<Deposit>;

/** Asks for an order. Not judged yet: what is `unknown` is the gateway's to check. */
export interface PlaceOrder extends SourceEnvelope {
  /** Tells messages apart. */
  readonly type: "place-order";
  /** Key of the topic. */
  readonly userId: string;
  /** Idempotency key: with the user it is the order's identity. */
  readonly orderId: string;
  /** Ticker. */
  readonly symbol?: unknown;
  /** `buy` or `sell`. */
  readonly side?: unknown;
  /** Decimal, a whole number of lots. */
  readonly quantity?: unknown;
  /** Decimal, on the tick. Absent or null: a market order. */
  readonly price?: unknown;
  /** Decimal, on the tick: the worst price a market buy may pay. */
  readonly protectionPrice?: unknown;
  /** Absent: `gtc` with a price, `ioc` without. */
  readonly timeInForce?: unknown;
}

/** Schema of {@link PlaceOrder}. */
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
}) satisfies z.ZodType<PlaceOrder>;

/** Asks for the end of an order. */
export interface CancelOrder extends SourceEnvelope {
  /** Tells messages apart. */
  readonly type: "cancel-order";
  /** Key of the topic. */
  readonly userId: string;
  /** The order to cancel, of the same user. */
  readonly orderId: string;
  /** Idempotency key. */
  readonly cancelId: string;
}

/** Schema of {@link CancelOrder}. */
export const cancelOrderSchema = z.object({
  type: z.literal("cancel-order"),
  ...sourceShape,
  userId: idSchema,
  orderId: idSchema,
  /** Idempotency key. */
  cancelId: idSchema,
}) satisfies z.ZodType<CancelOrder>;

/** Derived, from the engine: cash and shares change hands, and the reservation shrinks. */
export interface SettleFill extends DerivedEnvelope {
  /** Tells messages apart. */
  readonly type: "settle-fill";
  /** Whose order was filled; key of the topic. */
  readonly userId: string;
  /** Unique on the floor: the gateway partition's count x partitions + partition. */
  readonly orderNumber: number;
  /** Ticker. */
  readonly symbol: string;
  /** The order's side. */
  readonly side: Side;
  /** Price of the trade. */
  readonly priceTicks: number;
  /** Lots of the trade. */
  readonly quantityLots: number;
  /** The same for both legs. */
  readonly tradeId: string;
}

/** Schema of {@link SettleFill}. */
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
}) satisfies z.ZodType<SettleFill>;

/** Derived, from the engine: the order is over, and what is still reserved for it is free again. */
export interface ReleaseOrder extends DerivedEnvelope {
  /** Tells messages apart. */
  readonly type: "release-order";
  /** Whose order it was; key of the topic. */
  readonly userId: string;
  /** Unique on the floor: the gateway partition's count x partitions + partition. */
  readonly orderNumber: number;
  /** Ticker. */
  readonly symbol: string;
  /** What was left unfilled. */
  readonly quantityLots: number;
}

/** Schema of {@link ReleaseOrder}. */
export const releaseOrderSchema = z.object({
  type: z.literal("release-order"),
  ...derivedShape,
  userId: idSchema,
  orderNumber: unitsSchema,
  symbol: symbolSchema,
  /** What was left unfilled. */
  quantityLots: unitsSchema,
}) satisfies z.ZodType<ReleaseOrder>;

/** Any message of `order-commands`. */
export type OrderCommand =
  | PlaceOrder
  | SettleFill
  | ReleaseOrder
  | CancelOrder
  | OpenAccount
  | Deposit
  | FloorOpened;

/** Schema of {@link OrderCommand}. */
export const orderCommandSchema = z.discriminatedUnion("type", [
  placeOrderSchema,
  settleFillSchema,
  releaseOrderSchema,
  cancelOrderSchema,
  openAccountSchema,
  depositSchema,
  floorOpenedSchema,
]) satisfies z.ZodType<OrderCommand>;

/** The commands that clients send, each with an idempotency key. */
export type ClientCommand = OpenAccount | Deposit | PlaceOrder | CancelOrder;

/** Client timestamps on their way through: carried along, never decided upon. */
export const clientTimestampSchema = timestampSchema;
