/**
 * A world: everything that one play of the explorer depends on. Plain data, drawn from a seed alone,
 * so that it can be handed to a worker, shrunk, and kept in a file.
 *
 * @module
 */

import { z } from "zod";
import type { LogCallKind } from "../../kafka/memory/latency.ts";
import { type SessionPlan, sessionPlanSchema } from "../session_plan.ts";
import type { LatencyBounds } from "../virtual/log_latency.ts";

/** Grows when files of before can no longer be read. */
export const WORLD_VERSION = 1;

/** The latency of every call of the log that takes time, each asked for once, in this order. */
export function latencyBy(boundsOf: () => LatencyBounds): World["latency"] {
  return {
    publish: boundsOf(),
    append: boundsOf(),
    commit: boundsOf(),
    fetch: boundsOf(),
    join: boundsOf(),
    read: boundsOf(),
  };
}

/** How fast a floor notices that an actor is deaf, and how it spaces restarts. Milliseconds. */
export interface Watchfulness {
  readonly pingEveryMs: number;
  readonly unresponsiveAfterMs: number;
  readonly zombieAfterMs: number;
  readonly backoffMs: number;
  readonly backoffCapMs: number;
}

/** One world. */
export interface World {
  readonly version: typeof WORLD_VERSION;
  /** What it was drawn from; it also draws latencies, the order of events, and the flow. */
  readonly seed: number;
  /** Topology, users, limits, load, faults, joins and leaves. */
  readonly plan: SessionPlan;
  readonly snapshotEveryRecords: number;
  readonly sessionTimeoutMs: number;
  readonly latency: Readonly<Record<LogCallKind, LatencyBounds>>;
  readonly watchfulness: Watchfulness;
}

const ms = z.number().int().nonnegative();
const latencyRangeSchema = z.strictObject({ leastMs: ms, mostMs: ms });

/** The world's schema: a shrunk world is read from a file. */
export const worldSchema: z.ZodType<World> = z.strictObject({
  version: z.literal(WORLD_VERSION),
  seed: z.number().int().nonnegative(),
  plan: sessionPlanSchema,
  snapshotEveryRecords: z.number().int().positive(),
  sessionTimeoutMs: ms.positive(),
  latency: z.strictObject({
    publish: latencyRangeSchema,
    append: latencyRangeSchema,
    commit: latencyRangeSchema,
    fetch: latencyRangeSchema,
    join: latencyRangeSchema,
    read: latencyRangeSchema,
  }),
  watchfulness: z.strictObject({
    pingEveryMs: ms.positive(),
    unresponsiveAfterMs: ms.positive(),
    zombieAfterMs: ms.positive(),
    backoffMs: ms,
    backoffCapMs: ms,
  }),
});
