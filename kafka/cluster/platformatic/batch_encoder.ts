/**
 * A batch of records as Kafka stores it: record batch version 2
 * (https://kafka.apache.org/documentation/#recordbatch).
 *
 * The library's own encoder takes two records more than 2^31 ms apart for others: its 64-bit zigzag
 * shifts by 31.
 *
 * @module
 */

import { Buffer } from "node:buffer";
import type { ClientRecord } from "../kafka_client.ts";
import { BATCH, MAGIC } from "./batch_layout.ts";
import { crc32c } from "./library.ts";

/** Who sends a batch, and as which of its. */
export interface BatchOrigin {
  readonly producerId: bigint;
  readonly producerEpoch: number;
  /** Of the batch's first record. */
  readonly sequence: number;
}

/** @param records at least one */
export function encodeBatch(records: readonly ClientRecord[], origin: BatchOrigin): Buffer {
  const firstTimestamp = records[0]?.timestamp ?? 0;
  const prepared = records.map((record, index) => prepare(record, index, firstTimestamp));
  let bytes: number = BATCH.records;
  for (const { size } of prepared) bytes += varintSize(size) + size;
  const batch = Buffer.alloc(bytes);
  let maxTimestamp = firstTimestamp;
  for (const { timestamp } of records) maxTimestamp = Math.max(maxTimestamp, timestamp);
  batch.writeInt32BE(bytes - BATCH.leaderEpoch, BATCH.length);
  batch.writeInt32BE(-1, BATCH.leaderEpoch);
  batch.writeInt8(MAGIC, BATCH.magic);
  batch.writeInt32BE(records.length - 1, BATCH.lastOffsetDelta);
  batch.writeBigInt64BE(BigInt(firstTimestamp), BATCH.firstTimestamp);
  batch.writeBigInt64BE(BigInt(maxTimestamp), BATCH.maxTimestamp);
  batch.writeBigInt64BE(origin.producerId, BATCH.producerId);
  batch.writeInt16BE(origin.producerEpoch, BATCH.producerEpoch);
  batch.writeInt32BE(origin.sequence, BATCH.sequence);
  batch.writeInt32BE(records.length, BATCH.count);
  let at: number = BATCH.records;
  for (const record of prepared) at = writeRecord(batch, at, record);
  batch.writeUInt32BE(crc32c(batch.subarray(BATCH.attributes)), BATCH.crc);
  return batch;
}

/** A record in bytes, and how many they will be without their own length before them. */
interface PreparedRecord {
  readonly offsetDelta: number;
  readonly timestampDelta: number;
  readonly key: Uint8Array | null;
  readonly value: Uint8Array | null;
  readonly headers: readonly (readonly [name: Uint8Array, value: Uint8Array])[];
  readonly size: number;
}

function prepare(
  record: ClientRecord,
  offsetDelta: number,
  firstTimestamp: number,
): PreparedRecord {
  const { key, value, timestamp } = record;
  const timestampDelta = timestamp - firstTimestamp;
  const headers = Object.entries(record.headers).map(([name, text]) =>
    [ENCODER.encode(name), ENCODER.encode(text)] as const
  );
  const size = ATTRIBUTES_SIZE + varintSize(timestampDelta) + varintSize(offsetDelta) +
    bytesSize(key) + bytesSize(value) + varintSize(headers.length) +
    headers.reduce((sum, [name, text]) => sum + bytesSize(name) + bytesSize(text), 0);
  return { offsetDelta, timestampDelta, key, value, headers, size };
}

const ENCODER = new TextEncoder();

/** A record's attributes: one byte without a meaning. */
const ATTRIBUTES_SIZE = 1;

function writeRecord(batch: Buffer, start: number, record: PreparedRecord): number {
  const { offsetDelta, timestampDelta, key, value, headers, size } = record;
  let at = writeVarint(batch, start, size) + ATTRIBUTES_SIZE;
  at = writeVarint(batch, at, timestampDelta);
  at = writeVarint(batch, at, offsetDelta);
  at = writeBytes(batch, at, key);
  at = writeBytes(batch, at, value);
  at = writeVarint(batch, at, headers.length);
  for (const [name, text] of headers) at = writeBytes(batch, writeBytes(batch, at, name), text);
  return at;
}

function bytesSize(bytes: Uint8Array | null): number {
  return bytes === null ? varintSize(-1) : varintSize(bytes.length) + bytes.length;
}

function writeBytes(batch: Buffer, at: number, bytes: Uint8Array | null): number {
  if (bytes === null) return writeVarint(batch, at, -1);
  const start = writeVarint(batch, at, bytes.length);
  batch.set(bytes, start);
  return start + bytes.length;
}

/** Zigzag: 0, -1, 1, -2 become 0, 1, 2, 3. Exact for safe integers of up to 52 bits. */
function zigzag(value: number): number {
  return value >= 0 ? value * 2 : -value * 2 - 1;
}

function varintSize(value: number): number {
  let size = 1;
  for (let rest = zigzag(value); rest >= 128; rest = Math.floor(rest / 128)) size++;
  return size;
}

function writeVarint(batch: Buffer, start: number, value: number): number {
  let at = start;
  let rest = zigzag(value);
  for (; rest >= 128; rest = Math.floor(rest / 128)) batch[at++] = rest % 128 + 128;
  batch[at++] = rest;
  return at;
}
