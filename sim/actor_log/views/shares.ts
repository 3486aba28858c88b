/**
 * Shares that an account begins with, in words.
 *
 * @module
 */

import type { Units } from "./units.ts";

/** Lots by symbol as quantities, `7 AAPL`, without those of which there are none. */
export function sharesOf(
  lotsBySymbol: Readonly<Record<string, number>>,
  units: Units,
): readonly string[] {
  return Object.entries(lotsBySymbol)
    .filter(([, lots]) => lots > 0)
    .map(([symbol, lots]) => `${units.quantity(symbol, lots)} ${symbol}`);
}
