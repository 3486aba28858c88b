/**
 * Reads a partition from its start to a given end.
 *
 * @module
 */

import type { EventLog, LogRecord } from "../../kafka/event_log.ts";

/** Records asked for at once. With a thousand it is no faster, and ten megabytes more are in use. */
const READ_RECORDS = 300;

/** How long one poll waits for records that the log says are there. */
const POLL_TIMEOUT_MS = 2_000;

/** So many polls in a row may bring nothing. */
const MAX_EMPTY_POLLS = 10;

/** A range of a partition's offsets. */
export interface PartitionRange {
  readonly topic: string;
  readonly partition: number;
  readonly start: number;
  /** Exclusive. */
  readonly end: number;
}

/** Records that were fetched together. */
export interface Portion {
  readonly records: readonly LogRecord[];
  /** Gives their memory back: nothing of them may be looked at afterwards. */
  readonly release: () => void;
}

/**
 * The records of a range, in the portions in which they were fetched.
 *
 * @throws {Error} when the log does not hand over records that it says it has
 */
export async function* readPartition(
  log: EventLog,
  range: PartitionRange,
): AsyncGenerator<readonly LogRecord[]> {
  for await (const { records } of readPortions(log, range)) yield records;
}

/** As {@link readPartition}, for whoever gives memory back. Errors as there. */
export async function* readPortions(
  log: EventLog,
  range: PartitionRange,
  { maxRecords = READ_RECORDS }: { readonly maxRecords?: number } = {},
): AsyncGenerator<Portion> {
  const { topic, partition, start, end } = range;
  if (start >= end) return;
  const reader = log.openReader([{ topic, partition, offset: start }]);
  try {
    let next = start;
    let emptyPolls = 0;
    while (next < end) {
      const batches = await reader.poll({ timeoutMs: POLL_TIMEOUT_MS, maxRecords });
      emptyPolls = batches.length === 0 ? emptyPolls + 1 : 0;
      if (emptyPolls >= MAX_EMPTY_POLLS) {
        throw new Error(
          `Cannot read ${topic}/${partition}: it ends at ${end}, but nothing comes after ${next}`,
        );
      }
      for (const batch of batches) {
        next = Math.max(next, batch.nextOffset);
        const records = batch.records.filter(({ offset }) => offset >= start && offset < end);
        yield { records, release: () => batch.release?.() };
      }
    }
  } finally {
    reader.close();
  }
}
