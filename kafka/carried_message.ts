/**
 * A message that travels with its record. A log that hands readers the very records that were published
 * can carry it, so that within one thread nobody reads again what was just written, and what nobody
 * asks for as text need not be written at all.
 *
 * It is shared and never changed: whoever publishes it, and every reader that is given it, only reads.
 * And it is only carried when it is exactly what its text says.
 *
 * @module
 */

import type { LogRecord, RecordToPublish } from "./event_log.ts";

/** Where a record to publish has its message. */
export const CARRIED: unique symbol = Symbol("carried message");

/** Takes the message of a record of the log, for whoever folds it. */
export const TAKE: unique symbol = Symbol("take message");

/** Looks at the message of a record of the log whose text nobody has asked for yet. */
export const UNWRITTEN: unique symbol = Symbol("unwritten message");

/** A record to publish that may carry its message. */
export interface Carrier {
  readonly [CARRIED]?: object | undefined;
}

/** A record of a log that carries messages. */
export interface CarryingRecord {
  /** What it carries. A log need not keep beside the text what has been taken once. */
  [TAKE](): object | undefined;
  /** What its text would be made of, until it is. */
  readonly [UNWRITTEN]: object | undefined;
}

/**
 * The longest message that is carried, in UTF-16 units of its texts, names included: one that is
 * written later must be known to fit into a record.
 */
export const MAX_CARRIED_UNITS = 64 * 1024;

/** No number's text is longer, nor is that of true, false and null. */
const LONGEST_NUMBER_UNITS = 24;

/** A record to publish with the message that its text says. */
export class MessageRecord implements RecordToPublish, Carrier {
  readonly key: string | null;
  readonly timestamp: number;
  readonly [CARRIED]: object;
  /** Undefined: it is written when somebody asks for it. */
  readonly written: string | undefined;

  /**
   * The message {@link isCarriable}, and is not changed from now on. `written`: its text, where there is
   * one already. Positional, unlike elsewhere: one is made for nearly every record of a floor.
   */
  constructor(key: string | null, message: object, timestamp: number, written?: string) {
    this.key = key;
    this.timestamp = timestamp;
    this[CARRIED] = message;
    this.written = written;
  }

  get value(): string {
    return this.written ?? JSON.stringify(this[CARRIED]);
  }
}

/** How a message becomes a record. */
export interface RecordOptions {
  readonly timestamp: number;
  /** Whether the log carries messages. */
  readonly carries: boolean;
  readonly headers?: RecordToPublish["headers"] | undefined;
  /** The message's text, where there is one already. */
  readonly written?: string | undefined;
}

/**
 * The record of a message. Where the log carries messages, this one is not changed from now on, and its
 * text need not be written before somebody asks for it.
 */
export function recordOf(
  key: string | null,
  message: object,
  { timestamp, carries, headers, written }: RecordOptions,
): RecordToPublish {
  if (carries && headers === undefined && isCarriable(message)) {
    return new MessageRecord(key, message, timestamp, written);
  }
  const record = { key, value: written ?? JSON.stringify(message), timestamp };
  return headers === undefined ? record : { ...record, headers };
}

/**
 * The message of a record of a log; undefined when there is none (any more), and its text has to be
 * read. It must not be changed: others have it, too.
 */
export function takeMessage(record: object): object | undefined {
  const { [TAKE]: take } = record as Partial<CarryingRecord>; // What no log of another kind has.
  return take?.call(record as CarryingRecord);
}

/** The message that a record's text would be made of, while nobody has asked for the text. */
export function unwrittenMessage(record: object): object | undefined {
  return (record as Partial<CarryingRecord>)[UNWRITTEN]; // What no log of another kind has.
}

/** Whether the record's value is text, found out without writing it. */
export function hasText(record: LogRecord): boolean {
  return unwrittenMessage(record) !== undefined || record.text !== null;
}

/**
 * Whether reading the message's text would give the same: plain values only, which nobody can change
 * and JSON gives back. And it is short enough to be written at any time.
 */
export function isCarriable(message: object): boolean {
  // Its fields are looked at one by one.
  const fields = message as Readonly<Record<string, unknown>>;
  let units = 0;
  for (const name in fields) {
    const value = fields[name];
    units += name.length + LONGEST_NUMBER_UNITS;
    if (typeof value === "string") units += value.length;
    else if (typeof value === "number") {
      // JSON has no other zero, and nothing that is not finite.
      if (!Number.isFinite(value) || Object.is(value, -0)) return false;
    } else if (value !== null && typeof value !== "boolean") return false;
  }
  return units <= MAX_CARRIED_UNITS;
}
