/**
 * What a report says of a run in virtual time.
 *
 * @module
 */

import type { LogDigest } from "../digest/digest_log.ts";

/** Plain data. */
export interface VirtualFacts {
  /** When the run's time began. ISO time in UTC. */
  readonly startsAt: string;
  /** How long the machine took to play it, in milliseconds. */
  readonly wallMs: number;
  /** Events of the scheduler. */
  readonly events: number;
  /** Null: the user ended it early, at a moment that no seed decides. */
  readonly digest: LogDigest | null;
  /** Of the same played again; left out: it was not asked for. */
  readonly again?: LogDigest | null;
}

/** How many times faster than real time a run was played; null when it took no time to tell. */
export function speedOf(
  { wallMs }: Pick<VirtualFacts, "wallMs">,
  elapsedMs: number,
): number | null {
  return wallMs > 0 ? elapsedMs / wallMs : null;
}
