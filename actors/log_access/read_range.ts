/**
 * The records of one partition, from one offset to another, without a group.
 *
 * @module
 */

import {
  type EventLog,
  EventLogError,
  type LogRecord,
  type TopicPartition,
} from "../../kafka/event_log.ts";

/** How long one poll waits for records that are known to exist. */
const POLL_TIMEOUT_MS = 5_000;

/**
 * How long records that are known to exist are waited for in all: as long as a log that is away is
 * waited for by whoever publishes.
 */
export const READ_PATIENCE_MS = 120_000;

/**
 * Reads `[from, to)`, or what of it is there when it starts; without bounds, all that is there. Records
 * that are there and do not come are never taken for the end.
 *
 * @throws {EventLogError} `unknown-topic`, `offset-out-of-range`; `log-unavailable` when records that
 * exist do not come for {@link READ_PATIENCE_MS}
 */
export async function* readRange(
  log: EventLog,
  partition: TopicPartition,
  range: { readonly from?: number; readonly to?: number; readonly maxRecords?: number } = {},
): AsyncGenerator<LogRecord> {
  for await (const records of readBatches(log, partition, range)) {
    for (const record of records) yield record;
  }
}

/**
 * As {@link readRange}, as many records at a time as came at once; never none. With `isReleasing` their
 * memory is given back when the next are asked for: nothing of them may be looked at any more then.
 */
export async function* readBatches(
  log: EventLog,
  { topic, partition }: TopicPartition,
  range: {
    readonly from?: number;
    readonly to?: number;
    readonly maxRecords?: number;
    readonly isReleasing?: boolean;
  } = {},
): AsyncGenerator<readonly LogRecord[]> {
  const [description] = await log.describeTopics([topic]);
  const bounds = description?.offsets[partition];
  const to = Math.min(range.to ?? Infinity, bounds?.end ?? 0);
  const from = Math.max(range.from ?? 0, bounds?.start ?? 0);
  if (from >= to) return;
  const reader = log.openReader([{ topic, partition, offset: from }]);
  try {
    let waitedMs = 0;
    for (let position = from; position < to;) {
      const [batch] = await reader.poll({
        timeoutMs: POLL_TIMEOUT_MS,
        maxRecords: range.maxRecords ?? 2_000,
      });
      if (batch === undefined) {
        // The reader may have come past records that compaction took away.
        const at = reader.positions[0]?.offset ?? position;
        waitedMs = at > position ? 0 : waitedMs + POLL_TIMEOUT_MS;
        position = at;
        if (waitedMs >= READ_PATIENCE_MS) throw missing({ topic, partition }, position, to);
        continue;
      }
      waitedMs = 0;
      const { records, nextOffset } = batch;
      const wanted = nextOffset <= to ? records : records.filter(({ offset }) => offset < to);
      if (wanted.length > 0) yield wanted;
      if (range.isReleasing === true) batch.release?.();
      position = nextOffset;
    }
  } finally {
    reader.close();
  }
}

function missing({ topic, partition }: TopicPartition, from: number, to: number): EventLogError {
  return new EventLogError(
    "log-unavailable",
    `Cannot read "${topic}"/${partition} from ${from} to ${to}: the records have not come for ` +
      `${READ_PATIENCE_MS} ms`,
    { retriable: true },
  );
}
