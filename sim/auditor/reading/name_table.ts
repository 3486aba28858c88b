/**
 * Names that come again and again (users, symbols), so that a string is made of each only once.
 *
 * @module
 */

import type { Fingerprinter } from "../fingerprint.ts";

/** Names that are known at a time; another one takes the place of the one in its slot. */
const SLOTS = 4_096;

const decoder = new TextDecoder();

/** Strings of bytes in ASCII, by their fingerprints. */
export class NameTable {
  readonly #names: string[] = new Array(SLOTS).fill("");
  readonly #low = new Uint32Array(SLOTS);
  readonly #high = new Uint32Array(SLOTS);

  /** The text from `start` to `end`, of which `print` is the fingerprint. */
  nameIn(bytes: Uint8Array, start: number, end: number, { low, high }: Fingerprinter): string {
    const slot = low & (SLOTS - 1);
    const known = this.#names[slot]!;
    if (this.#low[slot] === low && this.#high[slot] === high && known.length === end - start) {
      return known;
    }
    this.#low[slot] = low;
    this.#high[slot] = high;
    return this.#names[slot] = decoder.decode(bytes.subarray(start, end));
  }
}
