/**
 * What each producer is told, from a session's plan.
 *
 * @module
 */

import type { MarketDataProducerOptions } from "../actors/market_data_producer/options.ts";
import type {
  FlowUser,
  OrderCommandProducerOptions,
} from "../actors/order_command_producer/options.ts";
import type { SessionPlan } from "./session_plan.ts";

/** When the session runs. */
export interface SessionTime {
  /** When it starts, in whole milliseconds since the epoch. */
  readonly startAt: number;
  /** Milliseconds of it that had passed before, when a run goes on after downtime. */
  readonly elapsedBefore?: number;
}

/** The options of every order command producer, by instance from 0. They share the load. */
export function orderProducerOptions(
  plan: SessionPlan,
  time: SessionTime,
): readonly OrderCommandProducerOptions[] {
  const instances = plan.instances["order-command-producer"];
  return Array.from({ length: instances }, (_, instance) => ({
    producer: `order-command-producer-${instance}`,
    seed: plan.seed,
    instance,
    instances,
    ...time,
    phases: plan.phases,
    flow: {
      ...definedOnly(plan.flow),
      mix: plan.flow.mix,
      users: plan.accounts.map(({ userId }): FlowUser => ({ userId })),
      symbols: plan.symbols.map(({ symbol, tickSize, lotSize, referencePrice, weight }) => ({
        symbol,
        tickSize,
        lotSize,
        referencePrice,
        weight,
      })),
    },
  }));
}

/** The options of every market data producer, by instance from 0. Each has symbols of its own. */
export function marketProducerOptions(
  plan: SessionPlan,
  time: SessionTime,
): readonly MarketDataProducerOptions[] {
  const instances = plan.instances["market-data-producer"];
  const perSecond = plan.maxPricesPerSecond;
  return Array.from({ length: instances }, (_, instance) => ({
    producer: `market-data-producer-${instance}`,
    seed: plan.seed,
    symbols: plan.symbols.filter((_, i) => i % instances === instance)
      .map(({ symbol, tickSize, prices }) => ({ symbol, tickSize, prices })),
    pace: { perSecond, burst: Math.max(1, Math.ceil(perSecond / BURSTS_PER_SECOND)) },
    ...time,
    until: { sessionMs: plan.durationMs },
  }));
}

/** A producer may publish a tenth of a second's prices at once. */
const BURSTS_PER_SECOND = 10;

/** Without the keys that were left out: an option given as undefined is not one left out. */
function definedOnly<T extends object>(value: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(
    Object.entries(value).filter(([, inner]) => inner !== undefined),
  ) as { [K in keyof T]: Exclude<T[K], undefined> }; // what was filtered out
}
