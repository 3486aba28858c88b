/**
 * The records of one partition, a batch at a time, from wherever they are wanted. What was read last is
 * kept, since the next record wanted is mostly the next one there is.
 *
 * @module
 */

import { READ_PATIENCE_MS } from "../../../actors/log_access/read_range.ts";
import {
  type EventLog,
  EventLogError,
  type LogReader,
  type LogRecord,
  type TopicPartition,
} from "../../../kafka/event_log.ts";

/** How long one poll waits for records that are known to exist. */
const POLL_TIMEOUT_MS = 5_000;

/** Reads below `end`, which must be there. Not for use by two callers at a time. */
export class PartitionRecords implements Disposable {
  readonly end: number;
  readonly #log: EventLog;
  readonly #place: TopicPartition;
  #reader: LogReader | null = null;
  #readsOnAt = 0;
  #batch: readonly LogRecord[] = [];
  #release: (() => void) | undefined = undefined;

  constructor(log: EventLog, place: TopicPartition, end: number) {
    this.#log = log;
    this.#place = place;
    this.end = end;
  }

  /**
   * The record at `offset` and some that follow it, about `maxRecords` of them. Those that were given
   * before must not be looked at any more.
   * @throws {RangeError} when there is no such record
   * @throws {EventLogError} when the log cannot be read
   */
  async from(offset: number, maxRecords: number): Promise<readonly LogRecord[]> {
    const { topic, partition } = this.#place;
    if (!Number.isSafeInteger(offset) || offset < 0 || offset >= this.end) {
      throw new RangeError(
        `Cannot read ${topic}/${partition}/${offset}: the partition has offsets 0 to ${
          this.end - 1
        }`,
      );
    }
    const [first] = this.#batch;
    const at = first === undefined ? -1 : offset - first.offset;
    if (at >= 0 && at < this.#batch.length) return at === 0 ? this.#batch : this.#batch.slice(at);
    this.#batch = await this.#read(offset, maxRecords);
    return this.#batch;
  }

  [Symbol.dispose](): void {
    this.#reader?.close();
  }

  async #read(offset: number, maxRecords: number): Promise<readonly LogRecord[]> {
    const reader = this.#reader ??= this.#log.openReader([{ ...this.#place, offset }]);
    if (offset !== this.#readsOnAt) reader.seek({ ...this.#place, offset });
    this.#release?.();
    this.#release = undefined;
    this.#batch = [];
    for (let waitedMs = 0; waitedMs < READ_PATIENCE_MS; waitedMs += POLL_TIMEOUT_MS) {
      const [batch] = await reader.poll({ timeoutMs: POLL_TIMEOUT_MS, maxRecords });
      if (batch === undefined) continue;
      this.#readsOnAt = batch.nextOffset;
      this.#release = batch.release;
      return batch.records.at(-1)!.offset < this.end
        ? batch.records
        : batch.records.filter((record) => record.offset < this.end);
    }
    const { topic, partition } = this.#place;
    throw new EventLogError(
      "log-unavailable",
      `Cannot read "${topic}"/${partition} at ${offset}: the record has not come for ` +
        `${READ_PATIENCE_MS} ms`,
      { retriable: true },
    );
  }
}
