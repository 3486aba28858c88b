/**
 * Ids and contents as 64-bit fingerprints, so that millions of them fit in memory. Two of a million
 * different ids share one with a probability of about 3e-8.
 *
 * @module
 */

/** Computes fingerprints; the last one stands in {@link low} and {@link high}. */
export class Fingerprinter {
  /** The lower half, an unsigned 32-bit integer: on its own good enough to compare two contents. */
  low = 0;
  /** The upper half. */
  high = 0;

  /** Takes the fingerprint of a text, different for every `seed`. Returns itself. */
  ofText(text: string, seed = 0): this {
    const { length } = text;
    let a = (seed ^ length) | 0;
    let b = Math.imul(seed, 0x2c1b3c6d) ^ 0x51ed270b;
    for (let at = 0; at < length; at += 2) {
      // Past the end there is no second unit: NaN, which counts as 0.
      const word = text.charCodeAt(at) | (text.charCodeAt(at + 1) << 16);
      a = Math.imul(a ^ word, 0x9e3779b1);
      a ^= a >>> 15;
      b = Math.imul(b ^ word, 0x85ebca77) + a | 0;
      b ^= b >>> 13;
    }
    return this.#finish(a, b);
  }

  /** Takes the fingerprint of bytes, another one than that of a text. Returns itself. */
  ofBytes(bytes: Uint8Array, seed = 0): this {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const whole = bytes.length & ~3;
    let a = (seed ^ bytes.length) | 0;
    let b = Math.imul(seed, 0x2c1b3c6d) ^ 0x297a2d39;
    for (let at = 0; at < bytes.length; at += at < whole ? 4 : 1) {
      const word = at < whole ? view.getInt32(at, true) : bytes[at]!;
      a = Math.imul(a ^ word, 0x9e3779b1);
      a ^= a >>> 15;
      b = Math.imul(b ^ word, 0x85ebca77) + a | 0;
      b ^= b >>> 13;
    }
    return this.#finish(a, b);
  }

  /** Takes an integer as its own fingerprint. Returns itself. */
  ofInteger(value: number): this {
    this.low = value >>> 0;
    this.high = Math.floor(value / 2 ** 32) >>> 0;
    return this;
  }

  #finish(a: number, b: number): this {
    this.low = scramble(a);
    this.high = scramble(b ^ Math.imul(a, 0x27d4eb2f));
    return this;
  }
}

function scramble(value: number): number {
  let x = Math.imul(value ^ (value >>> 16), 0x7feb352d);
  x = Math.imul(x ^ (x >>> 15), 0x846ca68b);
  return (x ^ (x >>> 16)) >>> 0;
}

const INITIAL_SLOTS = 256;
const MAX_FILL = 0.6;

/** Row numbers by fingerprint: an open-addressed table in three typed arrays. */
export class FingerprintIndex {
  #low = new Uint32Array(INITIAL_SLOTS);
  #high = new Uint32Array(INITIAL_SLOTS);
  /** Row + 1; 0 is a free slot. */
  #rows = new Uint32Array(INITIAL_SLOTS);
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** The row, or -1. */
  find(print: Fingerprinter): number {
    return this.#rows[this.#slotOf(print.low, print.high)]! - 1;
  }

  /** Remembers a row, in the place of one already there. */
  set(print: Fingerprinter, row: number): void {
    if (this.#size >= this.#rows.length * MAX_FILL) this.#grow();
    const slot = this.#slotOf(print.low, print.high);
    if (this.#rows[slot] === 0) this.#size++;
    this.#put(slot, print.low, print.high, row + 1);
  }

  #put(slot: number, low: number, high: number, entry: number): void {
    this.#low[slot] = low;
    this.#high[slot] = high;
    this.#rows[slot] = entry;
  }

  #slotOf(low: number, high: number): number {
    const mask = this.#rows.length - 1;
    let slot = scramble(low ^ Math.imul(high, 0x9e3779b1)) & mask;
    while (
      this.#rows[slot] !== 0 && (this.#low[slot] !== low || this.#high[slot] !== high)
    ) slot = (slot + 1) & mask;
    return slot;
  }

  #grow(): void {
    const low = this.#low;
    const high = this.#high;
    const rows = this.#rows;
    this.#low = new Uint32Array(low.length * 2);
    this.#high = new Uint32Array(low.length * 2);
    this.#rows = new Uint32Array(low.length * 2);
    for (let i = 0; i < rows.length; i++) {
      if (rows[i] === 0) continue;
      this.#put(this.#slotOf(low[i]!, high[i]!), low[i]!, high[i]!, rows[i]!);
    }
  }
}

/** A {@link FingerprintIndex} that numbers what it is shown, from 0. */
export class Numbering {
  readonly #index = new FingerprintIndex();
  readonly print = new Fingerprinter();

  get size(): number {
    return this.#index.size;
  }

  /** The row of what {@link print} holds, or -1. */
  find(): number {
    return this.#index.find(this.print);
  }

  /** The row of what {@link print} holds, a new one when it was not known. */
  add(): number {
    const known = this.#index.find(this.print);
    if (known >= 0) return known;
    const row = this.#index.size;
    this.#index.set(this.print, row);
    return row;
  }
}
