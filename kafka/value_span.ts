/**
 * Where a record's value stands among the bytes of a batch: for whoever reads so many values that a view
 * of each would cost more than looking at it.
 *
 * @module
 */

import type { LogRecord } from "./event_log.ts";

/** Where a record of a log has its span, if the log keeps values in batches. */
export const SPAN: unique symbol = Symbol("value span");

/** The bytes of a value, which must not be changed. */
export interface ValueSpan {
  /** With what stands before and behind it. */
  readonly bytes: Uint8Array;
  readonly start: number;
  /** Behind the last of them. */
  readonly end: number;
}

/** A record that knows; null for a tombstone. */
export interface SpannedRecord {
  readonly [SPAN]: ValueSpan | null;
}

/** A value, and where it stands if that is among others. */
export type StoredValue = Pick<LogRecord, "value"> & Partial<SpannedRecord>;

/** The value of any record: where it stands, or else a view of it. */
export function spanOf(record: StoredValue): ValueSpan | null {
  const span = record[SPAN];
  if (span !== undefined) return span;
  const { value } = record;
  return value === null ? null : { bytes: value, start: 0, end: value.length };
}
