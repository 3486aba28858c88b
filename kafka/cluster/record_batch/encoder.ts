/**
 * A batch of records as Kafka stores it.
 *
 * Ours, because kafkajs' encoder makes a buffer for each byte of each length (a quarter of the
 * processor time of a publisher), and that of `@platformatic/kafka` takes two records more than 2^31 ms
 * apart for others: its 64-bit zigzag shifts by 31.
 *
 * @module
 */

import type { ClientRecord, ProducerIdentity } from "../kafka_client.ts";
import { crc32c } from "./crc32c.ts";
import { BATCH, MAGIC } from "./layout.ts";
import { varintSize, writeVarint } from "./varint.ts";

/** Who sends a batch, and as which of its. */
export interface BatchOrigin extends ProducerIdentity {
  /** Of the batch's first record. */
  readonly sequence: number;
}

/** @throws {RangeError} when there are no records: the format has no such batch */
export function encodeBatch(
  records: readonly ClientRecord[],
  origin: BatchOrigin,
): Uint8Array<ArrayBuffer> {
  const [first] = records;
  if (first === undefined) {
    throw new RangeError("Cannot encode a batch: it has no records; at least one is needed");
  }
  const prepared = records.map((record, index) => prepare(record, index, first.timestamp));
  let size: number = BATCH.records;
  let maxTimestamp = first.timestamp;
  for (const { body, record: { timestamp } } of prepared) {
    size += varintSize(body) + body;
    if (timestamp > maxTimestamp) maxTimestamp = timestamp;
  }
  const batch = new Uint8Array(size);
  let at: number = BATCH.records;
  for (const record of prepared) at = writeRecord(batch, at, record);
  const header = new DataView(batch.buffer);
  header.setInt32(BATCH.length, size - BATCH.leaderEpoch);
  header.setInt32(BATCH.leaderEpoch, -1);
  header.setInt8(BATCH.magic, MAGIC);
  header.setInt32(BATCH.lastOffsetDelta, records.length - 1);
  header.setBigInt64(BATCH.firstTimestamp, BigInt(first.timestamp));
  header.setBigInt64(BATCH.maxTimestamp, BigInt(maxTimestamp));
  header.setBigInt64(BATCH.producerId, origin.producerId);
  header.setInt16(BATCH.producerEpoch, origin.producerEpoch);
  header.setInt32(BATCH.sequence, origin.sequence);
  header.setInt32(BATCH.count, records.length);
  header.setUint32(BATCH.crc, crc32c(batch.subarray(BATCH.attributes)));
  return batch;
}

type Header = readonly [name: Uint8Array, value: Uint8Array];

interface PreparedRecord {
  readonly record: ClientRecord;
  readonly offsetDelta: number;
  readonly timestampDelta: number;
  readonly headers: readonly Header[];
  /** Its bytes without their own length before them. */
  readonly body: number;
}

const ENCODER = new TextEncoder();

const NO_HEADERS: readonly Header[] = [];

/** A record's attributes: one byte without a meaning. */
const ATTRIBUTES_SIZE = 1;

function prepare(record: ClientRecord, offsetDelta: number, firstTimestamp: number) {
  const timestampDelta = record.timestamp - firstTimestamp;
  const headers = headersOf(record);
  let body = ATTRIBUTES_SIZE + varintSize(timestampDelta) + varintSize(offsetDelta) +
    bytesSize(record.key) + bytesSize(record.value) + varintSize(headers.length);
  for (const [name, text] of headers) body += bytesSize(name) + bytesSize(text);
  return { record, offsetDelta, timestampDelta, headers, body };
}

function headersOf({ headers }: ClientRecord): readonly Header[] {
  const entries = Object.entries(headers);
  if (entries.length === 0) return NO_HEADERS;
  return entries.map(([name, text]) => [ENCODER.encode(name), ENCODER.encode(text)]);
}

function writeRecord(batch: Uint8Array, start: number, prepared: PreparedRecord): number {
  const { record, offsetDelta, timestampDelta, headers, body } = prepared;
  let at = writeVarint(batch, start, body) + ATTRIBUTES_SIZE;
  at = writeVarint(batch, at, timestampDelta);
  at = writeVarint(batch, at, offsetDelta);
  at = writeBytes(batch, at, record.key);
  at = writeBytes(batch, at, record.value);
  at = writeVarint(batch, at, headers.length);
  for (const [name, text] of headers) at = writeBytes(batch, writeBytes(batch, at, name), text);
  return at;
}

function bytesSize(bytes: Uint8Array | null): number {
  return bytes === null ? varintSize(-1) : varintSize(bytes.length) + bytes.length;
}

function writeBytes(batch: Uint8Array, at: number, bytes: Uint8Array | null): number {
  if (bytes === null) return writeVarint(batch, at, -1);
  const start = writeVarint(batch, at, bytes.length);
  batch.set(bytes, start);
  return start + bytes.length;
}
