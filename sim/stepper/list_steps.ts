/**
 * Steps one after another, for those who read them as lines. Nothing of a run is kept but the entry that
 * is being told.
 *
 * @module
 */

import type { ActorLog, EntryFilter } from "../actor_log/actor_log.ts";
import type { Entry } from "../actor_log/step.ts";

/** Which entries are listed. */
export interface StepsWanted {
  /** The first and the last rank, both included. */
  readonly from: number;
  readonly to: number;
  readonly filter: EntryFilter;
  /** At most so many entries; null: all. */
  readonly limit: number | null;
  readonly signal?: AbortSignal;
}

/** The entries that are wanted, in the run's order. */
export async function* entriesWanted(
  log: ActorLog,
  { from, to, filter, limit, signal }: StepsWanted,
): AsyncGenerator<Entry> {
  let told = 0;
  for await (
    const entry of log.entries({
      from,
      direction: "forward",
      filter,
      ...(signal === undefined ? {} : { signal }),
    })
  ) {
    if (entry.rank > to) return;
    yield entry;
    if (++told === limit) return;
  }
}
