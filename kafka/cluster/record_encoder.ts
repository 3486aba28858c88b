/**
 * Records to publish as a client sends them: checked, as bytes, cut into sends.
 *
 * @module
 */

import { Buffer } from "node:buffer";
import { EventLogError, type RecordBatch, type RecordToPublish } from "../event_log.ts";
import { MAX_RECORD_BYTES, MAX_SEND, RECORD_OVERHEAD_BYTES } from "./cluster_settings.ts";
import type { ClientRecord } from "./kafka_client.ts";

/** Records that go in one send. */
export interface EncodedSend {
  readonly records: readonly ClientRecord[];
  /** About what they take, never less. */
  readonly bytes: number;
}

/** A UTF-16 unit is at most so many bytes of UTF-8. */
const MAX_UTF8_BYTES = 3;

const NO_HEADERS: Readonly<Record<string, string>> = Object.freeze({});
const encoder = new TextEncoder();

/**
 * The sends of a batch, in order.
 * @param now milliseconds since the epoch, for records without a stamp
 * @throws {EventLogError} `record-too-large`, `publish-failed`; then nothing of it may be sent
 */
export function encodeSends(batch: RecordBatch, now: number): readonly EncodedSend[] {
  const action = `publish to "${batch.topic}"/${batch.partition}`;
  const { records } = batch;
  if (records.length === 0) {
    throw new EventLogError("publish-failed", `Cannot ${action}: the batch has no records`);
  }
  const sends: EncodedSend[] = [];
  let from = 0;
  let bytes = 0;
  const cut = (to: number) => {
    sends.push({ records: encodeRecords(records.slice(from, to), now, action, from), bytes });
    from = to;
    bytes = 0;
  };
  for (let i = 0; i < records.length; i++) {
    const size = checkedSize(records[i]!, i, action) + RECORD_OVERHEAD_BYTES;
    if (i > from && (bytes + size > MAX_SEND.bytes || i - from >= MAX_SEND.records)) cut(i);
    bytes += size;
  }
  cut(records.length);
  return sends;
}

/** The bytes of key, value and headers, or more where that is small. */
function checkedSize({ key, value, headers }: RecordToPublish, at: number, action: string): number {
  const text = (key === null ? 0 : key.length) + (typeof value === "string" ? value.length : 0);
  const raw = value === null || typeof value === "string" ? 0 : value.length;
  // Most records are far too small to be worth measuring.
  const most = text * MAX_UTF8_BYTES + raw;
  if (headers === undefined && most <= RECORD_OVERHEAD_BYTES * RECORD_OVERHEAD_BYTES) return most;
  let bytes = raw + (key === null ? 0 : Buffer.byteLength(key));
  if (typeof value === "string") bytes += Buffer.byteLength(value);
  if (headers !== undefined) bytes += Buffer.byteLength(JSON.stringify(headers));
  if (bytes <= MAX_RECORD_BYTES) return bytes;
  throw new EventLogError(
    "record-too-large",
    `Cannot ${action}: record ${at} has ${bytes} bytes, and at most ${MAX_RECORD_BYTES} are allowed`,
  );
}

function encodeRecords(
  records: readonly RecordToPublish[],
  now: number,
  action: string,
  from: number,
): readonly ClientRecord[] {
  const stamps = records.map((record, i) => stampOf(record, now, action, from + i));
  return encodeAscii(records, stamps) ?? records.map(({ key, value, headers }, i) => ({
    key: key === null ? null : Buffer.from(key, "utf8"),
    value: typeof value === "string" ? Buffer.from(value, "utf8") : value,
    headers: headers ?? NO_HEADERS,
    timestamp: stamps[i]!,
  }));
}

/**
 * All strings by one call, because each call costs more than the bytes: as long as a character is a
 * byte, their lengths say where each is. Null when some are not ASCII.
 */
function encodeAscii(
  records: readonly RecordToPublish[],
  stamps: readonly number[],
): readonly ClientRecord[] | null {
  let text = "";
  for (const { key, value } of records) {
    if (key !== null) text += key;
    if (typeof value === "string") text += value;
  }
  // No Buffer, whose views cost several times as much to make.
  const bytes = new Uint8Array(text.length);
  // Everything fits a byte a character only if it is ASCII.
  if (encoder.encodeInto(text, bytes).read !== text.length) return null;
  let at = 0;
  const next = (length: number) => bytes.subarray(at, at += length);
  return records.map(({ key, value, headers }, i) => ({
    key: key === null ? null : next(key.length),
    value: typeof value === "string" ? next(value.length) : value,
    headers: headers ?? NO_HEADERS,
    timestamp: stamps[i]!,
  }));
}

function stampOf(record: RecordToPublish, now: number, action: string, at: number): number {
  const ms = Math.trunc(record.timestamp ?? now);
  if (Number.isSafeInteger(ms) && ms >= 0) return ms;
  throw new EventLogError(
    "publish-failed",
    `Cannot ${action}: record ${at} has timestamp ${record.timestamp}, which is no time`,
  );
}
