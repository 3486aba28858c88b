/**
 * What a trade costs, in whole cash units.
 *
 * @module
 */

import type { SymbolSpec } from "../../kafka/messages/mod.ts";

/**
 * The most cash units that one tick of price times one lot may cost: 2^25. With prices up to 2^27
 * ticks one lot then costs at most 2^52 units, an integer that a double holds exactly.
 */
export const MAX_UNITS_PER_TICK_LOT = 2 ** 25;

/** Decimal places that tick and lot sizes may have. */
const SIZE_DECIMALS = 8;

/**
 * Cash units that one tick of price times one lot costs: `tickSize × lotSize × 10^cashDecimals`,
 * worked out in decimal, never in floating point.
 *
 * @throws {RangeError} when it is not a whole number from 1 to {@link MAX_UNITS_PER_TICK_LOT}
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { unitsPerTickLot } from "./cash_units.ts";
 * assert.equal(unitsPerTickLot({ symbol: "AAPL", tickSize: 0.05, lotSize: 10 }, 2), 50);
 * ```
 */
export function unitsPerTickLot(spec: SymbolSpec, cashDecimals: number): number {
  const size = scaled(spec, "tickSize") * scaled(spec, "lotSize") * 10n ** BigInt(cashDecimals);
  const scale = 10n ** BigInt(2 * SIZE_DECIMALS);
  const units = size / scale;
  if (size % scale !== 0n || units > BigInt(MAX_UNITS_PER_TICK_LOT)) {
    throw new RangeError(
      `Cannot trade ${spec.symbol}: one tick times one lot is ${spec.tickSize} x ${spec.lotSize}, ` +
        `which is not a whole number of cash units from 1 to ${MAX_UNITS_PER_TICK_LOT} ` +
        `at ${cashDecimals} decimals`,
    );
  }
  return Number(units);
}

function scaled(spec: SymbolSpec, name: "tickSize" | "lotSize"): bigint {
  const size = spec[name];
  const text = size.toFixed(SIZE_DECIMALS);
  if (!(size > 0 && size < 1e21) || Number(text) !== size) {
    throw new RangeError(
      `Cannot trade ${spec.symbol}: ${name} ${size} is not a positive decimal ` +
        `of at most ${SIZE_DECIMALS} places`,
    );
  }
  return BigInt(text.replace(".", ""));
}
