/**
 * What a record must look like on every log of our own: its size, its key, its stamp.
 *
 * @module
 */

import { Buffer } from "node:buffer";
import { EventLogError, type RecordToPublish } from "./event_log.ts";

/** Key, value and headers of one record together, like the default of Kafka's `message.max.bytes`. */
export const MAX_RECORD_BYTES = 1_048_576;

/** A UTF-16 unit is at most so many bytes of UTF-8. */
const MAX_UTF8_BYTES = 3;

/** A record's place in what is being published, for whoever reads the error. */
export interface CheckedAs {
  /** Counted from 0. */
  readonly index: number;
  /** What cannot be done, such as `publish to "orders"/3`. */
  readonly action: string;
}

/** @throws {EventLogError} `publish-failed` when a record of a compacted topic has no key */
export function checkKey({ key }: RecordToPublish, { index, action }: CheckedAs): void {
  if (key !== null) return;
  throw new EventLogError(
    "publish-failed",
    `Cannot ${action}: record ${index} has no key, and the topic keeps the last record of every key`,
  );
}

/** About how many bytes it has; exactly, where that matters. @throws {EventLogError} `record-too-large` */
export function checkedSize(record: RecordToPublish, { index, action }: CheckedAs): number {
  const { key, value, headers } = record;
  const keyLength = key === null ? 0 : key.length;
  const valueLength = value === null ? 0 : value.length;
  // Most records are far too small to be worth measuring.
  if (headers === undefined && (keyLength + valueLength) * MAX_UTF8_BYTES <= MAX_RECORD_BYTES) {
    return keyLength + valueLength;
  }
  let bytes = key === null ? 0 : Buffer.byteLength(key);
  if (value !== null) bytes += typeof value === "string" ? Buffer.byteLength(value) : valueLength;
  if (headers !== undefined) bytes += Buffer.byteLength(JSON.stringify(headers));
  if (bytes <= MAX_RECORD_BYTES) return bytes;
  throw new EventLogError(
    "record-too-large",
    `Cannot ${action}: record ${index} has ${bytes} bytes, and at most ${MAX_RECORD_BYTES} are allowed`,
  );
}

/** Stamps of records that were published together. */
export interface Stamps {
  readonly latest: number;
  /** One for each record; undefined where they are all the same. */
  readonly each: readonly number[] | undefined;
}

/**
 * The records' own stamps; what has none gets the present time.
 * @throws {EventLogError} `publish-failed` for what is no time
 */
export function stampsOf(
  records: readonly RecordToPublish[],
  { now, action }: { readonly now: () => number; readonly action: string },
): Stamps {
  let unstamped: number | null = null;
  const stamp = (record: RecordToPublish, index: number): number => {
    const ms = Math.trunc(record.timestamp ?? (unstamped ??= now()));
    if (Number.isSafeInteger(ms) && ms >= 0) return ms;
    throw new EventLogError(
      "publish-failed",
      `Cannot ${action}: record ${index} has timestamp ${record.timestamp}, which is no time`,
    );
  };
  const first = stamp(records[0]!, 0);
  let latest = first;
  let same = true;
  for (let i = 1; i < records.length; i++) {
    const ms = stamp(records[i]!, i);
    if (ms !== first) same = false;
    if (ms > latest) latest = ms;
  }
  return { latest, each: same ? undefined : records.map(stamp) };
}
