/**
 * A record as a line of the audit log, and a quick look whether a file has it.
 *
 * @module
 */

import { Buffer } from "node:buffer";
import type { LogRecord } from "../../kafka/event_log.ts";

const SPACE = 0x20;
const DELETE = 0x7f;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const LINE_END = '"}\n';

/** The line of a record. */
export function lineOf(record: LogRecord): string {
  const { value, text, headers } = record;
  let line = openingOf(record);
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

function openingOf({ offset, timestamp, key }: LogRecord): string {
  return `{"offset":${offset},"timestamp":${timestamp},"key":${JSON.stringify(key)}`;
}

/**
 * Where the bytes go on after the line of a record that begins at `start`; -1 when another one is there.
 * The value is compared as it is: to write the line only to compare it costs three times as much.
 */
export function afterLine(bytes: Uint8Array, start: number, record: LogRecord): number {
  const { value, headers } = record;
  for (const _name in headers) return afterWrittenLine(bytes, start, record);
  if (value === null) return afterWrittenLine(bytes, start, record);
  let at = afterText(bytes, start, `${openingOf(record)},"value":"`);
  if (at < 0) return afterWrittenLine(bytes, start, record);
  for (let i = 0; i < value.length; i++) {
    const byte = value[i]!;
    // What is not printable ASCII is text in many forms, or no text.
    if (byte < SPACE || byte >= DELETE) return afterWrittenLine(bytes, start, record);
    if ((byte === QUOTE || byte === BACKSLASH) && bytes[at++] !== BACKSLASH) return -1;
    if (bytes[at++] !== byte) return -1;
  }
  return afterText(bytes, at, LINE_END);
}

function afterWrittenLine(bytes: Uint8Array, start: number, record: LogRecord): number {
  const line = Buffer.from(lineOf(record));
  const found = bytes.subarray(start, start + line.length);
  return Buffer.compare(line, found) === 0 ? start + line.length : -1;
}

/** A text in ASCII; what is beyond it is compared as a whole line. */
function afterText(bytes: Uint8Array, start: number, text: string): number {
  for (let i = 0; i < text.length; i++) {
    if (bytes[start + i] !== text.charCodeAt(i)) return -1;
  }
  return start + text.length;
}
