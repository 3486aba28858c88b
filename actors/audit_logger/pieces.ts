/**
 * How pieces of lines are put into bytes: functions that take the place to write at and give the one
 * behind what they wrote. The place is a plain number on its way through a line: kept in an object, each
 * piece would wait for the one before it to be stored there, which took a quarter of a line's time.
 *
 * Whoever puts something has seen to it that there is room, and for {@link SPARE_BYTES} more.
 *
 * @module
 */

const encoder = new TextEncoder();

/** What is written beyond the end of something by the way is no longer, and no number's text is. */
export const SPARE_BYTES = 32;

/** The most bytes that one UTF-16 unit can need. */
export const UNIT_BYTES = 3;

/** The size that the scratch begins with, in bytes. */
const SCRATCH_BYTES = 64 * 1024;

/** A text that has no more UTF-16 units is short. */
const SHORT_UNITS = 32;

/** Bytes of a {@link Piece} are copied so many at a time. */
const WORD_BYTES = 8;

const DIGIT_0 = 0x30;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const FIRST_PRINTABLE = 0x20;
const LAST_PRINTABLE = 0x7e;
const BILLION = 1_000_000_000;

/** What stands for a byte of text in a JSON text: itself, or itself behind a backslash, or more. */
const PLAIN = 0;
const ESCAPED = 1;
const OTHERWISE = 2;

const KINDS = Uint8Array.from({ length: 256 }, (_, byte) => {
  if (byte === QUOTE || byte === BACKSLASH) return ESCAPED;
  return byte < FIRST_PRINTABLE || byte > LAST_PRINTABLE ? OTHERWISE : PLAIN;
});

/** The digits of the numbers from 00 to 99. */
const PAIRS = Uint8Array.from(
  { length: 200 },
  (_, i) => DIGIT_0 + (i % 2 === 0 ? Math.floor(i / 20) : (i >> 1) % 10),
);

/** Where a text is encoded that has to be looked at byte by byte. */
let scratch = new Uint8Array(SCRATCH_BYTES);

/** Bytes to write into. */
export interface Room {
  readonly bytes: Uint8Array;
  /** Of the same bytes. */
  readonly view: DataView;
}

/** A text that is put often, as bytes. Made by {@link pieceOf}. */
export interface Piece {
  /** Bytes, eight at a time. No eight bytes of UTF-8 are a NaN, of which not every bit need be kept. */
  readonly words: Float64Array;
  /** In bytes; the last word may go on. */
  readonly length: number;
}

/** Makes a {@link Piece}. */
export function pieceOf(text: string): Piece {
  const bytes = encoder.encode(text);
  const words = new Float64Array(Math.ceil(bytes.length / WORD_BYTES));
  new Uint8Array(words.buffer).set(bytes);
  return { words, length: bytes.length };
}

/** Puts a piece. */
export function putPiece({ view }: Room, at: number, { words, length }: Piece): number {
  // The last word may reach beyond the piece, where the next thing is written.
  for (let i = 0; i < words.length; i++) view.setFloat64(at + i * WORD_BYTES, words[i]!, true);
  return at + length;
}

/** The large number that stood last at some place, where the same one often stands again: a stamp. */
export class LastNumber {
  /** The number, and its digits: sixteen bytes, of which the last ones may be others. */
  readonly words = new Float64Array(3);
  digits = 0;
}

/** Puts a whole number from 0 to 2^53 - 1. `last` is what stood at its place in another line. */
export function putWhole(room: Room, at: number, value: number, last: LastNumber): number {
  if (value < BILLION) return putDigits(room, at, value, digitsOf(value));
  const { view } = room;
  const { words } = last;
  if (words[0] === value) {
    view.setFloat64(at, words[1]!, true);
    view.setFloat64(at + WORD_BYTES, words[2]!, true);
    return at + last.digits;
  }
  // In two parts, which are small integers.
  const billions = Math.floor(value / BILLION);
  const behind = putDigits(room, at, billions, digitsOf(billions));
  const end = putDigits(room, behind, value - billions * BILLION, 9);
  last.digits = end - at;
  words[0] = value;
  words[1] = view.getFloat64(at, true);
  words[2] = view.getFloat64(at + WORD_BYTES, true);
  return end;
}

/** Two at a time. */
function putDigits({ bytes }: Room, start: number, value: number, digits: number): number {
  let left = value | 0;
  let at = start + digits;
  while (at > start + 1) {
    const hundreds = (left / 100) | 0;
    const pair = (left - hundreds * 100) * 2;
    bytes[--at] = PAIRS[pair + 1]!;
    bytes[--at] = PAIRS[pair]!;
    left = hundreds;
  }
  if (at > start) bytes[start] = DIGIT_0 + left;
  return start + digits;
}

/** Of a whole number below a billion. */
function digitsOf(value: number): number {
  if (value < 10) return 1;
  if (value < 100) return 2;
  if (value < 1_000) return 3;
  if (value < 10_000) return 4;
  if (value < 100_000) return 5;
  if (value < 1_000_000) return 6;
  if (value < 10_000_000) return 7;
  return value < 100_000_000 ? 8 : 9;
}

/**
 * Puts what stands for a text in a JSON text, without its quotes; `backslashes` are those that an
 * escaped character gets: 1, or 3 in a JSON text that is itself in quotes in another one. -1 for a text
 * that is not printable ASCII: then nothing is put.
 */
export function putText(room: Room, start: number, text: string, backslashes: 1 | 3): number {
  if (text.length > SHORT_UNITS) return putEscaped(room, start, text, backslashes);
  const { bytes } = room;
  let at = start;
  // Unit by unit, which for a few is faster than to call the encoder.
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit > LAST_PRINTABLE || KINDS[unit] !== PLAIN) {
      return putEscaped(room, start, text, backslashes);
    }
    bytes[at++] = unit;
  }
  return at;
}

function putEscaped({ bytes }: Room, start: number, text: string, backslashes: 1 | 3): number {
  if (text.length * UNIT_BYTES > scratch.length) scratch = new Uint8Array(text.length * UNIT_BYTES);
  const encoded = scratch;
  const { written } = encoder.encodeInto(text, encoded);
  let at = start;
  let seen = PLAIN;
  for (let i = 0; i < written; i++) {
    const byte = encoded[i]!;
    const kind = KINDS[byte]!;
    // No branch: it would be taken at every sixth byte of a message, and foreseen at none.
    bytes[at] = bytes[at + 1] = bytes[at + 2] = BACKSLASH;
    at += backslashes * (kind & ESCAPED);
    bytes[at++] = byte;
    seen |= kind;
  }
  return seen >= OTHERWISE ? -1 : at;
}
