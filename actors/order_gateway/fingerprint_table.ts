/**
 * The ids one user has ever used, as 64-bit fingerprints that are never forgotten: an open-addressing
 * table in one typed array. An entry also holds its ordinal, the how-manieth id of the user it is, by
 * which the answer is found while it is remembered.
 *
 * @module
 */

import type { Hash64 } from "./hash64.ts";

/** High half, low half, ordinal + 1 (0: empty). */
const WORDS_PER_SLOT = 3;
const FIRST_CAPACITY = 16;
/** Grown by half when fuller than this: between 15 and 23 bytes an id. */
const MAX_LOAD = 0.8;
const GROWTH = 1.5;

/** A set of fingerprints in the order in which they came. */
export class FingerprintTable {
  #slots = new Uint32Array(FIRST_CAPACITY * WORDS_PER_SLOT);
  #capacity = FIRST_CAPACITY;
  #size = 0;
  /** Fingerprints that came as a list and that nobody has looked for yet: most users' after a restart. */
  #listed: Uint32Array | null = null;

  get size(): number {
    return this.#size;
  }

  /** Bytes of the table. */
  get byteLength(): number {
    return this.#slots.byteLength + (this.#listed?.byteLength ?? 0);
  }

  /** The ordinal of a fingerprint, or -1. */
  find(hash: Hash64): number {
    if (this.#listed !== null) this.#takeListed(this.#listed);
    return this.#slots[this.#slotOf(hash.hi, hash.lo) + 2]! - 1;
  }

  /** Adds a fingerprint that is not there yet. Its ordinal is the {@link size} before. */
  add(hash: Hash64): void {
    if (this.#listed !== null) this.#takeListed(this.#listed);
    if (this.#size + 1 > this.#capacity * MAX_LOAD) this.#grow();
    this.#put(hash.hi, hash.lo, this.#size + 1);
    this.#size++;
  }

  /** High and low halves of all fingerprints, by ordinal. */
  toArray(): Uint32Array {
    if (this.#listed !== null) return this.#listed.slice();
    const all = new Uint32Array(this.#size * 2);
    for (let slot = 0; slot < this.#slots.length; slot += WORDS_PER_SLOT) {
      const place = this.#slots[slot + 2]!;
      if (place === 0) continue;
      all[2 * place - 2] = this.#slots[slot]!;
      all[2 * place - 1] = this.#slots[slot + 1]!;
    }
    return all;
  }

  /** The table that {@link toArray} listed. The list is copied. */
  static fromArray(all: Uint32Array): FingerprintTable {
    const table = new FingerprintTable();
    table.#listed = all.slice();
    table.#size = all.length / 2;
    return table;
  }

  #takeListed(all: Uint32Array): void {
    this.#listed = null;
    while (this.#size > this.#capacity * MAX_LOAD) {
      this.#capacity = Math.ceil(this.#capacity * GROWTH);
    }
    this.#slots = new Uint32Array(this.#capacity * WORDS_PER_SLOT);
    for (let i = 0; i < this.#size; i++) this.#put(all[2 * i]!, all[2 * i + 1]!, i + 1);
  }

  /** Index of the slot that holds the fingerprint, or of the empty one where it belongs. */
  #slotOf(hi: number, lo: number): number {
    const slots = this.#slots;
    // The high half as a fraction of the table: any capacity will do, not only powers of two.
    let slot = Math.floor(hi * this.#capacity / 2 ** 32) * WORDS_PER_SLOT;
    while (slots[slot + 2] !== 0 && (slots[slot] !== hi || slots[slot + 1] !== lo)) {
      slot += WORDS_PER_SLOT;
      if (slot === slots.length) slot = 0;
    }
    return slot;
  }

  #put(hi: number, lo: number, place: number): void {
    const slot = this.#slotOf(hi, lo);
    this.#slots[slot] = hi;
    this.#slots[slot + 1] = lo;
    this.#slots[slot + 2] = place;
  }

  #grow(): void {
    const old = this.#slots;
    this.#capacity = Math.ceil(this.#capacity * GROWTH);
    this.#slots = new Uint32Array(this.#capacity * WORDS_PER_SLOT);
    for (let slot = 0; slot < old.length; slot += WORDS_PER_SLOT) {
      if (old[slot + 2] !== 0) this.#put(old[slot]!, old[slot + 1]!, old[slot + 2]!);
    }
  }
}
