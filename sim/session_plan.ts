/**
 * A session's plan: a scenario with everything decided. Plain data, so that it can be handed to
 * workers, kept in a run's folder and read back by a process that resumes the run.
 *
 * @module
 */

import { z } from "zod";
import { TRADES_FORMATS } from "../actors/market_data_producer/trade_replay.ts";
import { FLOW_KINDS } from "../actors/order_command_producer/options.ts";
import { gatewayLimitsSchema, symbolSpecSchema } from "../kafka/messages/mod.ts";
import { TOPIC_NAMES } from "../kafka/topics.ts";
import { plannedFaultSchema } from "./faults/planned_fault.ts";
import { ACTOR_GROUPS, EVENT_VERBS } from "./scenario_events.ts";
import { problem } from "./scenario_fields.ts";
import { COMPARISONS } from "./thresholds.ts";
import { isMetricName, type MetricName } from "./metrics.ts";
import { upgradePlan } from "./upgrade_plan.ts";

/**
 * Grows when plans of before can no longer be read as they are; `upgrade_plan.ts` makes them plans of
 * today.
 */
export const PLAN_VERSION = 2;

const count = z.number().int().nonnegative();
const amount = z.number().nonnegative();

/** The keys are known and all of them are there; `fromEntries` forgets both. */
function recordOf<K extends string, V extends z.ZodType>(keys: readonly K[], value: V) {
  return z.strictObject(Object.fromEntries(keys.map((key) => [key, value])) as Record<K, V>);
}

const phaseTime = { name: z.string(), startsAtMs: amount, durationMs: amount } as const;
const arrivals = z.enum(["poisson", "uniform"]);

/** Phases as producers take them, with name and start, in milliseconds after the session's start. */
const phaseSchema = z.discriminatedUnion("kind", [
  z.strictObject({ ...phaseTime, kind: z.literal("constant"), ratePerSecond: amount, arrivals }),
  z.strictObject({
    ...phaseTime,
    kind: z.literal("ramp"),
    fromPerSecond: amount,
    toPerSecond: amount,
    arrivals,
  }),
  z.strictObject({ ...phaseTime, kind: z.literal("burst"), ratePerSecond: amount, arrivals }),
  z.strictObject({ ...phaseTime, kind: z.literal("silence") }),
]);
export type PlannedPhase = z.infer<typeof phaseSchema>;

/** Price models as producers take them; files of closes have been read. */
const pricesSchema = z.discriminatedUnion("model", [
  z.strictObject({
    model: z.literal("gbm"),
    startPrice: z.number().positive(),
    drift: z.number(),
    volatility: amount,
    jumpsPerYear: amount,
    jumpMean: z.number(),
    jumpDeviation: amount,
    timeScale: z.number().positive(),
    ticksPerSecond: z.number().positive(),
  }),
  z.strictObject({
    model: z.literal("closes"),
    closes: z.array(z.number().positive()).min(2),
    stepsPerClose: count,
    volatilityPerClose: amount,
    ticksPerSecond: z.number().positive(),
  }),
  z.strictObject({
    model: z.literal("replay"),
    path: z.string(),
    format: z.enum(TRADES_FORMATS),
    speed: z.number().positive(),
  }),
]);
export type PlannedPrices = z.infer<typeof pricesSchema>;

const flowSchema = z.strictObject({
  mix: recordOf(FLOW_KINDS, amount),
  marketableShare: amount.optional(),
  meanOffsetTicks: amount.optional(),
  meanLots: amount.optional(),
  maxLots: amount.optional(),
  protectedShare: amount.optional(),
  protection: amount.optional(),
  maxDeposit: amount.optional(),
  floodingUser: z.string().optional(),
});

const thresholdSchema = z.strictObject({
  metric: z.custom<MetricName>((name) => typeof name === "string" && isMetricName(name)),
  comparison: z.enum(COMPARISONS),
  bound: z.number(),
  text: z.string(),
});

const planSchema = z.strictObject({
  version: z.literal(PLAN_VERSION, problem(`must be 1 to ${PLAN_VERSION}, which can be read here`)),
  scenario: z.string(),
  teaches: z.string(),
  seed: count,
  symbols: z.array(
    z.strictObject({
      ...symbolSpecSchema.shape,
      /** What it costs before the market has said anything; decimal. */
      referencePrice: z.number().positive(),
      /** How often it is traded, compared with the others. */
      weight: amount,
      prices: pricesSchema,
    }),
  ).min(1),
  /** Decimal cash, and decimal quantities by symbol. */
  accounts: z.array(
    z.strictObject({ userId: z.string(), cash: amount, holdings: z.record(z.string(), amount) }),
  ),
  instances: recordOf(ACTOR_GROUPS, count),
  /** Only topics that differ from the table. */
  partitions: z.partialRecord(
    z.enum(TOPIC_NAMES as [typeof TOPIC_NAMES[number], ...typeof TOPIC_NAMES[number][]]), // as listed
    count.positive(),
  ),
  limits: gatewayLimitsSchema,
  /** Prices a second of each market data producer, at most. */
  maxPricesPerSecond: z.number().positive(),
  flow: flowSchema,
  /** In order and without gaps. */
  phases: z.array(phaseSchema).min(1),
  /** The end of the last phase. */
  durationMs: amount,
  /** In the order of their times. */
  events: z.array(z.strictObject({
    atMs: amount,
    verb: z.enum(EVENT_VERBS),
    whom: z.string(),
  })),
  /** In the script's order. */
  faults: z.array(plannedFaultSchema),
  thresholds: z.array(thresholdSchema),
  invariants: z.union([z.literal("all"), z.array(z.string())]),
  /** What a reader of the report should know, in sentences. */
  notes: z.array(z.string()),
});

/** The plan's schema: a plan is read from a file when a run is resumed. */
export const sessionPlanSchema = z.preprocess(upgradePlan, planSchema);

/** Everything that the runner needs to play a session. */
export type SessionPlan = z.infer<typeof sessionPlanSchema>;
export type PlannedSymbol = SessionPlan["symbols"][number];
export type PlannedEvent = SessionPlan["events"][number];
export type PlannedAccount = SessionPlan["accounts"][number];

/** Whether an audit logger runs from the start. Without one there is no audit log to be judged. */
export function keepsAuditLog({ instances }: Pick<SessionPlan, "instances">): boolean {
  return instances["audit-logger"] > 0;
}
