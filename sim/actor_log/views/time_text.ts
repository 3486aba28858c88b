/**
 * Times as sentences have them: UTC, to the millisecond.
 *
 * @module
 */

/** What a `Date` can hold. */
const MAX_DATE_MS = 8.64e15;

/**
 * A time of day, `12:00:01.234`, of milliseconds since the epoch. A number that is no date, which a
 * client may claim, is written as such.
 */
export function clockTime(ms: number): string {
  return isDate(ms) ? new Date(ms).toISOString().slice(11, 23) : `${ms} ms`;
}

/** A date and time, `2026-11-22T12:00:01.234Z`. */
export function dateTime(ms: number): string {
  return isDate(ms) ? new Date(ms).toISOString() : `${ms} ms`;
}

function isDate(ms: number): boolean {
  return Math.abs(ms) <= MAX_DATE_MS;
}

/** A span: `200 ms`, `1.5 s`, `60 s`, `10 min`. */
export function span(ms: number): string {
  if (ms < 1_000) return `${rounded(ms)} ms`;
  return ms < 600_000 ? `${rounded(ms / 1_000)} s` : `${rounded(ms / 60_000)} min`;
}

/** With two places at most. */
function rounded(value: number): number {
  return Math.round(value * 100) / 100;
}
