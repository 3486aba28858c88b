/**
 * Random access to the records of a log, a block of neighbours at a time.
 *
 * @module
 */

import { READ_PATIENCE_MS } from "../../actors/log_access/read_range.ts";
import {
  type EventLog,
  EventLogError,
  type LogReader,
  type LogRecord,
} from "../../kafka/event_log.ts";
import { decodeRecord } from "../../kafka/messages/mod.ts";
import { KeptRecord } from "./kept_record.ts";
import { formatPartition, type RecordPlace } from "./record_place.ts";
import type { ReadRecord } from "./step.ts";

/** Neighbours that are read together: a step's neighbours are looked at next. */
export const BLOCK_RECORDS = 256;

/** Bytes of values, and what goes with them, kept for looking at again. One block more may be there, however large it is. */
export const MAX_KEPT_BYTES = 16 * 1024 * 1024;

/** How long one poll waits for records that are known to exist. */
const POLL_TIMEOUT_MS = 5_000;

/** What a record weighs beside its value. */
const RECORD_OVERHEAD_BYTES = 300;

interface Block {
  readonly records: readonly KeptRecord[];
  readonly bytes: number;
}

/** Reads single records of the partitions of a log. Not for use by two callers at a time. */
export class RecordReader implements Disposable {
  readonly #log: EventLog;
  readonly #readers = new Map<string, LogReader>();
  /** By `topic/partition/number of the block`, the one used last at the end. */
  readonly #blocks = new Map<string, Block>();
  readonly #maxKeptBytes: number;
  #keptBytes = 0;

  constructor(
    log: EventLog,
    { maxKeptBytes = MAX_KEPT_BYTES }: { readonly maxKeptBytes?: number } = {},
  ) {
    this.#log = log;
    this.#maxKeptBytes = maxKeptBytes;
  }

  /** The record at a place that the log has. @throws {EventLogError} when it does not come */
  async read(place: RecordPlace): Promise<LogRecord> {
    const number = Math.floor(place.offset / BLOCK_RECORDS);
    const { records } = await this.#block(place, number);
    const found = records[place.offset - number * BLOCK_RECORDS];
    // A block that was read while its partition grew may have ended before it.
    if (found !== undefined) return found;
    this.#forget(`${formatPartition(place)}/${number}`);
    const again = (await this.#block(place, number)).records[place.offset - number * BLOCK_RECORDS];
    if (again !== undefined) return again;
    throw new EventLogError(
      "offset-out-of-range",
      `Cannot read ${formatPartition(place)}: it has no record at ${place.offset}`,
    );
  }

  [Symbol.dispose](): void {
    for (const reader of this.#readers.values()) reader.close();
    this.#readers.clear();
    this.#blocks.clear();
  }

  async #block(place: RecordPlace, number: number): Promise<Block> {
    const name = `${formatPartition(place)}/${number}`;
    const kept = this.#blocks.get(name);
    if (kept !== undefined) {
      this.#blocks.delete(name);
      this.#blocks.set(name, kept);
      return kept;
    }
    const from = number * BLOCK_RECORDS;
    const records = await this.#fetch(place, from, from + BLOCK_RECORDS);
    const bytes = records.reduce(
      (sum, { bytes }) => sum + bytes + RECORD_OVERHEAD_BYTES,
      0,
    );
    const block = { records, bytes };
    this.#blocks.set(name, block);
    this.#keptBytes += bytes;
    for (const oldest of this.#blocks.keys()) {
      if (this.#keptBytes <= this.#maxKeptBytes || oldest === name) break;
      this.#forget(oldest);
    }
    return block;
  }

  #forget(name: string): void {
    this.#keptBytes -= this.#blocks.get(name)?.bytes ?? 0;
    this.#blocks.delete(name);
  }

  /** `[from, to)`, or what of it is there. The topics read here keep everything, so there is no hole. */
  async #fetch(place: RecordPlace, from: number, to: number): Promise<readonly KeptRecord[]> {
    const reader = this.#readerOf(place);
    reader.seek({ ...place, offset: from });
    const records: KeptRecord[] = [];
    let waitedMs = 0;
    for (let position = from, end = to; position < end;) {
      const [batch] = await reader.poll({ timeoutMs: POLL_TIMEOUT_MS, maxRecords: to - position });
      if (batch === undefined) {
        // Asked for only where the index knows of records, so they are waited for.
        waitedMs += POLL_TIMEOUT_MS;
        if (waitedMs >= READ_PATIENCE_MS || records.length > 0) break;
        continue;
      }
      for (const record of batch.records) {
        if (record.offset < from || record.offset >= to) continue;
        records[record.offset - from] = new KeptRecord(record);
      }
      batch.release?.();
      position = batch.nextOffset;
      end = Math.min(to, batch.endOffset);
    }
    return records;
  }

  #readerOf(place: RecordPlace): LogReader {
    const name = formatPartition(place);
    const open = this.#readers.get(name);
    if (open !== undefined) return open;
    const reader = this.#log.openReader([{ ...place, offset: 0 }]);
    this.#readers.set(name, reader);
    return reader;
  }
}

/** The record with its message, or with what is wrong with its bytes. */
export function readRecordOf(record: LogRecord, place: RecordPlace): ReadRecord {
  const { timestamp, key, headers, text } = record;
  const { topic, partition, offset } = place;
  const common = {
    place: { topic, partition, offset },
    timestamp,
    key,
    headers,
    text,
    bytes: record instanceof KeptRecord ? record.bytes : record.value?.length ?? 0,
  };
  if (topic === "snapshots") return { ...common, message: null, malformed: "a snapshot's bytes" };
  const decoded = decodeRecord(topic, record);
  return decoded.ok
    ? { ...common, message: decoded.message, malformed: null }
    : { ...common, message: null, malformed: decoded.error };
}
