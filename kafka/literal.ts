/**
 * Bytes that are looked for in values, four at a time, which takes half as long as one at a time.
 *
 * @module
 */

/** Bytes of one comparison. */
export const LITERAL_WORD_BYTES = 4;

/** Bytes that are looked for as they are; at least four of them. */
export class Literal {
  readonly length: number;
  /** Four bytes at a time; the last four may overlap those before. */
  readonly words: Int32Array;
  /** Where the last four begin. */
  readonly tail: number;

  /** @throws {RangeError} for fewer than four bytes */
  constructor(text: string | Uint8Array) {
    const bytes = typeof text === "string" ? new TextEncoder().encode(text) : text.slice();
    if (bytes.length < LITERAL_WORD_BYTES) {
      throw new RangeError(`Cannot look for "${text}": it is too short`);
    }
    this.length = bytes.length;
    this.tail = bytes.length - LITERAL_WORD_BYTES;
    const view = new DataView(bytes.buffer);
    this.words = Int32Array.from(
      { length: Math.ceil(this.length / LITERAL_WORD_BYTES) },
      (_, n) => view.getInt32(Math.min(LITERAL_WORD_BYTES * n, this.tail), true),
    );
  }
}
