/**
 * Lengths of time as people write them: `500ms`, `3s`, `1.5m`, or plain milliseconds.
 *
 * @module
 */

const UNIT_MS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };

const DURATION = /^(\d+(?:\.\d+)?)(ms|s|m|h)$/;

/** What a duration may look like, for messages. */
export const DURATION_FORM = `milliseconds, or a text such as "500ms", "3s" or "2m"`;

/**
 * Milliseconds of a duration, or null when it is none. Negative and infinite ones are none.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { parseDuration } from "./duration.ts";
 * assert.equal(parseDuration("1.5s"), 1_500);
 * assert.equal(parseDuration(250), 250);
 * assert.equal(parseDuration("soon"), null);
 * ```
 */
export function parseDuration(duration: string | number): number | null {
  if (typeof duration === "number") {
    return Number.isFinite(duration) && duration >= 0 ? duration : null;
  }
  const match = DURATION.exec(duration.trim());
  if (match === null) return null;
  const unitMs = UNIT_MS[match[2]!]!;
  const ms = Number(match[1]) * unitMs;
  return Number.isFinite(ms) ? ms : null;
}

/** A duration in the largest unit that spells it shortly: `12 ms`, `3.4 s`, `2 m 05 s`. */
export function formatDuration(ms: number): string {
  if (ms < 1_000) return `${trimmed(ms, 0)} ms`;
  // 59,950 ms and more would be rounded up to "60.0 s".
  if (ms < 59_950) return `${trimmed(ms / 1_000, 1)} s`;
  const seconds = Math.round(ms / 1_000);
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} m ${pad(seconds % 60)} s`;
  return `${Math.floor(minutes / 60)} h ${pad(minutes % 60)} m`;
}

function trimmed(value: number, places: number): string {
  return value.toFixed(places).replace(/\.0$/, "");
}

function pad(value: number): string {
  return String(value).padStart(2, "0");
}
