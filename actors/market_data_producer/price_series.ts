/**
 * One symbol's prices in order, whichever model they come from.
 *
 * @module
 */

import { MAX_PRICE_TICKS } from "../../kafka/messages/mod.ts";
import { decimalStep, nearestCount, toDecimal } from "../decimal_step.ts";
import { bridgedCloses } from "./brownian_bridge.ts";
import { jumpDiffusion } from "./geometric_brownian_motion.ts";
import {
  DEFAULT_VOLATILITY_PER_CLOSE,
  jumpDiffusionOf,
  type PriceModel,
  type SymbolPrices,
} from "./options.ts";
import { type Hold, type TradeRow, tradeRows } from "./trade_replay.ts";

/** A price and when it is due. */
export interface PricePoint {
  /** Milliseconds after the session's start. */
  readonly sessionMs: number;
  /** Decimal. */
  readonly price: number;
}

/** How a series is opened. */
export interface SeriesOptions {
  readonly seed: number;
  /** The number of the first price wanted: those before it were published already. */
  readonly from: number;
  /** Told of each malformed row of a file that comes after the first price wanted. */
  readonly onMalformed: (row: TradeRow & { readonly ok: false }) => void;
  /** Lets time stand still while a file is read. Default: it goes on. */
  readonly hold?: Hold;
}

/** The symbol's prices from number `from` on. The same options give the same prices. */
export function openSeries(
  symbol: SymbolPrices,
  options: SeriesOptions,
): AsyncGenerator<PricePoint> {
  return symbol.prices.model === "replay"
    ? replayed(symbol.prices, options)
    : drawn(symbol, symbol.prices, options);
}

async function* drawn(
  { symbol, tickSize }: SymbolPrices,
  model: Exclude<PriceModel, { model: "replay" }>,
  { seed, from }: SeriesOptions,
): AsyncGenerator<PricePoint> {
  const step = decimalStep(tickSize);
  let number = model.model === "gbm" ? 0 : from;
  const prices = model.model === "gbm"
    ? jumpDiffusion(jumpDiffusionOf(model), { seed, stream: symbol })
    : bridgedCloses(
      { volatilityPerClose: DEFAULT_VOLATILITY_PER_CLOSE, ...model },
      { seed, stream: symbol, from },
    );
  for (const price of prices) {
    if (number >= from) {
      const ticks = Math.min(MAX_PRICE_TICKS, Math.max(1, nearestCount(price, step)));
      yield { sessionMs: (number * 1000) / model.ticksPerSecond, price: toDecimal(ticks, step) };
    }
    number++;
  }
}

async function* replayed(
  { path, speed = 1 }: PriceModel & { model: "replay" },
  { from, onMalformed, hold }: SeriesOptions,
): AsyncGenerator<PricePoint> {
  let number = 0;
  let firstAt: number | null = null;
  // Rows are in order of time in the venue's files; one that is not is due with the one before it.
  let latest = 0;
  for await (const row of tradeRows(path, hold)) {
    if (!row.ok) {
      if (number >= from) onMalformed(row);
      continue;
    }
    firstAt ??= row.trade.time;
    latest = Math.max(latest, (row.trade.time - firstAt) / speed);
    if (number >= from) yield { sessionMs: latest, price: row.trade.price };
    number++;
  }
}
