/**
 * One partition of the log, record by record, for comparing.
 *
 * @module
 */

import type { EventLog, LogReader, LogRecord, TopicPartition } from "../../kafka/event_log.ts";

/** Records fetched at a time, about. */
const FETCH_RECORDS = 2_000;

/** The log has told its end, so records below it must come within this time. */
const FETCH_TIMEOUT_MS = 10_000;

/** Goes through a partition up to an end. */
export class LogCursor {
  /** Exclusive. */
  readonly end: number;
  readonly #at: TopicPartition;
  readonly #reader: LogReader;
  #records: readonly LogRecord[] = [];
  #index = 0;
  /** The records at hand are all there are in `[from, position)`. */
  #from = 0;
  #position = 0;

  constructor(log: EventLog, at: TopicPartition, end: number) {
    this.end = end;
    this.#at = at;
    this.#reader = log.openReader([{ ...at, offset: 0 }]);
  }

  /** The record at `offset` if it is at hand already; `undefined` when {@link fetch} must be asked. */
  peek(offset: number): LogRecord | undefined {
    while (this.#index > 0 && this.#offsetAt(this.#index) > offset) this.#index--;
    while (this.#offsetAt(this.#index) < offset) this.#index++;
    const record = this.#records[this.#index];
    return record?.offset === offset ? record : undefined;
  }

  /**
   * The record at `offset`, or null when the log has none there.
   * @throws {Error} when the log keeps silent about records below its end
   */
  async fetch(offset: number): Promise<LogRecord | null> {
    if (offset >= this.end) return null;
    if (offset < this.#from || offset > this.#position) this.#seek(offset);
    while (this.#position <= offset) await this.#read();
    return this.peek(offset) ?? null;
  }

  /** Beyond the records at hand every offset is higher. */
  #offsetAt(index: number): number {
    return this.#records[index]?.offset ?? Infinity;
  }

  close(): void {
    this.#reader.close();
  }

  #seek(offset: number): void {
    this.#reader.seek({ ...this.#at, offset });
    this.#records = [];
    this.#index = 0;
    this.#from = offset;
    this.#position = offset;
  }

  async #read(): Promise<void> {
    const [batch] = await this.#reader.poll({
      timeoutMs: FETCH_TIMEOUT_MS,
      maxRecords: FETCH_RECORDS,
    });
    if (batch === undefined) {
      const { topic, partition } = this.#at;
      throw new Error(
        `Cannot compare with the log: ${topic}/${partition} ends at ${this.end}, but no record came ` +
          `from ${this.#position} on within ${FETCH_TIMEOUT_MS} ms`,
      );
    }
    this.#records = batch.records;
    this.#index = 0;
    this.#from = this.#position;
    this.#position = batch.nextOffset;
  }
}
