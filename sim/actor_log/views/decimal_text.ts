/**
 * Whole numbers of ticks, lots and cash units as exact decimal texts.
 *
 * @module
 */

/**
 * An integer of units of `10 ** -decimals` as a decimal with so many places, exact to the last one.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { decimalText } from "./decimal_text.ts";
 * assert.equal(decimalText(18950, 2), "189.50");
 * assert.equal(decimalText(-5, 2), "-0.05");
 * ```
 */
export function decimalText(integer: number, decimals: number): string {
  // By digits, since a quotient of doubles loses the last places of large sums.
  const digits = BigInt(Math.abs(integer)).toString().padStart(decimals + 1, "0");
  const sign = integer < 0 ? "-" : "";
  if (decimals === 0) return sign + digits;
  return `${sign}${digits.slice(0, -decimals)}.${digits.slice(-decimals)}`;
}

/** A decimal text without zeros at its end: `0.500` as `0.5`, `10.0` as `10`. */
export function trimmed(decimal: string): string {
  return decimal.includes(".") ? decimal.replace(/\.?0+$/, "") : decimal;
}

/** A decimal text with its thousands set apart: `10000.00` as `10,000.00`. */
export function grouped(decimal: string): string {
  const point = decimal.indexOf(".");
  const whole = point < 0 ? decimal : decimal.slice(0, point);
  return whole.replace(/\B(?=(\d{3})+$)/g, ",") + decimal.slice(whole.length);
}
