/**
 * What a scenario may say, checked to the last key.
 *
 * @module
 */

import { z } from "zod";
import { DEFAULT_GATEWAY_LIMITS, MAX_ID_LENGTH, MAX_SYMBOL_LENGTH } from "../kafka/messages/mod.ts";
import { TOPIC_NAMES } from "../kafka/topics.ts";
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
/** Instances of one group. */
export const MAX_INSTANCES = 64;
/** Partitions of one topic. */
export const MAX_PARTITIONS = 256;
/** Symbols of one floor. */
export const MAX_SYMBOLS = 1_000;
/** Phases of one session. */
export const MAX_PHASES = 1_000;
/** Scripted happenings of one session. */
export const MAX_EVENTS = 1_000;
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
  }),
], problem(`must be a ticker such as "AAPL", or { symbol, tickSize, lotSize, price }`))
  .transform(({ symbol, ...given }: {
    symbol: string;
    tickSize?: number | undefined;
    lotSize?: number | undefined;
    price?: number | undefined;
  }) => ({
    symbol,
    tickSize: given.tickSize ?? 0.01,
    lotSize: given.lotSize ?? 1,
    /** What it costs before the market has said anything. */
    price: given.price ?? 100,
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
  z.partialRecord(z.enum(TOPIC_NAMES as [string, ...string[]]), wholeNumber(1, MAX_PARTITIONS)),
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

/** Names of files are read from the scenario's own folder. */
const MODELS = {
  gbm: strict({
    kind: z.literal("gbm"),
    /** A year's drift and volatility, as shares: 0.3 is 30 %. */
    drift: z.number(problem("must be a number")).default(0.05),
    volatility: share().default(0.3),
    jumpsPerYear: share().default(12),
    jumpVolatility: share().default(0.05),
    /** How much time passes on the market in a second of the session. */
    secondsPerSecond: positiveNumber().default(3_600),
  }),
  closes: strict({
    kind: z.literal("closes"),
    file: wordSchema,
    /** First and last close to use, as the file writes its dates; all of them unless given. */
    from: wordSchema.optional(),
    to: wordSchema.optional(),
    /** Prices drawn for each close, the close itself included. */
    stepsPerClose: wholeNumber(1, 1_000_000).default(20),
    /** A month's volatility of the bridge between two closes, as a share. */
    volatility: share().default(0.05),
  }),
  replay: strict({
    kind: z.literal("replay"),
    /** Given on the command line (`--prices`) when a scenario leaves it open. */
    file: wordSchema.optional(),
    format: z.enum(["binance-trades"], problem(`must be "binance-trades"`)).default(
      "binance-trades",
    ),
    /** 2 is twice the pace at which the trades were made. */
    speed: positiveNumber().default(1),
  }),
} as const;

const modelSchema = z.discriminatedUnion(
  "kind",
  [MODELS.gbm, MODELS.closes, MODELS.replay],
  problem(`must have a kind: one of "gbm", "closes", "replay"`),
);

const marketSchema = strict({
  /** Prices a second that the market data producers publish, over all symbols, at most. */
  pricesPerSecond: positiveNumber(MAX_RATE_PER_SECOND).default(50),
  /** The model of every symbol that {@link models} does not name. */
  model: modelSchema.default({
    kind: "gbm",
    drift: 0.05,
    volatility: 0.3,
    jumpsPerYear: 12,
    jumpVolatility: 0.05,
    secondsPerSecond: 3_600,
  }),
  models: z.record(tickerSchema, modelSchema).default({}),
});

/** Kinds of commands that the order flow is mixed from. */
export const MIX_KINDS = [
  "limit",
  "market",
  "cancel",
  "duplicate",
  "conflicting",
  "invalidSymbol",
  "invalidFields",
  "malformed",
  "deposits",
] as const;
export type MixKind = typeof MIX_KINDS[number];

const mixSchema = strict(
  Object.fromEntries(
    MIX_KINDS.map((kind) => [kind, share().default(0)]),
  ) as Record<MixKind, z.ZodDefault<z.ZodNumber>>, // fromEntries forgets the keys
).refine(
  (mix) => Object.values(mix).some((weight) => weight > 0),
  `must have a share above 0; kinds are ${MIX_KINDS.join(", ")}`,
);

const flowSchema = strict({
  /** Shares by kind; only their proportions count, so they need not sum to 1 or 100. */
  mix: mixSchema.prefault({ limit: 65, market: 15, cancel: 20 }),
});

const rate = () => positiveNumber(MAX_RATE_PER_SECOND);
const phaseDuration = durationSchema.refine(
  (ms) => ms > 0 && ms <= MAX_PHASE_MS,
  "must be above 0 and at most a day",
);
const arrivals = z.enum(["poisson", "uniform"], problem(`must be "poisson" or "uniform"`))
  .default("poisson");
const phaseMix = mixSchema.optional();

const phaseSchema = z.discriminatedUnion("kind", [
  strict({
    name: wordSchema,
    kind: z.literal("constant"),
    ratePerSecond: rate(),
    duration: phaseDuration,
    arrivals,
    mix: phaseMix,
  }),
  strict({
    name: wordSchema,
    kind: z.literal("ramp"),
    fromPerSecond: rate().or(z.literal(0)),
    toPerSecond: rate().or(z.literal(0)),
    duration: phaseDuration,
    arrivals,
    mix: phaseMix,
  }),
  strict({
    name: wordSchema,
    kind: z.literal("burst"),
    ratePerSecond: rate(),
    duration: phaseDuration,
    arrivals,
    mix: phaseMix,
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
  thresholds: z.record(z.string(), z.string(problem(`must be a text such as "<50ms"`))).default({}),
  invariants: z.union(
    [z.literal("all"), z.array(wordSchema)],
    problem(`must be "all" or a list of rule ids`),
  ).default("all"),
});

/** A definition as a scenario writes it. */
export type ScenarioDefinition = z.input<typeof definitionSchema>;
/** A definition with everything filled in. */
export type CheckedDefinition = z.output<typeof definitionSchema>;
export type ScenarioPhase = CheckedDefinition["phases"][number];
export type PriceModel = z.output<typeof modelSchema>;
export type OrderMix = z.output<typeof mixSchema>;
