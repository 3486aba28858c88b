/**
 * Bringing a processor to where its group is known to have been.
 *
 * @module
 */

import {
  type EventLog,
  EventLogError,
  type LogRecord,
  type TopicPartition,
} from "../../kafka/event_log.ts";
import { readRange } from "../log_access/read_range.ts";
import type { PartitionProcessor } from "./partition_processor.ts";

/** Records handed over at a time. */
const PORTION_RECORDS = 2_000;

/**
 * Processes what lies below the group's committed offset again, for a processor that begins further
 * back. Otherwise the group would seem to have caught up while this work is still to be done, and
 * whoever stops it then would cut it short.
 *
 * @throws {EventLogError} `log-unavailable` when the log does not go so far now
 */
export async function catchUp(
  processor: PartitionProcessor,
  source: TopicPartition,
  options: {
    readonly log: EventLog;
    readonly committed: number;
    readonly signal: AbortSignal;
    readonly heartbeat: () => Promise<void>;
  },
): Promise<void> {
  const { log, committed, signal, heartbeat } = options;
  if (processor.position >= committed) return;
  const range = { from: processor.position, to: committed, maxRecords: PORTION_RECORDS };
  let portion: LogRecord[] = [];
  for await (const record of readRange(log, source, range)) {
    portion.push(record);
    if (portion.length < PORTION_RECORDS) continue;
    await processor.process(portion);
    portion = [];
    await heartbeat();
    if (signal.aborted) return;
  }
  if (portion.length > 0) await processor.process(portion);
  if (processor.position >= committed) return;
  throw new EventLogError(
    "log-unavailable",
    `Cannot catch up with ${source.topic}/${source.partition} to ${committed}: the log ends at ` +
      `${processor.position} now`,
    { retriable: true },
  );
}
