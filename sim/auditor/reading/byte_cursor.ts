/**
 * Goes through bytes that are expected to be JSON as our encoder writes it. It knows nothing but that
 * form: what is anything else it does not understand, and leaves to a reader that knows all of JSON.
 *
 * Places are given and returned, rather than kept: a loop over millions of messages keeps them in
 * registers. What is not understood is answered with {@link NOWHERE}.
 *
 * @module
 */

import { SPAN, type StoredValue } from "../../../kafka/value_span.ts";
import type { Literal } from "../../../kafka/literal.ts";
import { Fingerprinter } from "../fingerprint.ts";

/** In the place of a place: the bytes are not what was expected. */
export const NOWHERE = -1;

const ZERO = 48;
const QUOTE = 0x22;
const DOT = 0x2e;
const BACKSLASH = 0x5c;

/** With more digits a number could be rounded. */
const MAX_DIGITS = 15;

/** Powers of ten that a double holds exactly. */
const POWERS_OF_TEN = Array.from({ length: MAX_DIGITS + 1 }, (_, digits) => 10 ** digits);

/** 1 for the bytes that stand for themselves within a string. */
const PLAIN = Uint8Array.from(
  { length: 256 },
  (_, byte) => byte >= 0x20 && byte < 0x7f && byte !== QUOTE && byte !== BACKSLASH ? 1 : 0,
);

const NO_BYTES = new Uint8Array();

/** Bytes, where they end, and what was read of them last. */
export class ByteCursor {
  bytes: Uint8Array = NO_BYTES;
  view: DataView = new DataView(NO_BYTES.buffer);
  end = 0;
  /** The number that was passed last. */
  value = 0;
  /** The print of the text that was passed last. */
  readonly print = new Fingerprinter();
  /** The last stamp, four digits at a time, and what it says. */
  readonly #stamp = new Int32Array(4);
  #stampValue = 0;

  /** Turns to bytes and says where they begin. Those of one buffer cost little one after the other. */
  turnTo(value: Uint8Array): number {
    const { buffer, byteOffset, length } = value;
    if (this.bytes.buffer !== buffer || this.bytes.byteOffset !== 0) {
      this.bytes = new Uint8Array(buffer);
      this.view = new DataView(buffer);
    }
    this.end = byteOffset + length;
    return byteOffset;
  }

  /** Turns to a record's value, as {@link turnTo} does; {@link NOWHERE} for a tombstone. */
  turnToValue(record: StoredValue): number {
    const span = record[SPAN];
    if (span === undefined) return record.value === null ? NOWHERE : this.turnTo(record.value);
    if (span === null) return NOWHERE;
    const { bytes } = span;
    // To ask bytes for their buffer costs more than to compare a message with it.
    if (this.bytes !== bytes) {
      this.bytes = bytes;
      this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    }
    this.end = span.end;
    return span.start;
  }

  /** Behind a literal. */
  literal(at: number, literal: Literal): number {
    const { words, length, tail } = literal;
    const { view } = this;
    if (at + length > this.end) return NOWHERE;
    const last = words.length - 1;
    for (let n = 0, place = at; n < last; n++, place += 4) {
      if (view.getInt32(place, true) !== words[n]) return NOWHERE;
    }
    return view.getInt32(at + tail, true) === words[last] ? at + length : NOWHERE;
  }

  /** Behind what also stands in other bytes, from `from` to `to`. */
  same(at: number, other: DataView, from: number, to: number): number {
    const { view } = this;
    const behind = at + to - from;
    if (behind > this.end) return NOWHERE;
    const last = to - 4;
    for (; from <= last; from += 4, at += 4) {
      if (view.getInt32(at, true) !== other.getInt32(from, true)) return NOWHERE;
    }
    for (; from < to; from++, at++) {
      if (view.getUint8(at) !== other.getUint8(from)) return NOWHERE;
    }
    return behind;
  }

  /** Behind a byte. */
  byte(at: number, byte: number): number {
    return at < this.end && this.bytes[at] === byte ? at + 1 : NOWHERE;
  }

  /** Where a string's plain text ends: at its closing quote, at an escape, or where the bytes end. */
  plain(at: number): number {
    const { bytes, end } = this;
    while (at < end && PLAIN[bytes[at]!] === 1) at++;
    return at;
  }

  /** Whether a quote comes next that does not end its string. */
  isEscapedQuote(at: number): boolean {
    return at + 1 < this.end && this.bytes[at] === BACKSLASH && this.bytes[at + 1] === QUOTE;
  }

  /** Where a string's text ends, which must not be empty; {@link print} then holds its print. */
  text(from: number): number {
    const { view, print } = this;
    const whole = this.end - 4;
    let at = from;
    print.begin();
    for (; at <= whole; at += 4) {
      const word = view.getInt32(at, true);
      if (hasOther(word)) break;
      print.add(word);
    }
    const to = this.plain(at);
    if (to > at) {
      let word = 0;
      for (let shift = 0; at < to; at++, shift += 8) word |= view.getUint8(at) << shift;
      print.add(word);
    }
    print.finish(to - from);
    return to > from && to < this.end && this.bytes[to] === QUOTE ? to : NOWHERE;
  }

  /** Behind a whole number of at most 15 digits, which {@link value} then holds. */
  count(from: number): number {
    const { bytes, end } = this;
    let at = from;
    let value = 0;
    for (; at < end; at++) {
      const digit = bytes[at]! - ZERO;
      if (digit < 0 || digit > 9) break;
      value = value * 10 + digit;
    }
    const digits = at - from;
    if (digits === 0 || digits > MAX_DIGITS || (digits > 1 && bytes[from] === ZERO)) return NOWHERE;
    this.value = value;
    return at;
  }

  /** Behind a count of milliseconds, as {@link count}: many have the same, which is told at once. */
  stamp(from: number): number {
    const { view, bytes } = this;
    const to = from + STAMP_DIGITS;
    if (
      to < this.end && !isDigit(bytes[to]!) &&
      view.getInt32(from, true) === this.#stamp[0] &&
      view.getInt32(from + 4, true) === this.#stamp[1] &&
      view.getInt32(from + 8, true) === this.#stamp[2] &&
      view.getInt32(from + STAMP_DIGITS - 4, true) === this.#stamp[3]
    ) {
      this.value = this.#stampValue;
      return to;
    }
    const at = this.count(from);
    if (at !== to) return at;
    for (let n = 0; n < 3; n++) this.#stamp[n] = view.getInt32(from + 4 * n, true);
    this.#stamp[3] = view.getInt32(from + STAMP_DIGITS - 4, true);
    this.#stampValue = this.value;
    return at;
  }

  /** Behind a number of at most 15 digits, some of them decimals, which {@link value} then holds. */
  decimal(from: number): number {
    const point = this.count(from);
    const { bytes, end } = this;
    if (point === NOWHERE || point >= end || bytes[point] !== DOT) return point;
    let { value } = this;
    let at = point + 1;
    for (; at < end; at++) {
      const digit = bytes[at]! - ZERO;
      if (digit < 0 || digit > 9) break;
      value = value * 10 + digit;
    }
    const decimals = at - point - 1;
    if (decimals === 0 || at - from - 1 > MAX_DIGITS) return NOWHERE;
    // Both are exact, so the quotient is the double nearest to what is written.
    this.value = value / POWERS_OF_TEN[decimals]!;
    return at;
  }
}

/** Of a count of milliseconds since the epoch, from 2001 to 2286. */
const STAMP_DIGITS = 13;

function isDigit(byte: number): boolean {
  return byte >= ZERO && byte <= ZERO + 9;
}

const ONES = 0x01010101;
const HIGH_BITS = 0x80808080 | 0;

/** Whether one of four bytes is a quote, a backslash, or no printable ASCII. */
function hasOther(word: number): boolean {
  const quotes = word ^ 0x22222222;
  const escapes = word ^ 0x5c5c5c5c;
  // A byte below n borrows from its highest bit when n is taken away.
  return ((((quotes - ONES) & ~quotes) | ((escapes - ONES) & ~escapes) |
    ((word - 0x20202020) & ~word) | word | (word + ONES)) & HIGH_BITS) !== 0;
}
