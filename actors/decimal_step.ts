/**
 * Whole numbers of ticks or lots as the decimals that travel on the wire, and back, without a
 * rounding error: 1899 ticks of 0.1 are 189.9 and not 189.90000000000001.
 *
 * @module
 */

/** A tick or lot size as a fraction of whole numbers: `units / scale`, `scale` a power of ten. */
export interface DecimalStep {
  readonly units: number;
  readonly scale: number;
}

/** Sizes have at most so many decimal places. */
export const MAX_STEP_DECIMALS = 8;

/**
 * @throws {RangeError} for a size that is not positive or has more than {@link MAX_STEP_DECIMALS}
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { decimalStep, nearestCount, toDecimal } from "./decimal_step.ts";
 * const tick = decimalStep(0.05);
 * assert.deepEqual(tick, { units: 5, scale: 100 });
 * assert.equal(toDecimal(3, tick), 0.15);
 * assert.equal(nearestCount(0.16, tick), 3);
 * ```
 */
export function decimalStep(size: number): DecimalStep {
  if (Number.isFinite(size) && size > 0) {
    for (let places = 0, scale = 1; places <= MAX_STEP_DECIMALS; places++, scale *= 10) {
      const units = Math.round(size * scale);
      if (Number.isSafeInteger(units) && units > 0 && units / scale === size) {
        return { units, scale };
      }
    }
  }
  throw new RangeError(
    `Cannot use ${size} as a step: it must be positive, with at most ${MAX_STEP_DECIMALS} decimals`,
  );
}

/** `count` steps as the nearest double to their decimal value. */
export function toDecimal(count: number, step: DecimalStep): number {
  return (count * step.units) / step.scale;
}

/** The whole number of steps nearest to `value`. */
export function nearestCount(value: number, step: DecimalStep): number {
  return Math.round((value * step.scale) / step.units);
}
