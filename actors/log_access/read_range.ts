/**
 * The records of one partition, from one offset to another, without a group.
 *
 * @module
 */

import type { EventLog, LogRecord, TopicPartition } from "../../kafka/event_log.ts";

/** How long one poll waits for records that are known to exist. */
const POLL_TIMEOUT_MS = 5_000;

/**
 * Reads `[from, to)`; without bounds, all that is there when it starts.
 *
 * @throws {EventLogError} `unknown-topic`, `offset-out-of-range`
 */
export async function* readRange(
  log: EventLog,
  { topic, partition }: TopicPartition,
  range: { readonly from?: number; readonly to?: number; readonly maxRecords?: number } = {},
): AsyncGenerator<LogRecord> {
  const [description] = await log.describeTopics([topic]);
  const bounds = description?.offsets[partition];
  const to = Math.min(range.to ?? Infinity, bounds?.end ?? 0);
  const from = Math.max(range.from ?? 0, bounds?.start ?? 0);
  if (from >= to) return;
  const reader = log.openReader([{ topic, partition, offset: from }]);
  try {
    for (let position = from; position < to;) {
      const [batch] = await reader.poll({
        timeoutMs: POLL_TIMEOUT_MS,
        maxRecords: range.maxRecords ?? 2_000,
      });
      if (batch === undefined) return;
      for (const record of batch.records) {
        if (record.offset >= to) return;
        yield record;
      }
      position = batch.nextOffset;
    }
  } finally {
    reader.close();
  }
}
