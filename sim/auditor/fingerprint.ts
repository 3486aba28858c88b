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
    // Two sums that do not wait for one another.
    for (let at = 0; at < length; at += 2) {
      // Past the end there is no second unit: NaN, which counts as 0.
      const word = text.charCodeAt(at) | (text.charCodeAt(at + 1) << 16);
      a = Math.imul(a ^ word, 0x9e3779b1);
      a ^= a >>> 15;
      b = Math.imul(b ^ word, 0x85ebca77);
      b ^= b >>> 13;
    }
    return this.#finish(a, b);
  }

  /** Takes the fingerprint of bytes, another one than that of a text. Returns itself. */
  ofBytes(bytes: Uint8Array, seed = 0): this {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const { length } = bytes;
    let a = (seed ^ length) | 0;
    let b = Math.imul(seed, 0x2c1b3c6d) ^ 0x297a2d39;
    let c = a ^ 0x165667b1;
    let d = b ^ 0x27d4eb2f;
    let at = 0;
    // Four sums that do not wait for one another.
    for (; at + 16 <= length; at += 16) {
      a = Math.imul(a ^ view.getInt32(at, true), 0x9e3779b1);
      a ^= a >>> 15;
      b = Math.imul(b ^ view.getInt32(at + 4, true), 0x85ebca77);
      b ^= b >>> 13;
      c = Math.imul(c ^ view.getInt32(at + 8, true), 0xc2b2ae3d);
      c ^= c >>> 16;
      d = Math.imul(d ^ view.getInt32(at + 12, true), 0x27d4eb2f);
      d ^= d >>> 14;
    }
    for (; at < length; at++) {
      a = Math.imul(a ^ bytes[at]!, 0x9e3779b1);
      a ^= a >>> 15;
      b = Math.imul(b ^ bytes[at]!, 0x85ebca77);
      b ^= b >>> 13;
    }
    // Each half depends on every byte.
    return this.#finish(
      scramble(scramble(scramble(a) ^ b) ^ c) ^ d,
      scramble(scramble(scramble(d) ^ c) ^ b) ^ a,
    );
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
