/**
 * A record as a line of the audit log, and a quick look whether a file has it.
 *
 * @module
 */

import { Buffer } from "node:buffer";
import type { LogRecord } from "../../kafka/event_log.ts";
import { Literal } from "../../kafka/literal.ts";
import { ByteCursor, NOWHERE } from "./reading/byte_cursor.ts";
import type { MessageLayout } from "./reading/message_scanner.ts";
import type { ShapeStep } from "./reading/message_shapes.ts";

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
/** A quote within a string: two bytes, little-endian. */
const QUOTED_QUOTE = BACKSLASH | (QUOTE << 8);
const OFFSET = new Literal('{"offset":');
const TIMESTAMP = new Literal(',"timestamp":');
const KEY = new Literal(',"key":"');
const VALUE = new Literal('","value":"');
const LINE_END = new DataView(new TextEncoder().encode('"}\n').buffer);
const MESSAGE_END = new Literal('}"}\n');

/** The line of a record. */
export function lineOf(record: LogRecord): string {
  const { offset, timestamp, key, value, text, headers } = record;
  let line = `{"offset":${offset},"timestamp":${timestamp},"key":${JSON.stringify(key)}`;
  line += text === null && value !== null
    ? `,"valueBase64":"${Buffer.from(value).toString("base64")}"`
    : `,"value":${JSON.stringify(text)}`;
  const names = Object.keys(headers).sort();
  if (names.length > 0) {
    const fields = names.map((name) => `${JSON.stringify(name)}:${JSON.stringify(headers[name])}`);
    line += `,"headers":{${fields.join(",")}}`;
  }
  return `${line}}\n`;
}

/** The file's bytes, and the value's. */
const line = new ByteCursor();
const told = new ByteCursor();

/**
 * Where the bytes go on after the line of a record that begins at `start`; -1 when another one is there.
 * The value is compared as it is: to write the line only to compare it costs three times as much. With a
 * message's layout a third as much: what has no quotes is compared four bytes at a time.
 */
export function afterLine(
  bytes: Uint8Array,
  start: number,
  record: LogRecord,
  layout: MessageLayout | null = null,
): number {
  for (const _name in record.headers) return afterWrittenLine(bytes, start, record);
  const from = told.turnToValue(record);
  if (from === NOWHERE) return afterWrittenLine(bytes, start, record);
  const base = line.turnTo(bytes);
  const opened = afterOpening(base + start, record);
  if (opened === NOWHERE) return afterWrittenLine(bytes, start, record);
  const end = layout === null ? afterValue(opened, from) : afterMessage(opened, layout);
  return end === NOWHERE ? afterWrittenLine(bytes, start, record) : end - base;
}

/** Behind offset, timestamp, key and the value's opening quote, if they are plainly written. */
function afterOpening(start: number, { offset, timestamp, key }: LogRecord): number {
  let at = line.literal(start, OFFSET);
  if (at === NOWHERE) return NOWHERE;
  at = line.count(at);
  if (at === NOWHERE || line.value !== offset) return NOWHERE;
  at = line.literal(at, TIMESTAMP);
  if (at === NOWHERE) return NOWHERE;
  at = line.stamp(at);
  if (at === NOWHERE || line.value !== timestamp) return NOWHERE;
  at = line.literal(at, KEY);
  if (at === NOWHERE || key === null) return NOWHERE;
  const from = at;
  at = line.plain(at);
  if (at - from !== key.length) return NOWHERE;
  for (let n = 0; n < key.length; n++) {
    if (line.bytes[from + n] !== key.charCodeAt(n)) return NOWHERE;
  }
  return line.literal(at, VALUE);
}

/** Behind a message whose parts were found, and the line's end. */
function afterMessage(start: number, { shape, starts, ends }: MessageLayout): number {
  const { quotedOpening, steps } = shape!; // a message's layout has one
  let at = line.literal(start, quotedOpening);
  for (let n = 0; n < steps.length && at !== NOWHERE; n++) {
    const from = starts[n]!;
    if (from === NOWHERE) continue;
    const step = steps[n]!;
    at = line.literal(at, step.quotedOpening);
    if (at !== NOWHERE) at = afterPart(at, step, from, ends[n]!);
  }
  return at === NOWHERE ? NOWHERE : line.literal(at, MESSAGE_END);
}

/** Behind the value of one of its fields. The scanner has seen that nothing but quotes is escaped in it. */
function afterPart(at: number, step: ShapeStep, from: number, to: number): number {
  if (step.hasQuotes) return afterQuoted(at, from, to);
  if (!step.isInQuotes) return line.same(at, told.view, from, to);
  const end = line.same(at, told.view, from, to - 1);
  if (end === NOWHERE || end + 2 > line.end) return NOWHERE;
  return line.view.getUint16(end, true) === QUOTED_QUOTE ? end + 2 : NOWHERE;
}

/** What a byte is within a line: itself, behind a backslash, or written in many forms, or no text. */
const ESCAPED = 1;
const OTHER = 2;
const WRITTEN = Uint8Array.from({ length: 256 }, (_, byte) => {
  if (byte === QUOTE || byte === BACKSLASH) return ESCAPED;
  return byte < 0x20 || byte >= 0x7f ? OTHER : 0;
});

/** Behind a value in which nothing but quotes and backslashes is escaped, and the line's end. */
function afterValue(start: number, from: number): number {
  const at = afterQuoted(start, from, told.end);
  return at === NOWHERE ? NOWHERE : line.same(at, LINE_END, 0, LINE_END.byteLength);
}

/**
 * Behind bytes of the value in which nothing but quotes and backslashes is escaped. Differences are
 * gathered and looked at once: a branch for each byte would be guessed wrong at every quote.
 */
function afterQuoted(start: number, from: number, to: number): number {
  const { bytes } = told;
  const lines = line.bytes;
  if (start + 2 * (to - from) > lines.length) return NOWHERE;
  let at = start;
  let seen = 0;
  let difference = 0;
  for (let n = from; n < to; n++) {
    const byte = bytes[n]!;
    const written = WRITTEN[byte]!;
    const escaped = written & ESCAPED;
    seen |= written;
    difference |= (lines[at]! ^ BACKSLASH) & -escaped;
    at += escaped;
    difference |= lines[at++]! ^ byte;
  }
  return difference === 0 && (seen & OTHER) === 0 && at <= line.end ? at : NOWHERE;
}

/** Whatever the record holds. */
function afterWrittenLine(bytes: Uint8Array, start: number, record: LogRecord): number {
  const line = Buffer.from(lineOf(record));
  const found = bytes.subarray(start, start + line.length);
  return Buffer.compare(line, found) === 0 ? start + line.length : -1;
}
