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
const WORD_BYTES = 4;

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
  readonly words: DataView;
  /** In bytes; the words may go on. */
  readonly length: number;
}

/** Makes a {@link Piece}. */
export function pieceOf(text: string): Piece {
  const bytes = encoder.encode(text);
  const padded = new Uint8Array(bytes.length + WORD_BYTES);
  padded.set(bytes);
  return { words: new DataView(padded.buffer), length: bytes.length };
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

  /** Appends a piece without its first `skipped` bytes and its last `cut` ones. */
  appendPiece({ words, length }: Piece, skipped = 0, cut = 0): void {
    const view = this.#view;
    const start = this.#length - skipped;
    // The last word may reach beyond the piece, where the next thing is written.
    for (let i = skipped; i < length; i += WORD_BYTES) {
      view.setInt32(start + i, words.getInt32(i, true), true);
    }
    this.#length = start + length - cut;
  }

  /** Appends a number as JSON has it. It is finite. */
  appendNumber(value: number): void {
    if (value >= 0 && Number.isSafeInteger(value)) this.#appendWhole(value);
    else this.append(String(value));
  }

  /**
   * Appends what stands for the text, without its quotes, in a JSON text that is itself in quotes in
   * another one. False for what is not printable ASCII: then nothing is appended.
   */
  appendTwiceQuoted(text: string): boolean {
    const bytes = this.#bytes;
    let at = this.#length;
    for (let i = 0; i < text.length; i++) {
      const unit = text.charCodeAt(i);
      if (unit > LAST_PRINTABLE || unit < FIRST_PRINTABLE) return false;
      if (unit === QUOTE || unit === BACKSLASH) {
        bytes[at] = bytes[at + 1] = bytes[at + 2] = BACKSLASH;
        at += 3;
      }
      bytes[at++] = unit;
    }
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

  /** In parts of nine digits, which are small integers. */
  #appendWhole(value: number): void {
    if (value < BILLION) return this.#appendDigits(value, digitsOf(value));
    const billions = Math.floor(value / BILLION);
    this.#appendWhole(billions);
    this.#appendDigits(value - billions * BILLION, 9);
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
