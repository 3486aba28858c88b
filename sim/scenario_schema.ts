/**
 * What a scenario may say, checked to the last key.
 *
 * @module
 */

import { z } from "zod";
import { TRADES_FORMATS } from "../actors/market_data_producer/trade_replay.ts";
import {
  DEFAULT_MIX,
  FLOW_KINDS,
  type FlowKind,
} from "../actors/order_command_producer/options.ts";
import { MAX_INSTANCES } from "../actors/topology.ts";
import { DEFAULT_GATEWAY_LIMITS, MAX_ID_LENGTH, MAX_SYMBOL_LENGTH } from "../kafka/messages/mod.ts";
import { TOPIC_NAMES } from "../kafka/topics.ts";
import { scenarioFaultSchema } from "./faults/fault_schema.ts";
import { ACTOR_GROUPS, scenarioEventSchema } from "./scenario_events.ts";
import {
  durationSchema,
  positiveNumber,
  problem,
  share,
  strict,
  wholeNumber,
  wordSchema,
} from "./scenario_fields.ts";

/** Accounts of one floor. */
export const MAX_ACCOUNTS = 100_000;
/** Partitions of one topic. */
export const MAX_PARTITIONS = 256;
/** Symbols of one floor. */
const MAX_SYMBOLS = 1_000;
/** Phases of one session. */
export const MAX_PHASES = 1_000;
/** Scripted happenings of one session, and faults. */
const MAX_EVENTS = 1_000;
const MAX_FAULTS = 1_000;
/** Commands a second, over all producers: more than any machine this runs on sends. */
export const MAX_RATE_PER_SECOND = 1_000_000;
/** The longest phase: a day. */
export const MAX_PHASE_MS = 86_400_000;

const tickerSchema = wordSchema.max(
  MAX_SYMBOL_LENGTH,
  `must have at most ${MAX_SYMBOL_LENGTH} characters`,
);

const symbolSchema = z.union([
  tickerSchema.transform((symbol) => ({ symbol })),
  strict({
    symbol: tickerSchema,
    tickSize: positiveNumber().optional(),
    lotSize: positiveNumber().optional(),
    price: positiveNumber().optional(),
    weight: share().optional(),
  }),
], problem(`must be a ticker such as "AAPL", or { symbol, tickSize, lotSize, price, weight }`))
  .transform(({ symbol, ...given }: {
    symbol: string;
    tickSize?: number | undefined;
    lotSize?: number | undefined;
    price?: number | undefined;
    weight?: number | undefined;
  }) => ({
    symbol,
    tickSize: given.tickSize ?? 0.01,
    lotSize: given.lotSize ?? 1,
    /** What it costs before the market has said anything. */
    price: given.price ?? 100,
    /** How often it is traded, compared with the others. */
    weight: given.weight ?? 1,
  }));

/** Quantity by symbol, or one quantity of every symbol. */
const holdingsSchema = z.union(
  [share(), z.record(tickerSchema, share())],
  problem("must be a quantity of every symbol, or quantities by symbol"),
);

const DEFAULT_ACCOUNTS = 10;
const DEFAULT_CASH = 1_000_000;
const DEFAULT_HOLDINGS = 10_000;

const crowdSchema = strict({
  count: wholeNumber(1, MAX_ACCOUNTS),
  cash: share().default(DEFAULT_CASH),
  holdings: holdingsSchema.default(DEFAULT_HOLDINGS),
});

const userSchema = wordSchema.max(MAX_ID_LENGTH, `must have at most ${MAX_ID_LENGTH} characters`);

const accountSchema = strict({
  userId: userSchema,
  cash: share().default(DEFAULT_CASH),
  holdings: holdingsSchema.default(DEFAULT_HOLDINGS),
});

const accountsSchema = z.union([
  wholeNumber(1, MAX_ACCOUNTS).transform((count) => ({
    count,
    cash: DEFAULT_CASH,
    holdings: DEFAULT_HOLDINGS as number | Record<string, number>, // as in the other forms
  })),
  crowdSchema,
  z.array(accountSchema).min(1, "must have at least one account").max(MAX_ACCOUNTS),
], problem("must be a count, { count, cash, holdings }, or a list of { userId, cash, holdings }"));

const actorsSchema = strict(
  Object.fromEntries(
    ACTOR_GROUPS.map((group) => [group, wholeNumber(0, MAX_INSTANCES).default(1)]),
  ) as Record<typeof ACTOR_GROUPS[number], z.ZodDefault<z.ZodNumber>>, // fromEntries forgets keys
);

const partitionsSchema = z.union([
  wholeNumber(1, MAX_PARTITIONS),
  z.partialRecord(z.enum(TOPIC_NAMES), wholeNumber(1, MAX_PARTITIONS)),
], problem(`must be a number from 1 to ${MAX_PARTITIONS}, or numbers by topic`));

const limit = () => wholeNumber(1, Number.MAX_SAFE_INTEGER);

/** The gateway's limits; what is not named is as `DEFAULT_GATEWAY_LIMITS` has it. */
const limitsSchema = strict({
  ordersPerSecond: positiveNumber().default(DEFAULT_GATEWAY_LIMITS.ordersPerSecond),
  orderBurst: limit().default(DEFAULT_GATEWAY_LIMITS.orderBurst),
  liveOrdersPerUser: limit().default(DEFAULT_GATEWAY_LIMITS.liveOrdersPerUser),
  answersPerUser: limit().default(DEFAULT_GATEWAY_LIMITS.answersPerUser),
  answerHorizonMs: limit().default(DEFAULT_GATEWAY_LIMITS.answerHorizonMs),
  fingerprintsPerUser: limit().default(DEFAULT_GATEWAY_LIMITS.fingerprintsPerUser),
});

const MODELS = {
  /** A random walk: geometric Brownian motion with jumps, from the symbol's `price`. */
  gbm: strict({
    kind: z.literal("gbm"),
    /** A year's drift and volatility, as shares: 0.3 is 30 %. */
    drift: z.number(problem("must be a number")).default(0.05),
    volatility: share().default(0.3),
    /** How often the price jumps in a year, and by how much. */
    jumpsPerYear: share().default(12),
    jumpMean: z.number(problem("must be a number")).default(0),
    jumpDeviation: share().default(0.03),
    /** Trading seconds that pass in a second of the session. */
    timeScale: positiveNumber().default(3_600),
  }),
  /** Real closes, one after the other, with steps drawn between them. */
  closes: strict({
    kind: z.literal("closes"),
    /** Read from the scenario's own folder. */
    file: wordSchema,
    /** The file's column, when it is not named as the symbol. */
    column: wordSchema.optional(),
    /** First and last close to use, as ISO dates; all of them unless given. */
    from: wordSchema.optional(),
    to: wordSchema.optional(),
    /** Prices from a close to the next one. */
    stepsPerClose: wholeNumber(1, 1_000_000).default(20),
    /** How far the price would stray from a close to the next were it free. */
    volatilityPerClose: share().default(0.1),
  }),
  /** Real trades from a file, at their own pace or faster. */
  replay: strict({
    kind: z.literal("replay"),
    /** Read from the scenario's own folder. Left open, it is given on the command line. */
    file: wordSchema.optional(),
    format: z.enum(TRADES_FORMATS, problem(`must be one of ${TRADES_FORMATS.join(", ")}`))
      .default("binance-trades"),
    speed: positiveNumber().default(1),
  }),
} as const;

const modelSchema = z.discriminatedUnion(
  "kind",
  [MODELS.gbm, MODELS.closes, MODELS.replay],
  problem(`must have a kind: one of "gbm", "closes", "replay"`),
);

/** Prices a second that each symbol has unless the scenario says otherwise. */
const DEFAULT_TICKS_PER_SECOND = 10;

const marketSchema = strict({
  /** Prices a second of each symbol; a replayed file has its own pace. */
  ticksPerSecond: positiveNumber(MAX_RATE_PER_SECOND).default(DEFAULT_TICKS_PER_SECOND),
  /** Prices a second over all symbols of a producer, at most: it waits for its token. */
  maxPerSecond: positiveNumber(MAX_RATE_PER_SECOND).default(1_000),
  /** The model of every symbol that {@link models} does not name. */
  model: modelSchema.prefault({ kind: "gbm" }),
  models: z.record(tickerSchema, modelSchema).default({}),
});

const mixSchema = strict(
  Object.fromEntries(
    FLOW_KINDS.map((kind) => [kind, share().default(0)]),
  ) as Record<FlowKind, z.ZodDefault<z.ZodNumber>>, // fromEntries forgets the keys
).refine(
  (mix) => Object.values(mix).some((weight) => weight > 0),
  `must have a share above 0; kinds are ${FLOW_KINDS.join(", ")}`,
);

const fraction = () =>
  z.number(problem("must be a share from 0 to 1")).min(0, "must be a share from 0 to 1")
    .max(1, "must be a share from 0 to 1").optional();
const fromOne = () =>
  z.number(problem("must be a number from 1")).min(1, "must be a number from 1").optional();

/** What users send. What is left out is as the order command producer has it. */
const flowSchema = strict({
  /** Shares by kind; only their proportions count, so they need not sum to 1 or 100. */
  mix: mixSchema.prefault({ ...DEFAULT_MIX }),
  /** Share of limit orders priced through the market. */
  marketableShare: fraction(),
  /** Mean distance of a limit price from the last price, in ticks. */
  meanOffsetTicks: fromOne(),
  /** Mean and largest quantity, in lots. */
  meanLots: fromOne(),
  maxLots: fromOne(),
  /** Share of market buys that carry a protection price, and how far from the last price it is. */
  protectedShare: fraction(),
  protection: positiveNumber().optional(),
  /** Largest deposit, decimal. */
  maxDeposit: positiveNumber().optional(),
  /** Who sends the orders of kind `flood`. */
  floodingUser: wordSchema.optional(),
});

const rate = () => positiveNumber(MAX_RATE_PER_SECOND);
const phaseDuration = durationSchema.refine(
  (ms) => ms > 0 && ms <= MAX_PHASE_MS,
  "must be above 0 and at most a day",
);
const arrivals = z.enum(["poisson", "uniform"], problem(`must be "poisson" or "uniform"`))
  .default("poisson");

const phaseSchema = z.discriminatedUnion("kind", [
  strict({
    name: wordSchema,
    kind: z.literal("constant"),
    ratePerSecond: rate(),
    duration: phaseDuration,
    arrivals,
  }),
  strict({
    name: wordSchema,
    kind: z.literal("ramp"),
    fromPerSecond: rate().or(z.literal(0)),
    toPerSecond: rate().or(z.literal(0)),
    duration: phaseDuration,
    arrivals,
  }),
  strict({
    name: wordSchema,
    kind: z.literal("burst"),
    ratePerSecond: rate(),
    duration: phaseDuration,
    arrivals,
  }),
  strict({ name: wordSchema, kind: z.literal("silence"), duration: phaseDuration }),
], problem(`must have a kind: one of "constant", "ramp", "burst", "silence"`));

/** A scenario's definition. Thresholds and names across parts are checked in `scenario.ts`. */
export const definitionSchema = strict({
  teaches: wordSchema,
  seed: wholeNumber(0, 2 ** 32 - 1).default(1),
  symbols: z.array(symbolSchema, problem("must be a list of symbols"))
    .min(1, "must have at least one symbol")
    .max(MAX_SYMBOLS, `must have at most ${MAX_SYMBOLS} symbols`),
  accounts: accountsSchema.prefault(DEFAULT_ACCOUNTS),
  actors: actorsSchema.prefault({}),
  partitions: partitionsSchema.optional(),
  limits: limitsSchema.prefault({}),
  market: marketSchema.prefault({}),
  flow: flowSchema.prefault({}),
  phases: z.array(phaseSchema, problem("must be a list of phases"))
    .min(1, "must have at least one phase")
    .max(MAX_PHASES, `must have at most ${MAX_PHASES} phases`),
  events: z.array(scenarioEventSchema, problem("must be a list of happenings"))
    .max(MAX_EVENTS, `must have at most ${MAX_EVENTS} happenings`).default([]),
  faults: z.array(scenarioFaultSchema, problem("must be a list of faults"))
    .max(MAX_FAULTS, `must have at most ${MAX_FAULTS} faults`).default([]),
  thresholds: z.record(z.string(), z.string(problem(`must be a text such as "<50ms"`))).default({}),
  invariants: z.union(
    [z.literal("all"), z.array(wordSchema)],
    problem(`must be "all" or a list of rule ids`),
  ).default("all"),
});

/** A definition as the schema takes it; `ScenarioDefinition` says the same to a reader. */
export type DefinitionInput = z.input<typeof definitionSchema>;
/** A definition with everything filled in. */
export type CheckedDefinition = z.output<typeof definitionSchema>;
export type ScenarioPhase = CheckedDefinition["phases"][number];
export type PriceModel = z.output<typeof modelSchema>;
export type OrderMix = z.output<typeof mixSchema>;
