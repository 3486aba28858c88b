/**
 * Bytes in which literals are looked for.
 *
 * @module
 */

import { type Literal, LITERAL_WORD_BYTES as WORD_BYTES } from "../../../kafka/literal.ts";

/** Bytes, and a view of them by which several are read at once. */
export class ByteRow {
  readonly bytes: Uint8Array;
  readonly #view: DataView;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** Whether a literal stands at `at`. */
  has({ tail, words }: Literal, at: number): boolean {
    const view = this.#view;
    const last = at + tail;
    if (at < 0 || last > view.byteLength - WORD_BYTES) return false;
    let word = 0;
    for (let next = at; next < last; next += WORD_BYTES) {
      if (view.getInt32(next, true) !== words[word++]) return false;
    }
    return view.getInt32(last, true) === words[word];
  }

  /** Whether the bytes from `from` to `to` are a literal. */
  is(literal: Literal, from: number, to: number): boolean {
    return to - from === literal.length && this.has(literal, from);
  }
}
