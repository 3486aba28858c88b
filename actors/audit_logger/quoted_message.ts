/**
 * A message as the text in quotes that a line has for it, written in one go: what `JSON.stringify` would
 * make of the message's text, which is not made.
 *
 * @module
 */

import { LastNumber, type LineBuffer, type Piece, pieceOf } from "./line_buffer.ts";

/** Names of fields whose pieces are kept. */
const MAX_NAMES = 1_024;

/** Types of messages whose fields' order is remembered. */
const MAX_TYPES = 256;

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

/** Appends the message's text in quotes. The message is one that can be carried; there is room for it. */
export function appendQuotedMessage(buffer: LineBuffer, message: object): void {
  // Its fields are plain values, looked at one by one.
  const fields = message as Readonly<Record<string, string | number | boolean | null>>;
  const { opening, order } = typeOf(fields["type"]);
  let index = 0;
  let isBehindText = false;
  for (const name in fields) {
    const value = fields[name] ?? null;
    const isText = typeof value === "string";
    if (index === 0) {
      index++;
      isBehindText = isText;
      if (isText && name === "type") buffer.appendPiece(opening);
      else appendFirst(buffer, name, value);
      continue;
    }
    let field = order[index];
    if (field === undefined || field.name !== name) order[index] = field = fieldOf(name);
    index++;
    if (isText) {
      buffer.appendPiece(isBehindText ? field.betweenTexts : field.beforeText);
      if (!buffer.appendTwiceQuoted(value)) buffer.append(twiceQuoted(value));
    } else {
      buffer.appendPiece(isBehindText ? field.behindText : field.between);
      if (typeof value === "number") buffer.appendNumber(value, field.last);
      else buffer.appendPiece(value === null ? NULL : value ? TRUE : FALSE);
    }
    isBehindText = isText;
  }
  buffer.appendPiece(index === 0 ? EMPTY : isBehindText ? END_BEHIND_TEXT : END);
}

/** The first field of a message that does not begin with its type: rare, so written without haste. */
function appendFirst(
  buffer: LineBuffer,
  name: string,
  value: string | number | boolean | null,
): void {
  const text = JSON.stringify(JSON.stringify({ [name]: value })).slice(0, -2);
  buffer.append(typeof value === "string" ? text.slice(0, -QUOTE.length) : text);
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
