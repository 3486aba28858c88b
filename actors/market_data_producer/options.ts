/**
 * What a market data producer is told: which symbols, where their prices come from, how fast.
 *
 * @module
 */

import { decimalStep } from "../decimal_step.ts";
import { checkPace, type Pace } from "../pacer.ts";
import { checkBridgedCloses } from "./brownian_bridge.ts";
import { checkJumpDiffusion, type JumpDiffusion } from "./geometric_brownian_motion.ts";
import { isTradesFormat, type TradesFormat } from "./trade_replay.ts";

/** Where one symbol's prices come from. */
export type PriceModel =
  | (Omit<JumpDiffusion, "stepSeconds"> & {
    readonly model: "gbm";
    /** Prices per second of the session. */
    readonly ticksPerSecond: number;
    /** Trading seconds that pass in a second of the session. Default 1. */
    readonly timeScale?: number;
  })
  | {
    readonly model: "closes";
    /** Real closes in order of time, as from `readCloses`. */
    readonly closes: readonly number[];
    /** Prices from one close to the next; those between two closes are drawn. */
    readonly stepsPerClose: number;
    /** How far the log price would stray from a close to the next were it free. Default 0.1. */
    readonly volatilityPerClose?: number;
    readonly ticksPerSecond: number;
  }
  | {
    readonly model: "replay";
    readonly path: string;
    readonly format: TradesFormat;
    /** 2 replays twice as fast as it happened. Default 1. */
    readonly speed?: number;
  };

/** A symbol and its prices. */
export interface SymbolPrices {
  readonly symbol: string;
  /** Decimal. Drawn prices are rounded to it; replayed ones stay as in the file. */
  readonly tickSize: number;
  readonly prices: PriceModel;
}

/** Plain data: it crosses from the main thread to a worker. */
export interface MarketDataProducerOptions {
  /** Lasting name of the source of these prices. */
  readonly producer: string;
  readonly seed: number;
  readonly symbols: readonly SymbolPrices[];
  /** An upper limit on top of the models' own tempo; the producer waits for its token. */
  readonly pace: Pace;
  /** When the session starts, in milliseconds since the epoch. */
  readonly startAt: number;
  /** Milliseconds of session that had passed before, when a run goes on after downtime. Default 0. */
  readonly elapsedBefore?: number;
  /** When to end before the models do. */
  readonly until?: {
    /** Prices due so many milliseconds into the session, or later, are not published. */
    readonly sessionMs?: number;
    /** Prices per symbol. */
    readonly count?: number;
  };
}

/** The walk's default freedom between two closes, about that of a share's month. */
export const DEFAULT_VOLATILITY_PER_CLOSE = 0.1;

/** The parameters of a `gbm` model's walk. */
export function jumpDiffusionOf(model: PriceModel & { readonly model: "gbm" }): JumpDiffusion {
  return { ...model, stepSeconds: (model.timeScale ?? 1) / model.ticksPerSecond };
}

/** @throws {RangeError} naming what is wrong */
export function checkMarketDataOptions(options: MarketDataProducerOptions): void {
  const fail = (why: string) => {
    throw new RangeError(`Cannot produce market data: ${why}`);
  };
  if (options.symbols.length === 0) fail("no symbol is named");
  const names = options.symbols.map(({ symbol }) => symbol);
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined) fail(`symbol ${twice} is named twice`);
  if (!Number.isFinite(options.startAt)) fail(`startAt is ${options.startAt}`);
  checkPace(options.pace);
  for (const { symbol, tickSize, prices } of options.symbols) {
    decimalStep(tickSize);
    if (prices.model === "replay") {
      if (!isTradesFormat(prices.format)) fail(`format "${prices.format}" of ${symbol} is unknown`);
      const { speed = 1 } = prices;
      if (!(speed > 0 && Number.isFinite(speed))) fail(`speed of ${symbol} is ${speed}`);
      continue;
    }
    const { ticksPerSecond } = prices;
    if (!(ticksPerSecond > 0 && Number.isFinite(ticksPerSecond))) {
      fail(`ticksPerSecond of ${symbol} is ${ticksPerSecond}, not a positive number`);
    }
    if (prices.model === "gbm") checkJumpDiffusion(jumpDiffusionOf(prices));
    else checkBridgedCloses({ volatilityPerClose: DEFAULT_VOLATILITY_PER_CLOSE, ...prices });
  }
}
