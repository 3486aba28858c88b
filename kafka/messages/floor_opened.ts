/**
 * What a floor depends on besides its orders, as a record: the first of every partition that a fold
 * reads. Whoever resumes, joins or steps with other parameters is refused.
 *
 * @module
 */

import { z } from "zod";
import { type SourceEnvelope, sourceShape, symbolSchema } from "./envelope.ts";

/**
 * All the cash of a floor, in cash units. Cash comes in by openings and deposits only, so no account
 * ever holds more and no order ever spends more: sums of two stay exact in a double.
 */
export const MAX_FLOOR_CASH_UNITS = 2 ** 52;

/** Orders resting or on their way, of all users of a floor: so many fit into one engine's books. */
export const MAX_LIVE_ORDERS = 2 ** 22;

/**
 * Accounts of a floor. Each is opened with less than 2^31 lots of a symbol, so that all lots of one
 * are fewer than 2^52.
 */
export const MAX_ACCOUNTS = 2 ** 21;

/**
 * What one gateway partition may have of a limit of the whole floor. A partition knows nothing of the
 * others: each keeps to its share, and so all together keep to the limit.
 */
export function shareOf(limit: number, partitions: number): number {
  return Math.floor(limit / partitions);
}

/** The highest price, in ticks. */
export const MAX_PRICE_TICKS = 2 ** 27;

/** The largest quantity of one order, in lots. */
export const MAX_QUANTITY_LOTS = 2 ** 31 - 1;

/** A tradable symbol. Sizes are decimals, such as 0.01, with at most eight places. */
export interface SymbolSpec {
  /** Ticker. */
  readonly symbol: string;
  /** Prices are whole multiples of it. */
  readonly tickSize: number;
  /** Quantities are whole multiples of it. */
  readonly lotSize: number;
}

/** Schema of {@link SymbolSpec}. */
export const symbolSpecSchema = z.strictObject({
  symbol: symbolSchema,
  /** Prices are whole multiples of it. */
  tickSize: z.number().positive(),
  /** Quantities are whole multiples of it. */
  lotSize: z.number().positive(),
}) satisfies z.ZodType<SymbolSpec>;

/** The gateway's limits. All of them are enforced per user. */
export interface GatewayLimits {
  /** Orders a second that a user may send in the long run. */
  readonly ordersPerSecond: number;
  /** Orders that a user may send at once after a silence: the token bucket's size. */
  readonly orderBurst: number;
  /** Orders that a user may have resting or on their way. */
  readonly liveOrdersPerUser: number;
  /** First answers kept, so that a resend gets the same one. */
  readonly answersPerUser: number;
  /** How long a first answer is kept, in milliseconds by the log's stamps. */
  readonly answerHorizonMs: number;
  /** Ids kept as fingerprints past the horizon; at the bound new orders are refused. */
  readonly fingerprintsPerUser: number;
}

/** Schema of {@link GatewayLimits}. */
export const gatewayLimitsSchema = z.strictObject({
  /** Orders a second that a user may send in the long run. */
  ordersPerSecond: z.number().positive(),
  /** Orders that a user may send at once after a silence: the token bucket's size. */
  orderBurst: z.number().int().positive(),
  /** Orders that a user may have resting or on their way. */
  liveOrdersPerUser: z.number().int().positive(),
  /** First answers kept, so that a resend gets the same one. */
  answersPerUser: z.number().int().positive(),
  /** How long a first answer is kept, by the log's stamps. */
  answerHorizonMs: z.number().int().positive(),
  /** Ids kept as fingerprints past the horizon; at the bound new orders are refused. */
  fingerprintsPerUser: z.number().int().positive(),
}) satisfies z.ZodType<GatewayLimits>;

/** The limits of a floor that names none. */
export const DEFAULT_GATEWAY_LIMITS: GatewayLimits = {
  ordersPerSecond: 1_000,
  orderBurst: 1_000,
  liveOrdersPerUser: 10_000,
  answersPerUser: 1_000,
  answerHorizonMs: 600_000,
  fingerprintsPerUser: 1_000_000,
};

/** Everything that decides, besides records, what the floor's folds do. */
export interface FloorParameters {
  /** The version of each role's fold. */
  readonly foldVersions: Readonly<Record<string, number>>;
  /** Partitions of each topic. */
  readonly partitions: Readonly<Record<string, number>>;
  /** What may be traded. */
  readonly symbols: readonly SymbolSpec[];
  /** Cash is counted in units of `10 ** -cashDecimals`. */
  readonly cashDecimals: number;
  /** The gateway's limits. */
  readonly limits: GatewayLimits;
}

/** Schema of {@link FloorParameters}. */
export const floorParametersSchema = z.strictObject({
  /** The version of each role's fold. */
  foldVersions: z.record(z.string(), z.number().int().positive()),
  /** Partitions of each topic. */
  partitions: z.record(z.string(), z.number().int().positive()),
  symbols: z.array(symbolSpecSchema).min(1),
  /** Cash is counted in units of `10 ** -cashDecimals`. */
  cashDecimals: z.number().int().min(0).max(12),
  limits: gatewayLimitsSchema,
}) satisfies z.ZodType<FloorParameters>;

/** Source message, published once to each partition of the topics that folds read. */
export interface FloorOpened extends SourceEnvelope {
  /** Tells messages apart. */
  readonly type: "floor-opened";
  /** What every fold of the partition goes by. */
  readonly parameters: FloorParameters;
}

/** Schema of {@link FloorOpened}. */
export const floorOpenedSchema = z.object({
  type: z.literal("floor-opened"),
  ...sourceShape,
  parameters: floorParametersSchema,
}) satisfies z.ZodType<FloorOpened>;
