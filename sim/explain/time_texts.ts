/**
 * Times in a run, as stories have them.
 *
 * @module
 */

import { grouped } from "../actor_log/views/decimal_text.ts";

/** Milliseconds since the run's start: `+1,204.5 ms`. */
export function sinceStart(at: number, startedAt: number): string {
  return `${signed(at - startedAt)} ms`;
}

/** Milliseconds since a cause: `+0.3`. */
export function sinceCause(ms: number): string {
  return signed(ms);
}

function signed(ms: number): string {
  const tenths = Math.abs(ms).toFixed(1);
  return `${ms < 0 ? "-" : "+"}${grouped(tenths)}`;
}
