/**
 * Times of a run, told from its start.
 *
 * @module
 */

/**
 * Milliseconds since a run's start as they are read: `+1.203 s`, `+2:05.500`, `+1:02:05.500`.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { formatSince } from "./since.ts";
 * assert.equal(formatSince(1_203), "+1.203 s");
 * assert.equal(formatSince(125_500), "+2:05.500");
 * assert.equal(formatSince(-4), "-0.004 s");
 * ```
 */
export function formatSince(ms: number): string {
  const whole = Math.round(Math.abs(ms));
  const sign = ms < 0 && whole > 0 ? "-" : "+";
  const fraction = String(whole % 1000).padStart(3, "0");
  const seconds = Math.floor(whole / 1000);
  if (seconds < 60) return `${sign}${seconds}.${fraction} s`;
  const minutes = Math.floor(seconds / 60);
  const rest = `${two(seconds % 60)}.${fraction}`;
  if (minutes < 60) return `${sign}${minutes}:${rest}`;
  return `${sign}${Math.floor(minutes / 60)}:${two(minutes % 60)}:${rest}`;
}

function two(value: number): string {
  return String(value).padStart(2, "0");
}

/** A stamp as a time in UTC: `2026-03-01 09:30:01.250`. What is no time of the calendar stays a number. */
export function formatUtc(timestamp: number): string {
  const date = new Date(timestamp);
  if (Number.isNaN(date.getTime())) return String(timestamp);
  return date.toISOString().replace("T", " ").replace("Z", "");
}
