/**
 * Many short lines, kept as bytes: as strings of their own each would live long enough to be moved about
 * in memory, and stay there until a large collection.
 *
 * @module
 */

/** Room for so many bytes at first. */
const FIRST_BYTES = 65_536;

/** Digits of a safe integer, at most. */
const MAX_DIGITS = 16;

const LINE_END = "\n";
const ZERO = 0x30;

const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

/** Lines of UTF-8, none of which has a line's end in it. */
export class LineBuffer {
  /** How many lines have been ended. */
  count = 0;
  #bytes = new Uint8Array(FIRST_BYTES);
  #used = 0;

  /** Adds some bytes to the line. */
  add(bytes: Uint8Array, from: number, to: number): void {
    const own = this.#roomFor(to - from);
    let at = this.#used;
    // They are few: a call to copy them takes longer.
    for (let i = from; i < to; i++) own[at++] = bytes[i]!;
    this.#used = at;
  }

  /** Adds one byte. */
  addByte(byte: number): void {
    this.#roomFor(1)[this.#used++] = byte;
  }

  /** Adds a whole number from 0, in decimal digits. */
  addNumber(number: number): void {
    const own = this.#roomFor(MAX_DIGITS);
    let digits = 1;
    for (let rest = number; rest >= 10; rest = Math.floor(rest / 10)) digits++;
    this.#used += digits;
    for (let at = this.#used - 1, rest = number; digits > 0; digits--, at--) {
      own[at] = ZERO + rest % 10;
      rest = Math.floor(rest / 10);
    }
  }

  /** Ends the line. */
  endLine(): void {
    this.addByte(LINE_END.charCodeAt(0));
    this.count++;
  }

  /** All lines; none is left. */
  take(): string[] {
    const text = decoder.decode(this.#bytes.subarray(0, Math.max(0, this.#used - 1)));
    const lines = this.count === 0 ? [] : text.split(LINE_END);
    this.count = 0;
    this.#used = 0;
    return lines;
  }

  /** The bytes, with room behind the last one. */
  #roomFor(bytes: number): Uint8Array {
    if (this.#used + bytes > this.#bytes.length) {
      const larger = new Uint8Array(2 * (this.#used + bytes));
      larger.set(this.#bytes);
      this.#bytes = larger;
    }
    return this.#bytes;
  }
}
