/**
 * Writes record batches byte by byte from Kafka's documentation, sharing nothing with what reads them.
 *
 * @module
 */

import { Buffer } from "node:buffer";

/** A record to write; times and offsets are relative to the batch's. */
export interface WrittenRecord {
  readonly offsetDelta: number;
  readonly timestampDelta?: number;
  readonly key?: Uint8Array | null;
  readonly value?: Uint8Array | null;
  readonly headers?: readonly (readonly [string, string])[];
}

/** A batch to write. */
export interface WrittenBatch {
  readonly baseOffset: number;
  readonly lastOffsetDelta: number;
  readonly attributes?: number;
  readonly firstTimestamp?: number;
  readonly maxTimestamp?: number;
  readonly magic?: number;
  readonly records: readonly WrittenRecord[];
  /** Packs the records, as `attributes` then says. */
  readonly pack?: (records: Buffer) => Buffer;
}

/** The batch as a broker sends it. */
export function writeBatch(batch: WrittenBatch): Buffer {
  const plain = Buffer.concat(batch.records.map(writeRecord));
  const records = batch.pack?.(plain) ?? plain;
  const bytes = Buffer.alloc(61 + records.length);
  bytes.writeBigInt64BE(BigInt(batch.baseOffset), 0);
  bytes.writeInt32BE(bytes.length - 12, 8);
  bytes.writeInt8(batch.magic ?? 2, 16);
  bytes.writeInt16BE(batch.attributes ?? 0, 21);
  bytes.writeInt32BE(batch.lastOffsetDelta, 23);
  bytes.writeBigInt64BE(BigInt(batch.firstTimestamp ?? 0), 27);
  bytes.writeBigInt64BE(BigInt(batch.maxTimestamp ?? 0), 35);
  bytes.writeInt32BE(batch.records.length, 57);
  records.copy(bytes, 61);
  return seal(bytes);
}

/** Gives a batch that was changed the checksum that it must have. */
export function seal<Batch extends Uint8Array>(batch: Batch): Batch {
  const checksum = slowCrc32c(batch.subarray(21));
  new DataView(batch.buffer, batch.byteOffset).setUint32(17, checksum);
  return batch;
}

/** Castagnoli's polynomial, its bits reversed. */
const POLYNOMIAL = 0x82f6_3b78;

/** CRC-32C, bit by bit as it is defined. */
export function slowCrc32c(bytes: Uint8Array): number {
  let crc = 0xffff_ffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ ((crc & 1) === 0 ? 0 : POLYNOMIAL);
  }
  return ~crc >>> 0;
}

/** A zigzag varint, by the slow and obvious way of big integers. */
export function writeVarint(value: number | bigint): Buffer {
  const signed = BigInt(value);
  let rest = signed < 0n ? -signed * 2n - 1n : signed * 2n;
  const bytes: number[] = [];
  for (; rest >= 128n; rest /= 128n) bytes.push(Number(rest % 128n) + 128);
  bytes.push(Number(rest));
  return Buffer.from(bytes);
}

function writeRecord(record: WrittenRecord): Buffer {
  const { offsetDelta, timestampDelta = 0, key = null, value = null, headers = [] } = record;
  const body = Buffer.concat([
    Buffer.from([0]),
    writeVarint(timestampDelta),
    writeVarint(offsetDelta),
    writeBytes(key),
    writeBytes(value),
    writeVarint(headers.length),
    ...headers.flatMap((header) => header.map((text) => writeBytes(Buffer.from(text)))),
  ]);
  return Buffer.concat([writeVarint(body.length), body]);
}

function writeBytes(bytes: Uint8Array | null): Buffer {
  if (bytes === null) return writeVarint(-1);
  return Buffer.concat([writeVarint(bytes.length), bytes]);
}
