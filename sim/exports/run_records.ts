/**
 * The records of some topics of a run, one after another, each said once.
 *
 * @module
 */

import type { ActorLog } from "../actor_log/actor_log.ts";
import type { ReadRecord } from "../actor_log/step.ts";
import type { TopicName } from "../../kafka/topics.ts";
import { firstTimes } from "./first_times.ts";

/** How an export is watched and ended. */
export interface ExportWatch {
  /** Ends it; what was given until then is not all. */
  readonly signal: AbortSignal;
  /** Told now and then how far it has come: of how many entries of the run's order. */
  readonly onProgress: (done: number, all: number) => void;
}

/** Progress is told every so many entries. */
export const PROGRESS_ENTRIES = 2_000;

/** In the run's order, without repeats and without bytes that are no message. */
export async function* runRecords(
  log: ActorLog,
  topics: readonly TopicName[],
  { signal, onProgress }: ExportWatch,
): AsyncGenerator<ReadRecord> {
  const { index, run } = log;
  const isFirst = firstTimes();
  const partitions = topics.flatMap((topic) =>
    Array.from({ length: run.parameters.partitions[topic] ?? 0 }, (_, partition) => ({
      topic,
      partition,
    }))
  );
  let seen = 0;
  const wanted = { from: 0, direction: "forward", partitions, events: false } as const;
  for (const entry of index.entries(wanted)) {
    signal.throwIfAborted();
    if (++seen % PROGRESS_ENTRIES === 0) onProgress(entry.rank, index.length);
    if (entry.kind !== "record") continue;
    const record = await log.record(entry.place);
    if (record.message !== null && isFirst(record.place, record.message)) yield record;
  }
}
