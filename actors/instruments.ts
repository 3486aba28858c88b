/**
 * Decimals as integers and back: prices in ticks, quantities in lots, cash in units of
 * `10 ** -cashDecimals`. Nothing behind this file computes with decimals.
 *
 * A decimal that was read from text is the double nearest to `m / 10 ** d`. Division of doubles is
 * correctly rounded, so `x === m / 10 ** d` tests exactly whether `x` is that decimal, as long as `m`
 * stays below {@link MAX_SCALED} and `d` below 23. `0.1 + 0.2` is no multiple of 0.1, and that is meant.
 *
 * @module
 */

import {
  type FloorParameters,
  MAX_PRICE_TICKS,
  MAX_QUANTITY_LOTS,
  type SymbolSpec,
} from "../kafka/messages/mod.ts";

/** The most places after the point of a tick or lot size. */
export const MAX_SIZE_DECIMALS = 8;

/** The most places after the point of cash. */
export const MAX_CASH_DECIMALS = 12;

/** The fewest places after the point of cash: cents. */
export const MIN_CASH_DECIMALS = 2;

/**
 * Decimals are scaled to integers up to 2^51. Above it the rounded product of a double and a power of
 * ten may miss the right integer by one.
 */
export const MAX_SCALED = 2 ** 51;

/** Why a table of symbols cannot be traded. */
export type InstrumentErrorCode =
  | "invalid-size"
  | "too-many-decimals"
  | "duplicate-symbol"
  | "cash-decimals";

/** A table of symbols or sizes that cannot be held in integers. */
export class InstrumentError extends RangeError {
  readonly code: InstrumentErrorCode;

  constructor(code: InstrumentErrorCode, message: string) {
    super(`${message} (${code})`);
    this.name = "InstrumentError";
    this.code = code;
  }
}

/**
 * The integer `m` for which `value` is the decimal `m / 10 ** decimals`, or null when there is none
 * or its size exceeds {@link MAX_SCALED}.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { scaledInteger } from "./instruments.ts";
 * assert.equal(scaledInteger(189.57, 2), 18957);
 * assert.equal(scaledInteger(189.575, 2), null);
 * ```
 */
export function scaledInteger(value: number, decimals: number): number | null {
  return scaledBy(value, 10 ** decimals);
}

function scaledBy(value: number, scale: number): number | null {
  const scaled = Math.round(value * scale);
  // NaN and infinities fail the comparison with MAX_SCALED.
  if (!(Math.abs(scaled) <= MAX_SCALED) || value !== scaled / scale) return null;
  return scaled;
}

/** A size as an integer and the least number of decimals that makes it one. */
interface Size {
  readonly integer: number;
  readonly decimals: number;
  /** `10 ** decimals`. */
  readonly scale: number;
}

function sizeOf(value: number, symbol: string, name: string): Size {
  if (!Number.isFinite(value) || value <= 0) {
    throw new InstrumentError(
      "invalid-size",
      `Cannot trade "${symbol}": ${name} ${value} is no positive number`,
    );
  }
  for (let decimals = 0; decimals <= MAX_SIZE_DECIMALS; decimals++) {
    const integer = scaledInteger(value, decimals);
    if (integer !== null && integer > 0) return { integer, decimals, scale: 10 ** decimals };
  }
  throw new InstrumentError(
    "invalid-size",
    `Cannot trade "${symbol}": ${name} ${value} has more than ${MAX_SIZE_DECIMALS} places or is too large`,
  );
}

/** What one tick of one lot is worth, as an integer and the least decimals that make it one. */
function tickLotOf(spec: SymbolSpec): { readonly integer: bigint; readonly decimals: number } {
  const tick = sizeOf(spec.tickSize, spec.symbol, "tick size");
  const lot = sizeOf(spec.lotSize, spec.symbol, "lot size");
  let integer = BigInt(tick.integer) * BigInt(lot.integer);
  let decimals = tick.decimals + lot.decimals;
  while (decimals > 0 && integer % 10n === 0n) {
    integer /= 10n;
    decimals--;
  }
  return { integer, decimals };
}

/**
 * The least number of decimals, at least {@link MIN_CASH_DECIMALS}, with which one tick of one lot of
 * every symbol is a whole number of cash units.
 *
 * @throws {InstrumentError} (a RangeError) for a size with more than {@link MAX_SIZE_DECIMALS} places,
 * or when more than {@link MAX_CASH_DECIMALS} would be needed
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { cashDecimalsFor } from "./instruments.ts";
 * assert.equal(cashDecimalsFor([{ symbol: "AAPL", tickSize: 0.01, lotSize: 1 }]), 2);
 * assert.equal(cashDecimalsFor([{ symbol: "BTCUSDT", tickSize: 0.01, lotSize: 0.00001 }]), 7);
 * ```
 */
export function cashDecimalsFor(symbols: readonly SymbolSpec[]): number {
  let needed = MIN_CASH_DECIMALS;
  for (const spec of symbols) {
    const { decimals } = tickLotOf(spec);
    if (decimals > MAX_CASH_DECIMALS) {
      throw new InstrumentError(
        "too-many-decimals",
        `Cannot count cash for "${spec.symbol}": tick size times lot size has ${decimals} places, ` +
          `at most ${MAX_CASH_DECIMALS} are possible`,
      );
    }
    needed = Math.max(needed, decimals);
  }
  return needed;
}

/** A tradable symbol with its sizes, and the way from decimals to integers. */
export class Instrument {
  /** Ticker. */
  readonly symbol: string;
  /** Its place in the table of symbols, from 0. */
  readonly index: number;
  /** Decimal: prices are whole multiples of it. */
  readonly tickSize: number;
  /** Decimal: quantities are whole multiples of it. */
  readonly lotSize: number;
  /** Cash units that one tick of one lot is worth. */
  readonly unitsPerTickLot: number;
  /** The highest price, in ticks. */
  readonly maxTicks: number;
  /** The largest quantity of one order, in lots. */
  readonly maxLots: number;
  readonly #tick: Size;
  readonly #lot: Size;

  /** Fixes its scales. @throws {InstrumentError} for sizes that `cashDecimals` cannot hold */
  constructor(
    spec: SymbolSpec,
    options: { readonly index: number; readonly cashDecimals: number },
  ) {
    this.symbol = spec.symbol;
    this.index = options.index;
    this.tickSize = spec.tickSize;
    this.lotSize = spec.lotSize;
    this.#tick = sizeOf(spec.tickSize, spec.symbol, "tick size");
    this.#lot = sizeOf(spec.lotSize, spec.symbol, "lot size");
    this.maxTicks = Math.min(MAX_PRICE_TICKS, Math.floor(MAX_SCALED / this.#tick.integer));
    this.maxLots = Math.min(MAX_QUANTITY_LOTS, Math.floor(MAX_SCALED / this.#lot.integer));
    this.unitsPerTickLot = unitsPerTickLot(spec, options.cashDecimals);
  }

  /** A decimal price in ticks; null when it is off the tick, not positive or too high. */
  priceToTicks(price: number): number | null {
    return wholeMultiples(price, this.#tick, this.maxTicks);
  }

  /** Ticks as the decimal that {@link priceToTicks} takes back. */
  ticksToPrice(ticks: number): number {
    return ticks * this.#tick.integer / this.#tick.scale;
  }

  /** A decimal quantity in lots; null when it is off the lot, not positive or too large. */
  quantityToLots(quantity: number): number | null {
    return wholeMultiples(quantity, this.#lot, this.maxLots);
  }

  /** Lots as the decimal that {@link quantityToLots} takes back. */
  lotsToQuantity(lots: number): number {
    return lots * this.#lot.integer / this.#lot.scale;
  }
}

function wholeMultiples(value: number, size: Size, max: number): number | null {
  const scaled = scaledBy(value, size.scale);
  if (scaled === null || scaled <= 0 || scaled % size.integer !== 0) return null;
  const count = scaled / size.integer;
  return count <= max ? count : null;
}

function unitsPerTickLot(spec: SymbolSpec, cashDecimals: number): number {
  const { integer, decimals } = tickLotOf(spec);
  const units = decimals > cashDecimals ? null : integer * 10n ** BigInt(cashDecimals - decimals);
  if (units === null || units > BigInt(MAX_SCALED)) {
    throw new InstrumentError(
      "cash-decimals",
      `Cannot trade "${spec.symbol}": one tick of one lot is no whole number of cash units with ` +
        `${cashDecimals} decimals, or too large a one`,
    );
  }
  return Number(units);
}

/**
 * The symbols of a floor and its cash.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { Instruments } from "./instruments.ts";
 * const instruments = new Instruments({
 *   symbols: [{ symbol: "AAPL", tickSize: 0.01, lotSize: 1 }],
 *   cashDecimals: 2,
 * });
 * const aapl = instruments.get("AAPL")!;
 * assert.equal(aapl.priceToTicks(189.57), 18957);
 * assert.equal(aapl.priceToTicks(189.575), null);
 * assert.equal(instruments.cashToUnits(10.5), 1050);
 * ```
 */
export class Instruments {
  /** In the order of the parameters; an instrument's `index` is its place here. */
  readonly list: readonly Instrument[];
  /** Cash is counted in units of `10 ** -cashDecimals`. */
  readonly cashDecimals: number;
  readonly #bySymbol: ReadonlyMap<string, Instrument>;

  /** Makes them once. @throws {InstrumentError} for a symbol named twice and for sizes that cannot be held */
  constructor(parameters: Pick<FloorParameters, "symbols" | "cashDecimals">) {
    const { symbols, cashDecimals } = parameters;
    if (!Number.isInteger(cashDecimals) || cashDecimals < 0 || cashDecimals > MAX_CASH_DECIMALS) {
      throw new InstrumentError(
        "cash-decimals",
        `Cannot count cash: ${cashDecimals} decimals are not within 0 and ${MAX_CASH_DECIMALS}`,
      );
    }
    this.cashDecimals = cashDecimals;
    this.list = symbols.map((spec, index) => new Instrument(spec, { index, cashDecimals }));
    this.#bySymbol = new Map(this.list.map((instrument) => [instrument.symbol, instrument]));
    if (this.#bySymbol.size !== this.list.length) {
      const twice = symbols.find((spec, i) =>
        symbols.findIndex((s) => s.symbol === spec.symbol) < i
      );
      throw new InstrumentError(
        "duplicate-symbol",
        `Cannot list symbols: "${twice?.symbol}" is there twice`,
      );
    }
  }

  /** The instrument of a symbol, where it is listed. */
  get(symbol: string): Instrument | undefined {
    return this.#bySymbol.get(symbol);
  }

  /** Decimal cash in units; null when it has more decimals, is negative, or is no finite number. */
  cashToUnits(cash: number): number | null {
    const units = scaledInteger(cash, this.cashDecimals);
    return units === null || units < 0 ? null : units + 0;
  }

  /** Units (negative ones too) as decimal cash. */
  unitsToCash(units: number): number {
    return units / 10 ** this.cashDecimals;
  }
}
