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
  /** Grows with every use: the block with the smallest gives way. */
  usedAt: number;
}

/** A partition, with what is kept of it. */
interface Lane {
  readonly reader: LogReader;
  /** By number. */
  readonly blocks: Map<number, Block>;
}

/** Reads single records of the partitions of a log. Not for use by two callers at a time. */
export class RecordReader implements Disposable {
  readonly #log: EventLog;
  /** By topic and partition. */
  readonly #lanes = new Map<string, Lane[]>();
  readonly #maxKeptBytes: number;
  #keptBytes = 0;
  #uses = 0;

  constructor(
    log: EventLog,
    { maxKeptBytes = MAX_KEPT_BYTES }: { readonly maxKeptBytes?: number } = {},
  ) {
    this.#log = log;
    this.#maxKeptBytes = maxKeptBytes;
  }

  /** The record at a place that the log has. @throws {EventLogError} when it does not come */
  async read(place: RecordPlace): Promise<LogRecord> {
    const lane = this.#laneOf(place);
    const number = Math.floor(place.offset / BLOCK_RECORDS);
    const at = place.offset - number * BLOCK_RECORDS;
    const kept = lane.blocks.get(number);
    const found = kept?.records[at];
    if (kept !== undefined && found !== undefined) {
      kept.usedAt = ++this.#uses;
      return found;
    }
    // A block that was read while its partition grew may have ended before it.
    if (kept !== undefined) this.#forget(lane, number);
    const read = (await this.#readBlock(place, { lane, number })).records[at];
    if (read !== undefined) return read;
    throw new EventLogError(
      "offset-out-of-range",
      `Cannot read ${formatPartition(place)}: it has no record at ${place.offset}`,
    );
  }

  [Symbol.dispose](): void {
    for (const { reader } of [...this.#lanes.values()].flat()) reader.close();
    this.#lanes.clear();
  }

  async #readBlock(
    place: RecordPlace,
    { lane, number }: { readonly lane: Lane; readonly number: number },
  ): Promise<Block> {
    const from = number * BLOCK_RECORDS;
    const records = await this.#fetch(lane.reader, { ...place, offset: from });
    const bytes = records.reduce((sum, { bytes }) => sum + bytes + RECORD_OVERHEAD_BYTES, 0);
    const block: Block = { records, bytes, usedAt: ++this.#uses };
    lane.blocks.set(number, block);
    this.#keptBytes += bytes;
    this.#makeRoom(block);
    return block;
  }

  #makeRoom(newest: Block): void {
    if (this.#keptBytes <= this.#maxKeptBytes) return;
    const kept = [...this.#lanes.values()].flat().flatMap((lane) =>
      [...lane.blocks].map(([number, block]) => ({ lane, number, block }))
    ).sort((one, other) => one.block.usedAt - other.block.usedAt);
    for (const { lane, number, block } of kept) {
      if (this.#keptBytes <= this.#maxKeptBytes || block === newest) return;
      this.#forget(lane, number);
    }
  }

  #forget({ blocks }: Lane, number: number): void {
    this.#keptBytes -= blocks.get(number)?.bytes ?? 0;
    blocks.delete(number);
  }

  /** A block, or what of it is there. The topics read here keep everything, so there is no hole. */
  async #fetch(reader: LogReader, begin: RecordPlace): Promise<readonly KeptRecord[]> {
    const from = begin.offset;
    const to = from + BLOCK_RECORDS;
    reader.seek(begin);
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

  #laneOf({ topic, partition }: RecordPlace): Lane {
    let lanes = this.#lanes.get(topic);
    if (lanes === undefined) this.#lanes.set(topic, lanes = []);
    return lanes[partition] ??= {
      reader: this.#log.openReader([{ topic, partition, offset: 0 }]),
      blocks: new Map(),
    };
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
