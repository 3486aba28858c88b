/**
 * What an order command producer is told: who trades what, in which mix, and when.
 *
 * @module
 */

import { idSchema } from "../../kafka/messages/mod.ts";
import { decimalStep } from "../decimal_step.ts";
import { checkPhases, type Phase } from "./arrivals.ts";
import { UNLISTED_SYMBOL } from "./faulty_commands.ts";

/** The kinds of commands that the flow is mixed from. */
export const FLOW_KINDS = [
  /** A limit order near the market; some are priced to trade at once. */
  "limit",
  "market",
  /** Of one of the producer's own recent orders. */
  "cancel",
  "deposit",
  /** A recent order sent again: same id, same body, another timestamp. */
  "duplicate",
  /** A recent order's id with another quantity. */
  "conflict",
  "invalidSymbol",
  /** Off the tick, no quantity, an unknown side, a price that is no number. */
  "invalidField",
  /** Bytes that are no message. */
  "malformed",
  /** An order of the flooding user, who keeps to no rate. */
  "flood",
] as const;
export type FlowKind = (typeof FLOW_KINDS)[number];

/** Weight of each kind; they need not add up to one. A kind left out does not occur. */
export type OrderMix = Readonly<Partial<Record<FlowKind, number>>>;

/**
 * A calm, well-behaved flow. Cancels are most of what a real venue receives besides orders; their
 * share here is lower than on Nasdaq, so that there is something to see in the books.
 */
export const DEFAULT_MIX: OrderMix = { limit: 0.68, market: 0.1, cancel: 0.2, deposit: 0.02 };

/** Who trades. */
export interface FlowUser {
  readonly userId: string;
  /** How often compared with others. Default 1. */
  readonly weight?: number;
}

/** What is traded. */
export interface FlowSymbol {
  readonly symbol: string;
  /** Decimals. */
  readonly tickSize: number;
  readonly lotSize: number;
  /** Orders are priced around it until the market has said something. */
  readonly referencePrice: number;
  /** How often compared with others. Default 1. */
  readonly weight?: number;
}

/** The model of what users send. */
export interface OrderFlowOptions {
  readonly users: readonly FlowUser[];
  readonly symbols: readonly FlowSymbol[];
  /** Default {@link DEFAULT_MIX}. */
  readonly mix?: OrderMix;
  /** Share of limit orders priced through the market. Default 0.2. */
  readonly marketableShare?: number;
  /** Mean distance of a limit price from the last price, in ticks. Default 5. */
  readonly meanOffsetTicks?: number;
  /** Mean and largest quantity, in lots. Default 5 and 100. */
  readonly meanLots?: number;
  readonly maxLots?: number;
  /** Share of market buys that carry a protection price. Default 1. */
  readonly protectedShare?: number;
  /** How far above the last price the protection is: 0.05 is 5%. Default 0.05. */
  readonly protection?: number;
  /** Largest deposit, decimal. Default 1000. */
  readonly maxDeposit?: number;
  /** Who sends the `flood` orders; needed when the mix has any. */
  readonly floodingUser?: string;
}

/** Plain data: it crosses from the main thread to a worker. */
export interface OrderCommandProducerOptions {
  /** Lasting name, one for each instance. */
  readonly producer: string;
  readonly seed: number;
  /** Which of how many producers share the load. */
  readonly instance: number;
  readonly instances: number;
  /** When the session starts, in milliseconds since the epoch: a whole number. */
  readonly startAt: number;
  /** Milliseconds of session that had passed before, when a run goes on after downtime. Default 0. */
  readonly elapsedBefore?: number;
  readonly phases: readonly Phase[];
  readonly flow: OrderFlowOptions;
  /** At most so many commands go into one batch. Default {@link DEFAULT_MAX_BATCH}. */
  readonly maxBatch?: number;
}

export const DEFAULT_MAX_BATCH = 1_000;

/** @throws {RangeError} naming what is wrong */
export function checkOrderCommandOptions(options: OrderCommandProducerOptions): void {
  checkId("producer", options.producer);
  checkPhases(options.phases);
  checkFlow(options.flow);
  const { startAt, elapsedBefore = 0, maxBatch = DEFAULT_MAX_BATCH } = options;
  demand("startAt", startAt, Number.isSafeInteger(startAt) && startAt >= 0);
  demand("elapsedBefore", elapsedBefore, Number.isSafeInteger(elapsedBefore) && elapsedBefore >= 0);
  demand("maxBatch", maxBatch, Number.isSafeInteger(maxBatch) && maxBatch >= 1);
}

/** @throws {RangeError} naming what is wrong */
export function checkFlow(flow: OrderFlowOptions): void {
  const mix = flow.mix ?? DEFAULT_MIX;
  for (const kind of FLOW_KINDS) demand(`mix.${kind}`, mix[kind] ?? 0, isWeight(mix[kind] ?? 0));
  const total = FLOW_KINDS.reduce((sum, kind) => sum + (mix[kind] ?? 0), 0);
  demand("the sum of the mix", total, total > 0);
  const unknown = Object.keys(mix).find((kind) => !FLOW_KINDS.some((known) => known === kind));
  demand("the mix's kind", unknown ?? "", unknown === undefined);
  demand("the number of users", flow.users.length, flow.users.length > 0);
  demand("the number of symbols", flow.symbols.length, flow.symbols.length > 0);
  for (const { userId, weight = 1 } of flow.users) {
    checkId("userId", userId);
    demand(`weight of user ${userId}`, weight, isWeight(weight));
  }
  for (const { symbol, tickSize, lotSize, referencePrice, weight = 1 } of flow.symbols) {
    decimalStep(tickSize);
    decimalStep(lotSize);
    demand("a listed symbol", symbol, symbol !== UNLISTED_SYMBOL);
    const positive = Number.isFinite(referencePrice) && referencePrice > 0;
    demand(`referencePrice of ${symbol}`, referencePrice, positive);
    demand(`weight of symbol ${symbol}`, weight, isWeight(weight));
  }
  for (const name of ["marketableShare", "protectedShare"] as const) {
    const share = flow[name] ?? 0;
    demand(name, share, share >= 0 && share <= 1);
  }
  for (const name of ["meanOffsetTicks", "meanLots", "maxLots"] as const) {
    const value = flow[name] ?? 1;
    demand(name, value, Number.isFinite(value) && value >= 1);
  }
  for (const name of ["protection", "maxDeposit"] as const) {
    const value = flow[name] ?? 1;
    demand(name, value, Number.isFinite(value) && value > 0);
  }
  if ((mix.flood ?? 0) > 0) checkId("floodingUser", flow.floodingUser ?? "");
}

function isWeight(weight: number): boolean {
  return Number.isFinite(weight) && weight >= 0;
}

function checkId(name: string, id: string): void {
  demand(name, JSON.stringify(id), idSchema.safeParse(id).success);
}

function demand(name: string, value: unknown, holds: boolean): void {
  if (!holds) throw new RangeError(`Cannot produce orders: ${name} cannot be ${String(value)}`);
}
