/**
 * Where lines become bytes: one growing buffer, filled by many appends and written at once.
 *
 * @module
 */

const encoder = new TextEncoder();

/** The size a buffer begins with, in bytes. */
const INITIAL_BYTES = 256 * 1024;

/** The most bytes that one UTF-16 unit can need. */
const UNIT_BYTES = 3;

/** No number's text is longer, in bytes. */
const NUMBER_BYTES = 32;

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

/** A text that is appended often, as bytes. Made by {@link pieceOf}. */
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

/** The large number that stood last at some place, where the same one often stands again: a stamp. */
export class LastNumber {
  /** The number, and its digits: sixteen bytes, of which the last ones may be others. */
  readonly words = new Float64Array(3);
  digits = 0;
}

/**
 * Collects text as UTF-8. Views that it hands out are valid until the next append. Whoever appends
 * pieces, numbers and units has reserved room for them before.
 */
export class LineBuffer {
  #bytes = new Uint8Array(INITIAL_BYTES);
  #view = new DataView(this.#bytes.buffer);
  #length = 0;
  /** Where a text is encoded that has to be looked at byte by byte. */
  #scratch = new Uint8Array(INITIAL_BYTES);

  /** Bytes collected. */
  get length(): number {
    return this.#length;
  }

  /** Makes room for so many more bytes, and for what is written beyond them by the way. */
  reserve(size: number): void {
    const needed = this.#length + size + NUMBER_BYTES;
    if (needed <= this.#bytes.length) return;
    const grown = new Uint8Array(Math.max(needed, this.#bytes.length * 2));
    grown.set(this.#bytes.subarray(0, this.#length));
    this.#bytes = grown;
    this.#view = new DataView(grown.buffer);
  }

  /** Appends `text`. */
  append(text: string): void {
    this.reserve(text.length * UNIT_BYTES);
    const { written } = encoder.encodeInto(text, this.#bytes.subarray(this.#length));
    this.#length += written;
  }

  /** Appends `text` as `JSON.stringify` writes it. */
  appendQuoted(text: string): void {
    if (text.length > SHORT_UNITS || !this.#appendShort(text)) this.#appendLong(text);
  }

  /** Unit by unit, which for a few is faster than to call the encoder. False: nothing is appended. */
  #appendShort(text: string): boolean {
    this.reserve(text.length + 2);
    const bytes = this.#bytes;
    let at = this.#length;
    bytes[at++] = QUOTE;
    for (let i = 0; i < text.length; i++) {
      const unit = text.charCodeAt(i);
      if (unit > LAST_PRINTABLE || KINDS[unit] !== PLAIN) return false;
      bytes[at++] = unit;
    }
    bytes[at++] = QUOTE;
    this.#length = at;
    return true;
  }

  #appendLong(text: string): void {
    // Two bytes for each, unless it is to be written otherwise.
    this.reserve(text.length * UNIT_BYTES * 2 + 2);
    const written = this.#encode(text);
    const scratch = this.#scratch;
    const bytes = this.#bytes;
    let at = this.#length;
    let seen = PLAIN;
    bytes[at++] = QUOTE;
    for (let i = 0; i < written; i++) {
      const byte = scratch[i]!;
      const kind = KINDS[byte]!;
      // No branch: it would be taken at every sixth byte of a message, and foreseen at none.
      bytes[at] = BACKSLASH;
      bytes[at + (kind & ESCAPED)] = byte;
      at += 1 + (kind & ESCAPED);
      seen |= kind;
    }
    bytes[at++] = QUOTE;
    if (seen >= OTHERWISE) this.append(JSON.stringify(text));
    else this.#length = at;
  }

  /** Appends a piece. */
  appendPiece({ words, length }: Piece): void {
    const view = this.#view;
    const start = this.#length;
    // The last word may reach beyond the piece, where the next thing is written.
    for (let i = 0; i < words.length; i++) view.setFloat64(start + i * WORD_BYTES, words[i]!, true);
    this.#length = start + length;
  }

  /** Appends a number as JSON has it. It is finite. `last` is what stood at its place before. */
  appendNumber(value: number, last: LastNumber): void {
    if (value < 0 || !Number.isSafeInteger(value)) this.append(String(value));
    else if (value < BILLION) this.#appendDigits(value, digitsOf(value));
    else this.#appendLarge(value, last);
  }

  /**
   * Appends what stands for the text, without its quotes, in a JSON text that is itself in quotes in
   * another one. False for what is not printable ASCII: then nothing is appended.
   */
  appendTwiceQuoted(text: string): boolean {
    if (text.length > SHORT_UNITS) return this.#appendLongTwiceQuoted(text);
    const bytes = this.#bytes;
    let at = this.#length;
    for (let i = 0; i < text.length; i++) {
      const unit = text.charCodeAt(i);
      if (unit > LAST_PRINTABLE || KINDS[unit] !== PLAIN) return this.#appendLongTwiceQuoted(text);
      bytes[at++] = unit;
    }
    this.#length = at;
    return true;
  }

  /** With as many backslashes as there are to come, in case: see {@link #appendLong}. */
  #appendLongTwiceQuoted(text: string): boolean {
    const written = this.#encode(text);
    const scratch = this.#scratch;
    const bytes = this.#bytes;
    let at = this.#length;
    let seen = PLAIN;
    for (let i = 0; i < written; i++) {
      const byte = scratch[i]!;
      const kind = KINDS[byte]!;
      bytes[at] = bytes[at + 1] = bytes[at + 2] = BACKSLASH;
      at += 3 * (kind & ESCAPED);
      bytes[at++] = byte;
      seen |= kind;
    }
    if (seen >= OTHERWISE) return false;
    this.#length = at;
    return true;
  }

  /** A view of the bytes from `start` on. */
  since(start: number): Uint8Array {
    return this.#bytes.subarray(start, this.#length);
  }

  /** A view of everything collected; the buffer begins anew. */
  take(): Uint8Array {
    const taken = this.#bytes.subarray(0, this.#length);
    this.#length = 0;
    return taken;
  }

  /** Forgets what was collected, which a failure may have left there. */
  clear(): void {
    this.#length = 0;
  }

  /** As UTF-8 into the scratch; how many bytes. */
  #encode(text: string): number {
    const size = text.length * UNIT_BYTES;
    if (size > this.#scratch.length) this.#scratch = new Uint8Array(size);
    return encoder.encodeInto(text, this.#scratch).written;
  }

  /** In two parts, which are small integers; or as it was written before. */
  #appendLarge(value: number, last: LastNumber): void {
    const { words } = last;
    const view = this.#view;
    const start = this.#length;
    if (words[0] === value) {
      view.setFloat64(start, words[1]!, true);
      view.setFloat64(start + WORD_BYTES, words[2]!, true);
      this.#length = start + last.digits;
      return;
    }
    const billions = Math.floor(value / BILLION);
    this.#appendDigits(billions, digitsOf(billions));
    this.#appendDigits(value - billions * BILLION, 9);
    last.digits = this.#length - start;
    words[0] = value;
    words[1] = view.getFloat64(start, true);
    words[2] = view.getFloat64(start + WORD_BYTES, true);
  }

  /** Two at a time. */
  #appendDigits(value: number, digits: number): void {
    const bytes = this.#bytes;
    const start = this.#length;
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
    this.#length = start + digits;
  }
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
