/**
 * Records and batches with something changed. What a log gives may be anything with the right fields, so
 * each is named.
 *
 * @module
 */

import type { FetchedBatch, LogRecord } from "../../../kafka/event_log.ts";

/** The record with another text. */
export function withText(record: LogRecord, text: string): LogRecord {
  return { ...withBytes(record, new TextEncoder().encode(text)), text };
}

/** The record with bytes that are no text. */
export function withBytes(record: LogRecord, value: Uint8Array): LogRecord {
  const { topic, partition, offset, timestamp, key, headers } = record;
  return { topic, partition, offset, timestamp, key, headers, value, text: null };
}

/** The batch with other records of the same range, or more behind it. */
export function withBatchRecords(
  batch: FetchedBatch,
  records: readonly LogRecord[],
  nextOffset = batch.nextOffset,
): FetchedBatch {
  const { topic, partition, endOffset } = batch;
  return { topic, partition, endOffset, records, nextOffset };
}
