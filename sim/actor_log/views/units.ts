/**
 * Prices, quantities and cash of a floor as people write them.
 *
 * @module
 */

import { Instruments, MAX_SIZE_DECIMALS, scaledInteger } from "../../../actors/instruments.ts";
import type { FloorParameters } from "../../../kafka/messages/mod.ts";
import { decimalText, grouped, trimmed } from "./decimal_text.ts";

/** How a floor's integers are written: exact decimals, without thousands set apart. */
export interface PlainUnits {
  /** What the floor was opened with. */
  readonly parameters: FloorParameters;
  /** Its symbols. */
  readonly instruments: Instruments;
  /** A price with the places of its symbol's tick: `189.50`. */
  price(symbol: string, ticks: number): string;
  /** A quantity: `10`, `0.005`. */
  quantity(symbol: string, lots: number): string;
  /** Cash with the floor's places: `10000.00`. */
  cash(units: number): string;
}

/** As {@link PlainUnits}, with thousands set apart, as sentences have them: `10,000.00`. */
export interface Units extends PlainUnits {
  /** Without thousands set apart. */
  readonly plain: PlainUnits;
}

interface Scale {
  /** The tick or lot size as an integer of `10 ** -decimals`. */
  readonly integer: number;
  readonly decimals: number;
}

const known = new WeakMap<FloorParameters, Units>();

/**
 * The units of a floor; made once for the same object. A symbol that the floor does not list has its
 * ticks and lots named as such.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { DEFAULT_GATEWAY_LIMITS } from "../../../kafka/messages/mod.ts";
 * import { unitsOf } from "./units.ts";
 * const units = unitsOf({
 *   foldVersions: {}, partitions: {}, cashDecimals: 2, limits: DEFAULT_GATEWAY_LIMITS,
 *   symbols: [{ symbol: "AAPL", tickSize: 0.01, lotSize: 1 }],
 * });
 * assert.equal(units.price("AAPL", 18950), "189.50");
 * assert.equal(units.cash(1_000_000), "10,000.00");
 * assert.equal(units.plain.cash(1_000_000), "10000.00");
 * ```
 */
export function unitsOf(parameters: FloorParameters): Units {
  const made = known.get(parameters);
  if (made !== undefined) return made;
  const plain = plainUnits(parameters);
  const units: Units = {
    ...plain,
    plain,
    price: (symbol, ticks) => grouped(plain.price(symbol, ticks)),
    quantity: (symbol, lots) => grouped(plain.quantity(symbol, lots)),
    cash: (amount) => grouped(plain.cash(amount)),
  };
  known.set(parameters, units);
  return units;
}

function plainUnits(parameters: FloorParameters): PlainUnits {
  const { symbols, cashDecimals } = parameters;
  const ticks = new Map(symbols.map(({ symbol, tickSize }) => [symbol, scaleOf(tickSize)]));
  const lots = new Map(symbols.map(({ symbol, lotSize }) => [symbol, scaleOf(lotSize)]));
  return {
    parameters,
    instruments: new Instruments(parameters),
    price: (symbol, count) => scaled(ticks.get(symbol), count) ?? counted(count, "tick"),
    quantity(symbol, count) {
      const quantity = scaled(lots.get(symbol), count);
      return quantity === null ? counted(count, "lot") : trimmed(quantity);
    },
    cash: (amount) => decimalText(amount, cashDecimals),
  };
}

/** Cash units that so many lots cost at a price; 0 for a symbol that the floor does not list. */
export function costOf(
  units: Units,
  leg: { readonly symbol: string; readonly priceTicks: number; readonly quantityLots: number },
): number {
  const perTickLot = units.instruments.get(leg.symbol)?.unitsPerTickLot ?? 0;
  return leg.priceTicks * (leg.quantityLots * perTickLot);
}

/** A size as an integer and the fewest places that make it one. */
function scaleOf(size: number): Scale {
  for (let decimals = 0; decimals <= MAX_SIZE_DECIMALS; decimals++) {
    const integer = scaledInteger(size, decimals);
    if (integer !== null && integer > 0) return { integer, decimals };
  }
  throw new RangeError(`Cannot write prices: size ${size} has too many places`);
}

function scaled(scale: Scale | undefined, count: number): string | null {
  return scale === undefined ? null : decimalText(count * scale.integer, scale.decimals);
}

function counted(count: number, one: string): string {
  return `${count} ${one}${count === 1 ? "" : "s"}`;
}

/** A decimal price of a tick size and a count of ticks: what a ladder's level is called. */
export function priceOfTicks(tickSize: number, ticks: number): string {
  const { integer, decimals } = scaleOf(tickSize);
  return decimalText(ticks * integer, decimals);
}
