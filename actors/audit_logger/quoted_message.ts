/**
 * A message as the text in quotes that a line has for it, written in one go: what `JSON.stringify` would
 * make of the message's text, which is not made.
 *
 * @module
 */

import { type LineBuffer, type Piece, pieceOf } from "./line_buffer.ts";

/** Names of fields whose pieces are kept. */
const MAX_NAMES = 1_024;

/** Types of messages whose fields' order is remembered. */
const MAX_TYPES = 256;

/** A name behind a value that is a text and before one; what of it is left out elsewhere. */
const BEHIND_TEXT = String.raw`\"`.length;
const BEFORE_TEXT = String.raw`\"`.length;
const FIRST_FIELD = String.raw`\",`.length;

interface FieldName {
  readonly name: string;
  /** What stands between the value before, a text, and the value behind, another one. */
  readonly piece: Piece;
}

const FIRST = pieceOf('"{');
const NULL = pieceOf("null");
const TRUE = pieceOf("true");
const FALSE = pieceOf("false");
const LAST = pieceOf(String.raw`\"}"`);
const EMPTY = pieceOf('"{}"');

/** By name. */
const names = new Map<string, FieldName>();

/** What is remembered of a type of message. */
interface Type {
  /** From the beginning up to the type's text, which nearly always comes first. */
  readonly opening: Piece;
  /** The names in the order in which they were met last. */
  readonly order: FieldName[];
}

const types = new Map<unknown, Type>();

/** Appends the message's text in quotes. The message is one that can be carried; there is room for it. */
export function appendQuotedMessage(buffer: LineBuffer, message: object): void {
  // Its fields are plain values, looked at one by one.
  const fields = message as Readonly<Record<string, string | number | boolean | null>>;
  const { opening, order } = typeOf(fields["type"]);
  let index = 0;
  let isBehindText = false;
  for (const name in fields) {
    let field = order[index];
    if (field === undefined || field.name !== name) order[index] = field = fieldOf(name);
    const value = fields[name] ?? null;
    const isText = typeof value === "string";
    const before = index === 0 ? FIRST_FIELD : isBehindText ? 0 : BEHIND_TEXT;
    const isOpening = index === 0 && isText && name === "type";
    index++;
    isBehindText = isText;
    if (isOpening) {
      buffer.appendPiece(opening);
      continue;
    }
    if (before === FIRST_FIELD) buffer.appendPiece(FIRST);
    buffer.appendPiece(field.piece, before, isText ? 0 : BEFORE_TEXT);
    if (isText) {
      if (!buffer.appendTwiceQuoted(value)) buffer.append(twiceQuoted(value));
    } else if (typeof value === "number") buffer.appendNumber(value);
    else buffer.appendPiece(value === null ? NULL : value ? TRUE : FALSE);
  }
  if (index === 0) buffer.appendPiece(EMPTY);
  else buffer.appendPiece(LAST, isBehindText ? 0 : BEHIND_TEXT);
}

/** The text in quotes in quotes, without those around it. */
function twiceQuoted(text: string): string {
  const quoted = JSON.stringify(text).slice(1, -1);
  return JSON.stringify(quoted).slice(1, -1);
}

function fieldOf(name: string): FieldName {
  const known = names.get(name);
  if (known !== undefined) return known;
  const quote = String.raw`\"`;
  const field = { name, piece: pieceOf(`${quote},${quote}${twiceQuoted(name)}${quote}:${quote}`) };
  if (names.size < MAX_NAMES) names.set(name, field);
  return field;
}

function typeOf(type: unknown): Type {
  const known = types.get(type);
  if (known !== undefined) return known;
  const quote = String.raw`\"`;
  const opening = pieceOf(`"{${quote}type${quote}:${quote}${twiceQuoted(String(type))}`);
  const made = { opening, order: [] };
  if (types.size < MAX_TYPES) types.set(type, made);
  return made;
}
