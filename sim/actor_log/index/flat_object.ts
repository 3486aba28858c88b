/**
 * Reads the bytes of a flat JSON object without making strings of them: names, and texts, numbers and
 * words as their values, as `JSON.stringify` writes them. Whatever is otherwise is left to a JSON
 * parser: blanks, nesting, escapes, characters beyond ASCII.
 *
 * @module
 */

import { ASCII, asciiBytes, ENDS_PLAIN_TEXT, isToken, isWholeNumber } from "./ascii.ts";
import { Literal } from "../../../kafka/literal.ts";
import { ByteRow } from "./byte_row.ts";
import { ObjectShape, type ShapedMember, VALUE } from "./object_shape.ts";

/** The names that are looked for. */
export const FIELDS = [
  "type",
  "id",
  "correlationId",
  "timestamp",
  "userId",
  "orderId",
  "cancelId",
  "depositId",
  "producer",
  "number",
  "intendedAt",
  "partition",
  "key",
  "value",
  "encoding",
  "before",
  "causationId",
  "sequence",
] as const;

/** One of the names that are looked for. */
export type Field = (typeof FIELDS)[number];

/** What a field's value is; `object`: a text that holds an object. */
export const KIND = { none: 0, text: 1, object: 2, whole: 3, number: 4, word: 5 } as const;

/** Objects in a row that are not written as their shape has it, before it is learnt anew. */
const MISSES = 64;

const TOKENS = FIELDS.map(asciiBytes);
/** Fields plus one by length and first letter, in which all of them differ. */
const BY_SHAPE = new Uint8Array(1_024);
TOKENS.forEach((token, field) => BY_SHAPE[shapeOf(token.length, token[0]!)] = field + 1);
/** Bytes of brace, `type` and colon: what stands before an object's first text, but for its quotes. */
const FIRST_TEXT_NAME = 6;

const NULL = new Literal("null");
const TRUE = new Literal("true");
const FALSE = new Literal("false");

/** By {@link Field}: its number here. */
export const FIELD = Object.fromEntries(
  FIELDS.map((name, number) => [name, number]),
  // Object.fromEntries forgets which keys it was given.
) as Readonly<Record<Field, number>>;

/** One object's fields: one reader for many objects. */
export class FlatObject {
  /** By field: one of {@link KIND}. */
  readonly kinds = new Uint8Array(FIELDS.length);
  readonly #starts = new Int32Array(FIELDS.length);
  readonly #ends = new Int32Array(FIELDS.length);
  /** By the first letter of an object's first text: how the last one with it was written. */
  readonly #shapes = new Array<ObjectShape | undefined>(256).fill(undefined);
  /** Reads the object that the field `value` holds as its text. */
  readonly #inner: FlatObject | null;
  /** 2 where quotes are escaped, since all of it stands in a JSON string. */
  readonly #quoteLength: number;
  #row = new ByteRow(new Uint8Array());
  #bytes: Uint8Array = this.#row.bytes;
  #end = 0;
  /** Of the member that was read last. */
  #field = -1;
  #valueAt = 0;
  #value = 0;

  /** With `inner`, objects whose `value` is a text of such an object are flat too. */
  constructor({ isQuoted = false, inner = null }: {
    /** Whether it is the inside of a JSON string, where every quote has its backslash. */
    readonly isQuoted?: boolean;
    readonly inner?: FlatObject | null;
  } = {}) {
    this.#quoteLength = isQuoted ? 2 : 1;
    this.#inner = inner;
  }

  /** Whether the bytes from `from` to `to` are such an object. */
  read(row: ByteRow, from: number, to: number): boolean {
    return this.#read(row, from, to) === to;
  }

  /** Reads the object that begins at `from`; behind it, or -1. Past `to` when it is cut off there. */
  #read(row: ByteRow, from: number, to: number): number {
    const { bytes } = row;
    this.#row = row;
    this.#bytes = bytes;
    this.#end = to;
    this.kinds.fill(KIND.none);
    const letter = bytes[from + FIRST_TEXT_NAME + 3 * this.#quoteLength] ?? 0;
    const shape = this.#shapes[letter];
    const known = shape === undefined ? from : this.#readAs(shape, from);
    if (known > from && bytes[known] === ASCII.closeBrace) {
      shape!.misses = 0;
      return known + 1;
    }
    const end = this.#readOn(from, known);
    if (end >= 0 && (shape === undefined || ++shape.misses >= MISSES)) {
      this.#shapes[letter] = this.#shapeOf(from);
    }
    return end;
  }

  /** Reads members as long as they are written so: behind the last of them. */
  #readAs({ count, beginnings, fields, values }: ObjectShape, from: number): number {
    const row = this.#row;
    let at = from;
    for (let member = 0; member < count; member++) {
      const beginning = beginnings[member]!;
      if (!row.has(beginning, at)) return at;
      const valueEnd = this.#readValue(fields[member]!, values[member]!, at + beginning.length);
      if (valueEnd < 0) return at;
      at = valueEnd;
    }
    return at;
  }

  /** Reads the members that are left at `at`; behind the object, or -1. */
  #readOn(from: number, at: number): number {
    const bytes = this.#bytes;
    for (let next = at; next >= 0;) {
      if (bytes[next] === ASCII.closeBrace && next > from) return next + 1;
      if (bytes[next] !== (next > from ? ASCII.comma : ASCII.openBrace)) return -1;
      next = this.#member(next + 1);
    }
    return -1;
  }

  /** How an object is written that can be read. */
  #shapeOf(from: number): ObjectShape {
    const members: ShapedMember[] = [];
    for (let at = from; at === from || this.#bytes[at] !== ASCII.closeBrace;) {
      const start = at;
      at = this.#member(at + 1);
      const beginning = this.#bytes.slice(start, this.#valueAt);
      members.push({ beginning, field: this.#field, value: this.#value });
    }
    return new ObjectShape(members);
  }

  /** Where a field's characters, digits or letters begin. */
  start(field: number): number {
    return this.#starts[field]!;
  }

  /** Behind the last of them. */
  end(field: number): number {
    return this.#ends[field]!;
  }

  /** How many there are. */
  length(field: number): number {
    return this.#ends[field]! - this.#starts[field]!;
  }

  /** Whether a field is this text. */
  is(field: number, literal: Literal): boolean {
    return this.kinds[field] === KIND.text &&
      this.#row.is(literal, this.#starts[field]!, this.#ends[field]!);
  }

  /** Whether a field is a text without escapes, of 1 to `longest` characters. */
  isText(field: number, longest: number): boolean {
    return this.kinds[field] === KIND.text && this.length(field) > 0 &&
      this.length(field) <= longest;
  }

  /** Reads a name and its value; where it ends, or -1. */
  #member(at: number): number {
    const nameStart = this.#quote(at);
    const nameEnd = nameStart < 0 ? -1 : this.#plainEnd(nameStart);
    if (nameEnd < 0) return -1;
    const colon = nameEnd + this.#quoteLength;
    if (this.#bytes[colon] !== ASCII.colon) return -1;
    // Of two of one name the second counts, as for a parser.
    this.#field = this.#fieldAt(nameStart, nameEnd);
    const textStart = this.#quote(colon + 1);
    this.#valueAt = textStart < 0 ? colon + 1 : textStart;
    this.#value = textStart < 0 ? VALUE.bare : VALUE.text;
    const end = this.#readValue(this.#field, this.#value, this.#valueAt);
    if (end >= 0 || this.#value === VALUE.bare || this.#field !== FIELD.value) return end;
    this.#value = VALUE.object;
    return this.#readValue(this.#field, this.#value, this.#valueAt);
  }

  #fieldAt(from: number, to: number): number {
    const field = BY_SHAPE[shapeOf(to - from, this.#bytes[from] ?? 0)]! - 1;
    return field >= 0 && isToken(this.#bytes, from, to, TOKENS[field]!) ? field : -1;
  }

  /** Reads a value of one of {@link VALUE}, behind the quote of a text; where it ends, or -1. */
  #readValue(field: number, value: number, at: number): number {
    if (value === VALUE.bare) return this.#numberOrWord(field, at);
    if (value === VALUE.object) return this.#object(field, at);
    const end = this.#plainEnd(at);
    if (end < 0) return -1;
    this.#note(field, KIND.text, at, end);
    return end + this.#quoteLength;
  }

  /** A text that holds an object. */
  #object(field: number, at: number): number {
    if (this.#inner === null) return -1;
    const end = this.#inner.#read(this.#row, at, this.#end);
    if (end < 0 || this.#bytes[end] !== ASCII.quote) return -1;
    this.#note(field, KIND.object, at, end);
    return end + 1;
  }

  #numberOrWord(field: number, at: number): number {
    const word = wordOf(this.#bytes[at]!);
    if (word !== null) {
      const end = at + word.length;
      if (!this.#row.has(word, at)) return -1;
      this.#note(field, KIND.word, at, end);
      return end;
    }
    const wholeEnd = this.#digits(at);
    const end = this.#numberEnd(at, wholeEnd);
    if (end < 0) return -1;
    const isWhole = wholeEnd === end && isWholeNumber(this.#bytes, at, end);
    this.#note(field, isWhole ? KIND.whole : KIND.number, at, end);
    return end;
  }

  #note(field: number, kind: number, start: number, end: number): void {
    if (field < 0) return;
    this.kinds[field] = kind;
    this.#starts[field] = start;
    this.#ends[field] = end;
  }

  /** Behind the quote that stands at `at`, or -1. */
  #quote(at: number): number {
    const bytes = this.#bytes;
    if (this.#quoteLength === 1) return bytes[at] === ASCII.quote ? at + 1 : -1;
    return bytes[at] === ASCII.backslash && bytes[at + 1] === ASCII.quote ? at + 2 : -1;
  }

  /** Where a text without escapes ends: at its quote. -1 when it has escapes, or no end. */
  #plainEnd(from: number): number {
    const bytes = this.#bytes;
    const end = this.#end;
    let at = from;
    while (at < end && ENDS_PLAIN_TEXT[bytes[at]!] === 0) at++;
    return at < end && this.#quote(at) >= 0 ? at : -1;
  }

  /** Behind the number that begins at `at` with digits up to `wholeEnd`, by JSON's grammar, or -1. */
  #numberEnd(from: number, wholeEnd: number): number {
    const bytes = this.#bytes;
    const isNegative = bytes[from] === ASCII.minus;
    const first = isNegative ? from + 1 : from;
    let at = isNegative ? this.#digits(first) : wholeEnd;
    if (at === first || (bytes[first] === ASCII.zero && at > first + 1)) return -1;
    if (bytes[at] === ASCII.point) {
      const fraction = at + 1;
      at = this.#digits(fraction);
      if (at === fraction) return -1;
    }
    // Small letters are what is written here.
    if (bytes[at] !== ASCII.e) return at;
    at++;
    if (bytes[at] === ASCII.plus || bytes[at] === ASCII.minus) at++;
    const exponent = at;
    at = this.#digits(exponent);
    return at === exponent ? -1 : at;
  }

  /** Behind the digits that begin at `at`. */
  #digits(from: number): number {
    const bytes = this.#bytes;
    const end = this.#end;
    let at = from;
    while (at < end && bytes[at]! >= ASCII.zero && bytes[at]! <= ASCII.nine) at++;
    return at;
  }
}

/** Those of other names too, which are then compared. */
function shapeOf(length: number, first: number): number {
  return (length & 31) << 5 | (first & 31);
}

/** The word that begins with a letter, or null: then it may be a number. */
function wordOf(first: number): Literal | null {
  if (first === ASCII.n) return NULL;
  if (first === ASCII.t) return TRUE;
  return first === ASCII.f ? FALSE : null;
}
