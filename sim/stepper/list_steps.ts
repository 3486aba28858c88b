/**
 * Steps one after another, for those who read them as lines. Nothing of a run is kept but the entry that
 * is being told.
 *
 * @module
 */

import type { ActorLog, EntryFilter } from "../actor_log/actor_log.ts";
import type { Entry } from "../actor_log/step.ts";
import { formatFilter } from "./model/filter_text.ts";

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
  const isEverything = formatFilter(filter) === "";
  let told = 0;
  for (let rank = from; rank <= to && (limit === null || told < limit); rank++) {
    if (signal?.aborted === true) return;
    const entry = isEverything ? await log.entry(rank) : await log.find({
      from: rank,
      direction: "forward",
      filter,
      ...(signal === undefined ? {} : { signal }),
    });
    if (entry === null || entry.rank > to) return;
    rank = entry.rank;
    told++;
    yield entry;
  }
}
