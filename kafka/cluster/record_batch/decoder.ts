/**
 * Reads the record batches of a fetch. Where a batch ends is what a reader needs too, because
 * compaction leaves batches without any record behind; the libraries' decoders give records only.
 *
 * @module
 */

import type { ClientFetchedRecord } from "../kafka_client.ts";
import { type LibraryUnpackers, unpacked } from "./compression.ts";
import { crc32c } from "./crc32c.ts";
import { ATTRIBUTE, BATCH, MAGIC } from "./layout.ts";
import { RecordCursor } from "./record_cursor.ts";

/** What a partition's bytes hold. */
export interface ReadBatches {
  /** From the offset asked for on, without control records. */
  readonly records: readonly ClientFetchedRecord[];
  /** After the last whole batch, even if nothing of it is left; else the offset asked for. */
  readonly nextOffset: number;
}

/**
 * Reads every whole batch. A broker gives whole batches even if only the end of one was asked for, and
 * may cut the last; it comes again.
 * @throws {UnknownCompressionError} when a batch is compressed in a way that nobody here knows
 * @throws {Error} when a batch is damaged, or older than Kafka 0.11
 */
export function readBatches(
  bytes: Uint8Array,
  fetchOffset: number,
  library: LibraryUnpackers = {},
): ReadBatches {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const records: ClientFetchedRecord[] = [];
  let nextOffset = fetchOffset;
  for (let start = 0; start + BATCH.records <= bytes.length;) {
    const end = start + BATCH.leaderEpoch + view.getInt32(start + BATCH.length);
    if (end > bytes.length) break;
    // No Buffer, in which numbers are slow to read.
    const batch = new Uint8Array(bytes.buffer, bytes.byteOffset + start, checkedSize(start, end));
    const header = readHeader(batch);
    nextOffset = Math.max(nextOffset, header.firstOffset + header.lastOffsetDelta + 1);
    if ((header.attributes & ATTRIBUTE.control) === 0 && header.count > 0) {
      const content = batch.subarray(BATCH.records);
      const compression = header.attributes & ATTRIBUTE.compression;
      addRecords(records, header, unpacked(content, compression, library), fetchOffset);
    }
    start = end;
  }
  return { records, nextOffset };
}

/** A batch whose records are bytes still. */
interface BatchHeader {
  readonly firstOffset: number;
  readonly attributes: number;
  readonly lastOffsetDelta: number;
  readonly firstTimestamp: number;
  readonly maxTimestamp: number;
  readonly count: number;
}

function checkedSize(start: number, end: number): number {
  if (end - start >= BATCH.records) return end - start;
  throw new RangeError(`Cannot read a batch: it says that it has ${end - start} bytes`);
}

function readHeader(batch: Uint8Array): BatchHeader {
  const view = new DataView(batch.buffer, batch.byteOffset, batch.byteLength);
  const magic = view.getInt8(BATCH.magic);
  if (magic !== MAGIC) {
    throw new RangeError(`Cannot read a batch: its format is ${magic}; ${MAGIC} is known`);
  }
  if (view.getUint32(BATCH.crc) !== crc32c(batch.subarray(BATCH.attributes))) {
    throw new RangeError("Cannot read a batch: its checksum is not that of its bytes");
  }
  return {
    firstOffset: readInt64(view, BATCH.firstOffset),
    attributes: view.getInt16(BATCH.attributes),
    lastOffsetDelta: view.getInt32(BATCH.lastOffsetDelta),
    firstTimestamp: readInt64(view, BATCH.firstTimestamp),
    maxTimestamp: readInt64(view, BATCH.maxTimestamp),
    count: view.getInt32(BATCH.count),
  };
}

/** Offsets and times stay far below 2^53, where a number is exact. */
function readInt64(view: DataView, at: number): number {
  return Number(view.getBigInt64(at));
}

function addRecords(
  records: ClientFetchedRecord[],
  { firstOffset, firstTimestamp, maxTimestamp, attributes, count }: BatchHeader,
  content: Uint8Array,
  fetchOffset: number,
): void {
  const stamp = (attributes & ATTRIBUTE.logAppendTime) === 0 ? null : maxTimestamp;
  const cursor = new RecordCursor(content);
  for (let read = 0; read < count; read++) {
    const end = cursor.startRecord();
    const timestamp = firstTimestamp + cursor.varint();
    const offset = firstOffset + cursor.varint();
    if (offset >= fetchOffset) {
      const key = cursor.bytes();
      const value = cursor.bytes();
      const headers = cursor.headers();
      records.push({ offset, timestamp: stamp ?? timestamp, key, value, headers });
    }
    cursor.at = end;
  }
}
