/**
 * What one publish sends to one partition: checked, and copied from whatever its sender may change.
 *
 * @module
 */

import {
  EventLogError,
  type LogRecord,
  type RecordBatch,
  type RecordToPublish,
  type TopicSettings,
} from "../event_log.ts";
import { MAX_CARRIED_UNITS, MessageRecord } from "../carried_message.ts";
import { checkedSize, checkKey, stampsOf } from "../record_rules.ts";
import { MemoryRecord, type RecordOrigin } from "./memory_record.ts";

/** A batch of a partition, from its check on. */
export interface MemoryBatch {
  /** Its place and stamps, which its records look up here. */
  readonly origin: RecordOrigin;
  /** How many offsets it takes. */
  readonly span: number;
  /** In offset order; all of them until compaction takes some. */
  readonly records: readonly LogRecord[];
  /** Whether the log is to stamp it when it is appended. */
  readonly stampedByLog: boolean;
}

/**
 * The batch as it will be kept.
 * @throws {EventLogError} `publish-failed`, `record-too-large`
 */
export function prepareBatch(
  { partition, records }: RecordBatch,
  { settings, now, action }: {
    readonly settings: TopicSettings;
    readonly now: () => number;
    readonly action: string;
  },
): MemoryBatch {
  if (records.length === 0) {
    throw new EventLogError("publish-failed", `Cannot ${action}: the batch has no records`);
  }
  checkRecords(records, settings.cleanup === "compact", action);
  const stampedByLog = settings.timestampType === "log-append-time";
  const stamps = stampedByLog ? null : stampsOf(records, { now, action });
  const origin: RecordOrigin = {
    topic: settings.name,
    partition,
    baseOffset: 0,
    timestamp: stamps?.latest ?? 0,
    timestamps: stamps?.each,
  };
  const kept = records.map((record, i) => new MemoryRecord(origin, i, record));
  return { origin, span: records.length, records: Object.freeze(kept), stampedByLog };
}

/** The batch without what compaction removes; its offsets stay. */
export function keepOf(batch: MemoryBatch, records: readonly LogRecord[]): MemoryBatch {
  const timestamp = Math.max(...records.map((record) => record.timestamp));
  const { origin, span, stampedByLog } = batch;
  return { origin: { ...origin, timestamp }, span, stampedByLog, records: Object.freeze(records) };
}

function checkRecords(records: readonly RecordToPublish[], keyed: boolean, action: string): void {
  for (let index = 0; index < records.length; index++) {
    const record = records[index]!;
    if (keyed) checkKey(record, { index, action });
    if (!isSurelyShort(record)) checkedSize(record, { index, action });
  }
}

/** What carries its message is measured already, and may not be written yet. */
function isSurelyShort(record: RecordToPublish): boolean {
  return record instanceof MessageRecord && (record.key?.length ?? 0) <= MAX_CARRIED_UNITS;
}
