/**
 * Opens the index of a run, if it is one of the run as it is now.
 *
 * @module
 */

import type { EventLog } from "../../../kafka/event_log.ts";
import { type IndexFacts, openIndexDatabase } from "./index_file.ts";
import { IndexRows } from "./index_rows.ts";
import { lanesOf, type LaneTable } from "./lanes.ts";
import { formatPartition } from "../record_place.ts";
import { RunIndexError } from "./run_index_error.ts";
import { StoredRunIndex } from "./stored_run_index.ts";

/** What an index is opened for. */
export interface OpenIndexOptions {
  readonly log: EventLog;
  /** The path of the run's runtime events; null when it keeps none. */
  readonly events: string | null;
  /**
   * Whether an index is right too when the run only has gone on since: it then is of what had happened
   * until it was made. Default false.
   */
  readonly grown?: boolean;
}

/**
 * Opens the index in a file.
 *
 * @throws {RunIndexError} `missing`, `damaged`, `version`; `stale` when the run has gone on since, or is
 * another one
 */
export async function openRunIndex(
  file: string,
  { log, events, grown = false }: OpenIndexOptions,
): Promise<StoredRunIndex> {
  const table = await lanesOf(log);
  const eventBytes = await bytesOfEvents(events);
  const { database, facts, bytes } = openIndexDatabase(file);
  const rows = new IndexRows(database, file);
  try {
    const why = otherThan(facts, table) ?? changedSince(facts, { table, eventBytes, grown });
    if (why !== null) {
      throw new RunIndexError("stale", `Cannot use the index ${file}: ${why}`);
    }
    return new StoredRunIndex(rows, facts, bytes);
  } catch (error) {
    rows.close();
    throw error;
  }
}

/** The size of a run's file of runtime events; 0 when it has none. */
export async function bytesOfEvents(events: string | null): Promise<number> {
  if (events === null) return 0;
  return await Deno.stat(events).then(({ size }) => size, (error) => {
    if (error instanceof Deno.errors.NotFound) return 0;
    throw error;
  });
}

/** How the run is another one than that of the index, or null. */
function otherThan({ lanes: before }: IndexFacts, { lanes }: LaneTable): string | null {
  if (before.length !== lanes.length) {
    return `the run has ${lanes.length} partitions, and had ${before.length} when it was made`;
  }
  const isSame = lanes.every((lane, number) =>
    formatPartition(lane) === formatPartition(before[number]!) &&
    lane.start === before[number]!.start
  );
  return isSame ? null : "it is of another run than this one";
}

/** How the run has become longer or shorter since, or null. With `grown` it may be longer. */
function changedSince(
  { lanes: before, eventBytes: bytesBefore }: IndexFacts,
  now: { readonly table: LaneTable; readonly eventBytes: number; readonly grown: boolean },
): string | null {
  const isRight = (then: number, end: number) => end === then || (now.grown && end > then);
  for (const [number, lane] of now.table.lanes.entries()) {
    const { end } = before[number]!;
    if (isRight(end, lane.end)) continue;
    const how = lane.end > end
      ? "the run has gone on since it was made"
      : "the run has fewer records than when it was made";
    return `${how}: ${formatPartition(lane)} ended at offset ${end}, and now ends at ${lane.end}`;
  }
  return isRight(bytesBefore, now.eventBytes)
    ? null
    : `the run's runtime events had ${bytesBefore} bytes when it was made, and have ${now.eventBytes}`;
}
