/**
 * A message as the text in quotes that a line has for it, written in one go: what `JSON.stringify` would
 * make of the message's text, which is not made.
 *
 * @module
 */

import { MAX_CARRIED_UNITS } from "../../kafka/carried_message.ts";
import type { LineBuffer } from "./line_buffer.ts";
import { LastNumber, type Piece, pieceOf, putPiece, putText, putWhole } from "./pieces.ts";

/**
 * A message that is carried is at most so long in quotes: `\u0000` for a unit, its backslash doubled.
 */
export const MESSAGE_BYTES = MAX_CARRIED_UNITS * 7;

/** Names of fields whose pieces are kept. */
const MAX_NAMES = 1_024;

/** Types of messages whose fields' order is remembered. */
const MAX_TYPES = 256;

/** What a message that is carried has in its fields. */
type Plain = string | number | boolean | null;

/** A field's name with all that stands around it, by what the values before and behind it are. */
interface FieldName {
  readonly name: string;
  readonly betweenTexts: Piece;
  readonly behindText: Piece;
  readonly beforeText: Piece;
  readonly between: Piece;
  readonly last: LastNumber;
}

const QUOTE = String.raw`\"`;
const NULL = pieceOf("null");
const TRUE = pieceOf("true");
const FALSE = pieceOf("false");
const END_BEHIND_TEXT = pieceOf(`${QUOTE}}"`);
const END = pieceOf('}"');
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

/**
 * Appends the message's text in quotes. The message is one that can be carried, and for
 * {@link MESSAGE_BYTES} there is room.
 */
export function appendQuotedMessage(buffer: LineBuffer, message: object): void {
  // Its fields are plain values, looked at one by one.
  const fields = message as Readonly<Record<string, Plain>>;
  let { room } = buffer;
  let at = buffer.length;
  let order: FieldName[] | null = null;
  let index = 0;
  let isBehindText = false;
  for (const name in fields) {
    const value = fields[name] ?? null;
    const isText = typeof value === "string";
    if (order === null) {
      // Of the first field, not of the message: V8 finds it only where it is being gone through fast.
      const type = typeOf(name === "type" ? value : null);
      order = type.order;
      if (isText && name === "type") at = putPiece(room, at, type.opening);
      else at = appendRare(buffer, at, firstField(name, value));
    } else {
      let field = order[index];
      if (field === undefined || field.name !== name) order[index] = field = fieldOf(name);
      index++;
      const start = putPiece(room, at, nameOf(field, isBehindText, isText));
      if (typeof value === "string") at = putText(room, start, value, 3);
      else if (typeof value !== "number") at = putPiece(room, start, wordOf(value));
      else at = isWhole(value) ? putWhole(room, start, value, field.last) : -1;
      if (at < 0) at = appendRare(buffer, start, isText ? twiceQuoted(value) : String(value));
    }
    room = buffer.room;
    isBehindText = isText;
  }
  buffer.reach(putPiece(room, at, order === null ? EMPTY : isBehindText ? END_BEHIND_TEXT : END));
}

function nameOf(field: FieldName, isBehindText: boolean, isText: boolean): Piece {
  if (isBehindText) return isText ? field.betweenTexts : field.behindText;
  return isText ? field.beforeText : field.between;
}

function isWhole(value: number): boolean {
  return value >= 0 && Number.isSafeInteger(value);
}

/** Appends at a place what pieces do not cover. The place behind it; the room may be another one. */
function appendRare(buffer: LineBuffer, at: number, text: string): number {
  buffer.reach(at);
  buffer.append(text);
  buffer.reserve(MESSAGE_BYTES);
  return buffer.length;
}

function wordOf(value: boolean | null): Piece {
  return value === null ? NULL : value ? TRUE : FALSE;
}

/** The beginning of a message that does not begin with its type, without the quote behind a text. */
function firstField(name: string, value: Plain): string {
  const text = JSON.stringify(JSON.stringify({ [name]: value })).slice(0, -END.length);
  return typeof value === "string" ? text.slice(0, -QUOTE.length) : text;
}

/** The text in quotes in quotes, without those around it. */
function twiceQuoted(text: string): string {
  const quoted = JSON.stringify(text).slice(1, -1);
  return JSON.stringify(quoted).slice(1, -1);
}

function fieldOf(name: string): FieldName {
  const known = names.get(name);
  if (known !== undefined) return known;
  const text = `,${QUOTE}${twiceQuoted(name)}${QUOTE}:`;
  const field = {
    name,
    betweenTexts: pieceOf(`${QUOTE}${text}${QUOTE}`),
    behindText: pieceOf(`${QUOTE}${text}`),
    beforeText: pieceOf(`${text}${QUOTE}`),
    between: pieceOf(text),
    last: new LastNumber(),
  };
  if (names.size < MAX_NAMES) names.set(name, field);
  return field;
}

function typeOf(type: unknown): Type {
  const known = types.get(type);
  if (known !== undefined) return known;
  const opening = pieceOf(`"{${QUOTE}type${QUOTE}:${QUOTE}${twiceQuoted(String(type))}`);
  const made = { opening, order: [] };
  if (types.size < MAX_TYPES) types.set(type, made);
  return made;
}
