/**
 * Batches of records, as a fetch brings them, made the port's records.
 *
 * @module
 */

import { Buffer } from "node:buffer";
import type { ClientFetchedRecord } from "../kafka_client.ts";
import { ATTRIBUTE, BATCH, MAGIC } from "./batch_layout.ts";
import { compressionsAlgorithmsByBitmask } from "./library.ts";

/** What batches came to. */
export interface BatchContent {
  readonly records: readonly ClientFetchedRecord[];
  /** After the last batch, even if nothing of it is left. */
  readonly nextOffset: number;
}

/**
 * Reads whole batches from `fetchOffset` on: one comes whole even if only its end was asked for, and the
 * last may be cut off.
 * @throws {RangeError} when a batch is not what it should be
 */
export function readBatches(bytes: Uint8Array, fetchOffset: number): BatchContent {
  const buffer = asBuffer(bytes);
  const records: ClientFetchedRecord[] = [];
  let nextOffset = fetchOffset;
  for (let at = 0; at + BATCH.leaderEpoch <= buffer.length;) {
    const end = at + BATCH.leaderEpoch + buffer.readInt32BE(at + BATCH.length);
    if (end > buffer.length) break;
    const batch = readHeader(buffer.subarray(at, end));
    nextOffset = Math.max(nextOffset, batch.firstOffset + batch.lastOffsetDelta + 1);
    if ((batch.attributes & ATTRIBUTE.control) === 0) addRecords(records, batch, fetchOffset);
    at = end;
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
  readonly records: Buffer;
}

function readHeader(batch: Buffer): BatchHeader {
  const magic = batch.readInt8(BATCH.magic);
  if (magic !== MAGIC) {
    throw new RangeError(`Cannot read a batch: its version is ${magic}; ${MAGIC} is known`);
  }
  return {
    firstOffset: Number(batch.readBigInt64BE(BATCH.firstOffset)),
    attributes: batch.readInt16BE(BATCH.attributes),
    lastOffsetDelta: batch.readInt32BE(BATCH.lastOffsetDelta),
    firstTimestamp: Number(batch.readBigInt64BE(BATCH.firstTimestamp)),
    maxTimestamp: Number(batch.readBigInt64BE(BATCH.maxTimestamp)),
    count: batch.readInt32BE(BATCH.count),
    records: batch.subarray(BATCH.records),
  };
}

function addRecords(
  records: ClientFetchedRecord[],
  batch: BatchHeader,
  fetchOffset: number,
): void {
  const { firstOffset, firstTimestamp, maxTimestamp, attributes, count } = batch;
  const stamp = (attributes & ATTRIBUTE.logAppendTime) === 0 ? null : maxTimestamp;
  const cursor = new RecordCursor(decompressed(batch));
  for (let index = 0; index < count; index++) {
    const end = cursor.startRecord();
    const timestamp = firstTimestamp + cursor.varint();
    const offset = firstOffset + cursor.varint();
    if (offset >= fetchOffset) {
      const [key, value] = [cursor.bytes(), cursor.bytes()];
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

function decompressed({ attributes, records }: BatchHeader): Buffer {
  const compression = attributes & ATTRIBUTE.compression;
  if (compression === 0) return records;
  const algorithm = compressionsAlgorithmsByBitmask[compression];
  if (algorithm === undefined) {
    throw new RangeError(`Cannot read a batch: its compression ${compression} is unknown`);
  }
  return algorithm.decompressSync(records);
}

const NO_HEADERS: Readonly<Record<string, string>> = Object.freeze({});

const DECODER = new TextDecoder();

/** Reads what records are made of, one after another. */
class RecordCursor {
  at = 0;
  readonly #buffer: Buffer;

  constructor(buffer: Buffer) {
    this.#buffer = buffer;
  }

  /** Where the record ends that begins here; its attributes, which mean nothing, are passed over. */
  startRecord(): number {
    const end = this.varint() + this.at;
    if (end > this.#buffer.length) throw new RangeError("Cannot read a record: it is cut off");
    this.at++;
    return end;
  }

  /** A zigzag number of up to 52 bits: offsets, lengths and times. */
  varint(): number {
    let value = 0;
    for (let scale = 1;; scale *= 128) {
      const byte = this.#buffer[this.at++];
      if (byte === undefined) throw new RangeError("Cannot read a record: it is cut off");
      value += (byte & 127) * scale;
      if (byte < 128) return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
    }
  }

  bytes(): Uint8Array | null {
    const length = this.varint();
    if (length < 0) return null;
    const { buffer, byteOffset } = this.#buffer;
    const bytes = new Uint8Array(buffer, byteOffset + this.at, length);
    this.at += length;
    return bytes;
  }

  headers(): Readonly<Record<string, string>> {
    const count = this.varint();
    if (count === 0) return NO_HEADERS;
    const headers: Record<string, string> = {};
    for (let index = 0; index < count; index++) {
      // Headers are named by users: one may be called `__proto__`.
      Object.defineProperty(headers, this.#text(), {
        value: this.#text(),
        enumerable: true,
        configurable: true,
        writable: true,
      });
    }
    return headers;
  }

  #text(): string {
    const bytes = this.bytes();
    return bytes === null ? "" : DECODER.decode(bytes);
  }
}

function asBuffer({ buffer, byteOffset, byteLength }: Uint8Array): Buffer {
  return Buffer.from(buffer, byteOffset, byteLength);
}
