/**
 * Reads a partition from its start to a given end.
 *
 * @module
 */

import type { EventLog, LogRecord } from "../../kafka/event_log.ts";

/** Records asked for at once. */
const READ_RECORDS = 1_000;

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

/**
 * The records of a range, in the portions in which they were fetched.
 *
 * @throws {Error} when the log does not hand over records that it says it has
 */
export async function* readPartition(
  log: EventLog,
  range: PartitionRange,
): AsyncGenerator<readonly LogRecord[]> {
  const { topic, partition, start, end } = range;
  if (start >= end) return;
  const reader = log.openReader([{ topic, partition, offset: start }]);
  try {
    let next = start;
    let emptyPolls = 0;
    while (next < end) {
      const batches = await reader.poll({ timeoutMs: POLL_TIMEOUT_MS, maxRecords: READ_RECORDS });
      emptyPolls = batches.length === 0 ? emptyPolls + 1 : 0;
      if (emptyPolls >= MAX_EMPTY_POLLS) {
        throw new Error(
          `Cannot read ${topic}/${partition}: it ends at ${end}, but nothing comes after ${next}`,
        );
      }
      for (const batch of batches) {
        next = Math.max(next, batch.nextOffset);
        yield batch.records.filter((record) => record.offset >= start && record.offset < end);
      }
    }
  } finally {
    reader.close();
  }
}
