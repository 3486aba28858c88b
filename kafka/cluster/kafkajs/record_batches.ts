/**
 * Reads the record batches of a fetch. The library's decoder gives records only; where a batch ends is
 * what a reader needs too, because compaction leaves batches without any record behind.
 *
 * The format: https://kafka.apache.org/documentation/#recordbatch
 *
 * @module
 */

import type { Buffer } from "node:buffer";
import type { ClientFetchedRecord } from "../kafka_client.ts";
import { codecOf } from "./library.ts";
import { RecordCursor } from "./record_cursor.ts";

/** What a partition's bytes hold. */
export interface ReadBatches {
  /** From the offset asked for on, without control records. */
  readonly records: ClientFetchedRecord[];
  /** After the last whole batch; the offset asked for when there is none. */
  readonly nextOffset: number;
}

/** Places in a batch, in bytes from its start. */
const AT = {
  length: 8,
  magic: 16,
  attributes: 21,
  lastOffsetDelta: 23,
  firstTimestamp: 27,
  maxTimestamp: 35,
  count: 57,
  records: 61,
} as const;

/** What `length` does not count: the first offset, and itself. */
const LENGTH_OVERHEAD = 12;

const LOG_APPEND_TIME = 0x08;
const CONTROL = 0x20;

/**
 * Reads every whole batch. The last one may have been cut at the fetch's limit; it comes again.
 * @throws {Error} of a format older than Kafka 0.11, or a compression that the library does not have
 */
export async function readBatches(bytes: Buffer, fetchOffset: number): Promise<ReadBatches> {
  const records: ClientFetchedRecord[] = [];
  let nextOffset = fetchOffset;
  for (let start = 0; start + AT.records <= bytes.length;) {
    const end = start + LENGTH_OVERHEAD + bytes.readInt32BE(start + AT.length);
    if (end > bytes.length) break;
    const batch = bytes.subarray(start, end);
    const magic = batch.readInt8(AT.magic);
    if (magic !== 2) throw new Error(`record format ${magic} is not supported; expected 2`);
    const after = readInt64(batch, 0) + batch.readInt32BE(AT.lastOffsetDelta) + 1;
    if ((batch.readInt16BE(AT.attributes) & CONTROL) === 0) {
      await readRecords(batch, fetchOffset, records);
    }
    nextOffset = Math.max(nextOffset, after);
    start = end;
  }
  return { records, nextOffset };
}

async function readRecords(
  batch: Buffer,
  fetchOffset: number,
  records: ClientFetchedRecord[],
): Promise<void> {
  const count = batch.readInt32BE(AT.count);
  if (count <= 0) return;
  const attributes = batch.readInt16BE(AT.attributes);
  const baseOffset = readInt64(batch, 0);
  const firstTimestamp = readInt64(batch, AT.firstTimestamp);
  const stamp = (attributes & LOG_APPEND_TIME) === 0 ? null : readInt64(batch, AT.maxTimestamp);
  const packed = batch.subarray(AT.records);
  const codec = codecOf(attributes);
  const cursor = new RecordCursor(codec === null ? packed : await codec.decompress(packed));
  for (let read = 0; read < count; read++) {
    const end = cursor.varint() + cursor.at;
    cursor.skip(1);
    const timestamp = cursor.varint() + firstTimestamp;
    const offset = cursor.varint() + baseOffset;
    if (offset >= fetchOffset) {
      const key = cursor.bytes();
      const value = cursor.bytes();
      records.push({
        offset,
        timestamp: stamp ?? timestamp,
        key,
        value,
        headers: cursor.headers(),
      });
    }
    cursor.at = end;
  }
}

/** Offsets and timestamps stay far below 2^53, where a number is exact. */
function readInt64(bytes: Buffer, at: number): number {
  return bytes.readInt32BE(at) * 2 ** 32 + bytes.readUInt32BE(at + 4);
}
