/**
 * A record as a line of the audit log. The bytes depend on the record alone.
 *
 * @module
 */

import { Buffer } from "node:buffer";
import { unwrittenMessage } from "../../kafka/carried_message.ts";
import type { LogRecord } from "../../kafka/event_log.ts";
import type { LineBuffer } from "./line_buffer.ts";
import { LastNumber, pieceOf, putPiece, putWhole } from "./pieces.ts";
import { appendQuotedMessage, MESSAGE_BYTES } from "./quoted_message.ts";

/** What a line says of a record; its topic and partition are the folder's. */
export interface AuditedRecord {
  readonly offset: number;
  readonly timestamp: number;
  readonly key: string | null;
  /** Null for a tombstone, and for bytes that are not UTF-8. */
  readonly text: string | null;
  /** Set for bytes that are not UTF-8. */
  readonly base64: string | null;
  readonly headers: Readonly<Record<string, string>>;
}

/** A record's line, newline included: keys in fixed order, headers sorted and only if there are any. */
export function auditLine(record: LogRecord): string {
  const text = record.text;
  const base64 = text === null && record.value !== null ? toBase64(record.value) : null;
  return formatLine(record.offset, record.timestamp, record.key, text, base64, record.headers);
}

const OFFSET = pieceOf('{"offset":');
const TIMESTAMP = pieceOf(',"timestamp":');
const KEY = pieceOf(',"key":');
const NO_KEY = pieceOf(',"key":null');
const VALUE = pieceOf(',"value":');
const END = pieceOf("}\n");
const lastOffset = new LastNumber();
const lastTimestamp = new LastNumber();

/** Room for what a line has beside key and value. */
const FRAME_BYTES = 256;

/** Appends {@link auditLine} of the record, which nearly always takes no string to be made. */
export function appendAuditLine(record: LogRecord, buffer: LineBuffer): void {
  const message = unwrittenMessage(record);
  const text = message === undefined ? record.text : null;
  for (const _ in record.headers) return buffer.append(auditLine(record));
  if (message === undefined && text === null) return buffer.append(auditLine(record));
  const { offset, timestamp, key } = record;
  buffer.reserve(FRAME_BYTES);
  const { room } = buffer;
  let at = putPiece(room, buffer.length, OFFSET);
  at = putWhole(room, at, offset, lastOffset);
  at = putPiece(room, at, TIMESTAMP);
  at = putWhole(room, at, timestamp, lastTimestamp);
  buffer.reach(putPiece(room, at, key === null ? NO_KEY : KEY));
  if (key !== null) buffer.appendQuoted(key);
  buffer.reserve(FRAME_BYTES + MESSAGE_BYTES);
  buffer.reach(putPiece(buffer.room, buffer.length, VALUE));
  if (message !== undefined) appendQuotedMessage(buffer, message);
  else if (text !== null) buffer.appendQuoted(text);
  buffer.reserve(FRAME_BYTES);
  buffer.reach(putPiece(buffer.room, buffer.length, END));
}

/** The line of a record that was read from a line. */
export function formatAuditedRecord(record: AuditedRecord): string {
  const { offset, timestamp, key, text, base64, headers } = record;
  return formatLine(offset, timestamp, key, text, base64, headers);
}

/**
 * The record that a line (without its newline) tells of, or null when the line is not exactly what
 * {@link auditLine} writes.
 */
export function parseAuditLine(line: string): AuditedRecord | null {
  let json: unknown;
  try {
    json = JSON.parse(line);
  } catch {
    // No JSON: an answer to the question, not a fault.
    return null;
  }
  if (typeof json !== "object" || json === null) return null;
  const { offset, timestamp, key, value, valueBase64, headers } = json as Record<string, unknown>; // an object: checked above; each field is checked below
  if (typeof offset !== "number" || typeof timestamp !== "number") return null;
  if (!isTextOrNull(key)) return null;
  const text = value ?? null;
  const base64 = valueBase64 ?? null;
  if (!isTextOrNull(text) || !isTextOrNull(base64)) return null;
  const named = headers ?? {};
  if (!isTextRecord(named)) return null;
  const record = { offset, timestamp, key, text, base64, headers: named };
  return formatAuditedRecord(record) === `${line}\n` ? record : null;
}

// A function with plain arguments, not one object per record: this runs for every record of the floor.
function formatLine(
  offset: number,
  timestamp: number,
  key: string | null,
  text: string | null,
  base64: string | null,
  headers: Readonly<Record<string, string>>,
): string {
  const head = '{"offset":' + offset + ',"timestamp":' + timestamp +
    (key === null ? ',"key":null' : ',"key":' + JSON.stringify(key));
  const body = base64 !== null
    ? ',"valueBase64":"' + base64 + '"'
    : text === null
    ? ',"value":null'
    : ',"value":' + JSON.stringify(text);
  for (const _ in headers) return head + body + formatHeaders(headers) + "}\n";
  return head + body + "}\n";
}

function formatHeaders(headers: Readonly<Record<string, string>>): string {
  const members = Object.keys(headers).sort().map((name) =>
    `${JSON.stringify(name)}:${JSON.stringify(headers[name])}`
  );
  return `,"headers":{${members.join(",")}}`;
}

function toBase64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("base64");
}

function isTextOrNull(value: unknown): value is string | null {
  return value === null || typeof value === "string";
}

function isTextRecord(value: unknown): value is Readonly<Record<string, string>> {
  return typeof value === "object" && value !== null && !Array.isArray(value) &&
    Object.values(value).every((member) => typeof member === "string");
}
