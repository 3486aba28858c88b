/**
 * What a scenario may say, as the people who write one read it. The schema in `scenario_schema.ts`
 * checks it; `scenario.ts` and a test hold the two together.
 *
 * @module
 */

import type { Role } from "../actors/topology.ts";
import type { GatewayLimits } from "../kafka/messages/mod.ts";
import type { TopicName } from "../kafka/topics.ts";
import type { FaultDefinition } from "./faults/fault_definition.ts";

/** A length of time: milliseconds, or a text such as `"500ms"`, `"3s"`, `"2m"`. */
export type Duration = number | string;

/** A symbol of a scenario. */
export interface SymbolDefinition {
  /** Ticker. */
  symbol: string;
  /** Decimal; prices are whole multiples of it. Default 0.01. */
  tickSize?: number | undefined;
  /** Decimal; quantities are whole multiples of it. Default 1. */
  lotSize?: number | undefined;
  /** Decimal: what it costs before the market has said anything. Default 100. */
  price?: number | undefined;
  /** How often it is traded, compared with the others. Default 1. */
  weight?: number | undefined;
}

/** An account of a scenario. */
export interface AccountDefinition {
  /** Whose account it is. */
  userId: string;
  /** Decimal. Default 1,000,000. */
  cash?: number | undefined;
  /** Quantity by symbol, or one quantity of every symbol. Default 10,000 of each. */
  holdings?: number | Record<string, number> | undefined;
}

/** Accounts that are only counted: their users are `user-1`, `user-2` and so on. */
export interface CrowdDefinition {
  /** How many. */
  count: number;
  /** Of each, decimal. Default 1,000,000. */
  cash?: number | undefined;
  /** Of each. Default 10,000 of every symbol. */
  holdings?: number | Record<string, number> | undefined;
}

/** Where a symbol's prices come from. */
export type PriceModelDefinition =
  | {
    /** A random walk: geometric Brownian motion with jumps, from the symbol's price. */
    kind: "gbm";
    /** A year's drift, as a share. Default 0.05. */
    drift?: number | undefined;
    /** A year's volatility, as a share: 0.3 is 30 %. Default 0.3. */
    volatility?: number | undefined;
    /** How often the price jumps in a year. Default 12. */
    jumpsPerYear?: number | undefined;
    /** Mean of a jump's logarithm. Default 0. */
    jumpMean?: number | undefined;
    /** Standard deviation of a jump's logarithm. Default 0.03. */
    jumpDeviation?: number | undefined;
    /** Trading seconds that pass in a second of the session. Default 3,600. */
    timeScale?: number | undefined;
  }
  | {
    /** Real closes, one after the other, with steps drawn between them. */
    kind: "closes";
    /** Read from the scenario's own folder. */
    file: string;
    /** The file's column, when it is not named as the symbol. */
    column?: string | undefined;
    /** First close to use, as an ISO date. Default: the file's first. */
    from?: string | undefined;
    /** Last close to use, as an ISO date. Default: the file's last. */
    to?: string | undefined;
    /** Prices from a close to the next one. Default 20. */
    stepsPerClose?: number | undefined;
    /** How far the price would stray from a close to the next were it free. Default 0.1. */
    volatilityPerClose?: number | undefined;
  }
  | {
    /** Real trades from a file, at their own pace or faster. */
    kind: "replay";
    /** Read from the scenario's own folder. Left open, it is given on the command line. */
    file?: string | undefined;
    /** How the file is written. */
    format?: "binance-trades" | undefined;
    /** How many times faster than it was. Default 1. */
    speed?: number | undefined;
  };

/** How the market behaves. */
export interface MarketDefinition {
  /** Prices a second of each symbol; a replayed file has its own pace. Default 10. */
  ticksPerSecond?: number | undefined;
  /** Prices a second over all symbols of a producer, at most: it waits for its token. Default 1,000. */
  maxPerSecond?: number | undefined;
  /** The model of every symbol that {@link models} does not name. Default: `gbm`. */
  model?: PriceModelDefinition | undefined;
  /** Models by symbol. */
  models?: Record<string, PriceModelDefinition> | undefined;
}

/** Shares of the kinds of commands that users send; only their proportions count. */
export interface MixDefinition {
  /** Limit orders near the market; some are priced to trade at once. */
  limit?: number | undefined;
  /** Market orders. */
  market?: number | undefined;
  /** Cancels of one of the producer's own recent orders. */
  cancel?: number | undefined;
  /** Deposits of cash. */
  deposit?: number | undefined;
  /** Recent orders sent again: same id, same body, another timestamp. */
  duplicate?: number | undefined;
  /** Recent orders' ids with another quantity. */
  conflict?: number | undefined;
  /** Orders of a symbol that the floor does not have. */
  invalidSymbol?: number | undefined;
  /** Off the tick, no quantity, an unknown side, a price that is no number. */
  invalidField?: number | undefined;
  /** Bytes that are no message. */
  malformed?: number | undefined;
  /** Orders of the {@link FlowDefinition.floodingUser}, who keeps to no rate. */
  flood?: number | undefined;
}

/** What users send. */
export interface FlowDefinition {
  /** Default: mostly limit orders, with market orders, cancels and deposits. */
  mix?: MixDefinition | undefined;
  /** Share of limit orders priced through the market, 0 to 1. */
  marketableShare?: number | undefined;
  /** Mean distance of a limit price from the last price, in ticks. */
  meanOffsetTicks?: number | undefined;
  /** Mean quantity, in lots. */
  meanLots?: number | undefined;
  /** Largest quantity, in lots. */
  maxLots?: number | undefined;
  /** Share of market buys that carry a protection price, 0 to 1. */
  protectedShare?: number | undefined;
  /** How far a protection price is from the last price, as a share of it. */
  protection?: number | undefined;
  /** Largest deposit, decimal. */
  maxDeposit?: number | undefined;
  /** Who sends the orders of kind `flood`. */
  floodingUser?: string | undefined;
}

/** A stretch of the session. Rates are commands a second over all producers. */
export type PhaseDefinition =
  | {
    /** Unique; happenings refer to it. */
    name: string;
    /** One rate throughout; `burst` is the same under a name that says why. */
    kind: "constant" | "burst";
    /** Commands a second. */
    ratePerSecond: number;
    /** Above 0, at most a day. */
    duration: Duration;
    /** How commands are spaced. Default `poisson`. */
    arrivals?: "poisson" | "uniform" | undefined;
  }
  | {
    /** Unique; happenings refer to it. */
    name: string;
    /** A rate that changes evenly. */
    kind: "ramp";
    /** Commands a second at the start. */
    fromPerSecond: number;
    /** Commands a second at the end. */
    toPerSecond: number;
    /** Above 0, at most a day. */
    duration: Duration;
    /** How commands are spaced. Default `poisson`. */
    arrivals?: "poisson" | "uniform" | undefined;
  }
  | {
    /** Unique; happenings refer to it. */
    name: string;
    /** Nobody sends anything. */
    kind: "silence";
    /** Above 0, at most a day. */
    duration: Duration;
  };

/** A scripted happening: a time and exactly one verb. Instances are named as `trading-engine-0`. */
export interface HappeningDefinition {
  /** After the session's start, or after the start of a phase. */
  at: Duration | { phase: string; plus?: Duration | undefined };
  /** The group that gets one more instance. */
  join?: Role | undefined;
  /** The instance that drains and goes, and is not replaced. */
  leave?: string | undefined;
}

/** What a scenario says. Only what it teaches, its symbols and its phases are needed. */
export interface ScenarioDefinition {
  /** What a reader learns from playing it; the first sentence is listed by `deno task sim`. */
  teaches: string;
  /** 0 to 2^32 - 1; the same seed draws the same session. Default 1. */
  seed?: number | undefined;
  /** What is traded: tickers, or tickers with sizes. */
  symbols: (string | SymbolDefinition)[];
  /** Who trades: a count, a crowd, or a list. Default 10. */
  accounts?: number | CrowdDefinition | AccountDefinition[] | undefined;
  /** Instances of each group, 0 to 64. Default: one of each. */
  actors?: { [R in Role]?: number | undefined } | undefined;
  /** Partitions of every topic, or by topic. Default: as in {@link TOPICS}. */
  partitions?: number | Partial<Record<TopicName, number>> | undefined;
  /** The gateway's limits, per user. */
  limits?: { [L in keyof GatewayLimits]?: number | undefined } | undefined;
  /** Where prices come from. */
  market?: MarketDefinition | undefined;
  /** What users send. */
  flow?: FlowDefinition | undefined;
  /** One after the other. */
  phases: PhaseDefinition[];
  /** Who joins and leaves, and when. */
  events?: HappeningDefinition[] | undefined;
  /** What goes wrong, when, and with whom. */
  faults?: FaultDefinition[] | undefined;
  /**
   * What the run must measure to pass, by metric: `{ "answer.p99": "<50ms", "orders.lost": "==0" }`. A
   * metric that does not exist is refused with the names of those that do.
   */
  thresholds?: Record<string, string> | undefined;
  /** Rules that the auditor must find held: ids, or all. Default `"all"`. */
  invariants?: "all" | string[] | undefined;
}
