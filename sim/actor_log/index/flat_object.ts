/**
 * Reads the bytes of a flat JSON object without making strings of them: names, and texts, numbers and
 * words as their values, as `JSON.stringify` writes them. Whatever is otherwise is left to a JSON
 * parser: blanks, nesting, escapes, characters beyond ASCII.
 *
 * @module
 */

import { ASCII, asciiBytes, ENDS_PLAIN_TEXT, isToken, isWholeNumber } from "./ascii.ts";

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

/** What a field's value is. */
export const KIND = { none: 0, text: 1, escaped: 2, whole: 3, number: 4, word: 5 } as const;

const TOKENS = FIELDS.map(asciiBytes);
/** Fields plus one by length and first letter, in which all of them differ. */
const BY_SHAPE = new Uint8Array(1_024);
TOKENS.forEach((token, field) => BY_SHAPE[shapeOf(token.length, token[0]!)] = field + 1);
const NULL = asciiBytes("null");
const TRUE = asciiBytes("true");
const FALSE = asciiBytes("false");

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
  #bytes: Uint8Array = new Uint8Array();
  /** 2 where quotes are escaped, since all of it stands in a JSON string. */
  #quoteLength = 1;
  #end = 0;

  /**
   * Whether the bytes from `from` to `to` are such an object. With `quoted` they are the inside of a JSON
   * string, and every quote has its backslash.
   */
  read(bytes: Uint8Array, from: number, to: number, quoted = false): boolean {
    this.#bytes = bytes;
    this.#end = to;
    this.#quoteLength = quoted ? 2 : 1;
    this.kinds.fill(KIND.none);
    if (to - from < 2 || bytes[from] !== ASCII.openBrace) return false;
    for (let at = from + 1;;) {
      at = this.#member(at);
      if (at < 0) return false;
      if (bytes[at] === ASCII.closeBrace) return at + 1 === to;
      if (bytes[at] !== ASCII.comma) return false;
      at++;
    }
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
  is(field: number, token: Uint8Array): boolean {
    return this.kinds[field] === KIND.text &&
      isToken(this.#bytes, this.#starts[field]!, this.#ends[field]!, token);
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
    return this.#value(this.#fieldAt(nameStart, nameEnd), colon + 1);
  }

  #fieldAt(from: number, to: number): number {
    const field = BY_SHAPE[shapeOf(to - from, this.#bytes[from] ?? 0)]! - 1;
    return field >= 0 && isToken(this.#bytes, from, to, TOKENS[field]!) ? field : -1;
  }

  #value(field: number, at: number): number {
    const textStart = this.#quote(at);
    if (textStart >= 0) {
      const plainEnd = this.#plainEnd(textStart);
      if (plainEnd >= 0) {
        this.#note(field, KIND.text, textStart, plainEnd);
        return plainEnd + this.#quoteLength;
      }
      // What an intent carries is JSON in a string.
      const escapedEnd = field === FIELD.value ? this.#escapedEnd(textStart) : -1;
      if (escapedEnd < 0) return -1;
      this.#note(field, KIND.escaped, textStart, escapedEnd);
      return escapedEnd + 1;
    }
    return this.#numberOrWord(field, at);
  }

  #numberOrWord(field: number, at: number): number {
    const word = wordOf(this.#bytes[at]!);
    if (word !== null) {
      const end = at + word.length;
      if (!isToken(this.#bytes, at, end, word)) return -1;
      this.#note(field, KIND.word, at, end);
      return end;
    }
    const wholeEnd = this.#digits(at);
    const end = this.#numberEnd(at);
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
    const at = this.#stop(from);
    return at < this.#end && this.#quote(at) >= 0 ? at : -1;
  }

  /** Where a text ends whose only escapes are those of quotes. */
  #escapedEnd(from: number): number {
    const bytes = this.#bytes;
    for (let at = this.#stop(from); at < this.#end; at = this.#stop(at + 2)) {
      if (bytes[at] === ASCII.quote) return at;
      if (bytes[at] !== ASCII.backslash || bytes[at + 1] !== ASCII.quote) return -1;
    }
    return -1;
  }

  /** Where the characters end that stand for themselves. */
  #stop(from: number): number {
    const bytes = this.#bytes;
    let at = from;
    while (at < this.#end && ENDS_PLAIN_TEXT[bytes[at]!] === 0) at++;
    return at;
  }

  /** Behind the number that begins at `at`, by JSON's grammar, or -1. */
  #numberEnd(from: number): number {
    const bytes = this.#bytes;
    const first = bytes[from] === ASCII.minus ? from + 1 : from;
    let at = this.#digits(first);
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
    let at = from;
    while (at < this.#end && bytes[at]! >= ASCII.zero && bytes[at]! <= ASCII.nine) at++;
    return at;
  }
}

/** Those of other names too, which are then compared. */
function shapeOf(length: number, first: number): number {
  return (length & 31) << 5 | (first & 31);
}

/** The word that begins with a letter, or null: then it may be a number. */
function wordOf(first: number): Uint8Array | null {
  if (first === ASCII.n) return NULL;
  if (first === ASCII.t) return TRUE;
  return first === ASCII.f ? FALSE : null;
}
