/**
 * Ids and contents as 64-bit fingerprints, so that millions of them fit in memory. Two of a million
 * different ids share one with a probability of about 3e-8.
 *
 * @module
 */

const encoder = new TextEncoder();

/** Of one unit of a text. */
const MAX_UTF8_BYTES = 3;

const double = new Float64Array(1);
const halves = new Uint32Array(double.buffer);

/** The first code that takes more than a byte. */
const NOT_ASCII = 0x80;

/** Computes fingerprints; the last one stands in {@link low} and {@link high}. */
export class Fingerprinter {
  /** The lower half, an unsigned 32-bit integer: on its own good enough to compare two contents. */
  low = 0;
  /** The upper half. */
  high = 0;
  #a = 0;
  #b = 0;
  #view: DataView = new DataView(new ArrayBuffer(0));
  #scratch = new Uint8Array(256);

  /**
   * Takes the fingerprint of a text, different for every `seed`: that of its bytes in UTF-8, so that a
   * text need not be made of bytes for it. Returns itself.
   */
  ofText(text: string, seed = 0): this {
    const { length } = text;
    let a = firstSum(seed);
    let b = secondSum(seed);
    let seen = 0;
    for (let at = 0; at < length; at += 4) {
      // Past the end there is no unit: NaN, which counts as 0.
      const first = text.charCodeAt(at);
      const second = text.charCodeAt(at + 1);
      const third = text.charCodeAt(at + 2);
      const fourth = text.charCodeAt(at + 3);
      seen |= first | second | third | fourth;
      const word = first | (second << 8) | (third << 16) | (fourth << 24);
      a = Math.imul(a ^ word, 0x9e3779b1);
      a ^= a >>> 15;
      b = Math.imul(b ^ word, 0x85ebca77);
      b ^= b >>> 13;
    }
    return seen < NOT_ASCII ? this.#finish(a ^ length, b) : this.#ofUnicode(text, seed);
  }

  /** Takes the fingerprint that a text of these bytes has, from `start` to `end`. Returns itself. */
  ofTextIn(view: DataView, start: number, end: number, seed = 0): this {
    this.begin(seed);
    let at = start;
    for (; at + 4 <= end; at += 4) this.add(view.getInt32(at, true));
    if (at < end) {
      let word = 0;
      for (let shift = 0; at < end; at++, shift += 8) word |= view.getUint8(at) << shift;
      this.add(word);
    }
    return this.finish(end - start);
  }

  /** Begins with the fingerprint of a text whose bytes come four at a time. */
  begin(seed = 0): void {
    this.#a = firstSum(seed);
    this.#b = secondSum(seed);
  }

  /** Adds the next four bytes, of the last word those that are there. */
  add(word: number): void {
    const a = Math.imul(this.#a ^ word, 0x9e3779b1);
    this.#a = a ^ (a >>> 15);
    const b = Math.imul(this.#b ^ word, 0x85ebca77);
    this.#b = b ^ (b >>> 13);
  }

  /** Takes the fingerprint of what was added. Returns itself. */
  finish(length: number): this {
    return this.#finish(this.#a ^ length, this.#b);
  }

  /** Takes the fingerprint of bytes, another one than that of a text. Returns itself. */
  ofBytes(bytes: Uint8Array, seed = 0): this {
    const { buffer, byteOffset, length } = bytes;
    // What is read together lies in one buffer.
    if (this.#view.buffer !== buffer) this.#view = new DataView(buffer);
    return this.ofBytesIn(this.#view, byteOffset, byteOffset + length, seed);
  }

  /** Takes the fingerprint of the bytes from `start` to `end`. Returns itself. */
  ofBytesIn(view: DataView, start: number, end: number, seed = 0): this {
    const length = end - start;
    let a = (seed ^ length) | 0;
    let b = Math.imul(seed, 0x2c1b3c6d) ^ 0x297a2d39;
    let c = a ^ 0x165667b1;
    let d = b ^ 0x27d4eb2f;
    let at = start;
    // Four sums that do not wait for one another.
    for (; at + 16 <= end; at += 16) {
      a = Math.imul(a ^ view.getInt32(at, true), 0x9e3779b1);
      a ^= a >>> 15;
      b = Math.imul(b ^ view.getInt32(at + 4, true), 0x85ebca77);
      b ^= b >>> 13;
      c = Math.imul(c ^ view.getInt32(at + 8, true), 0xc2b2ae3d);
      c ^= c >>> 16;
      d = Math.imul(d ^ view.getInt32(at + 12, true), 0x27d4eb2f);
      d ^= d >>> 14;
    }
    for (; at < end; at++) {
      const byte = view.getUint8(at);
      a = Math.imul(a ^ byte, 0x9e3779b1);
      a ^= a >>> 15;
      b = Math.imul(b ^ byte, 0x85ebca77);
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

  /** Takes the fingerprint of what it holds and what follows, a half of which is given. Returns itself. */
  then(low: number, high = 0): this {
    const a = Math.imul(this.low ^ low, 0x9e3779b1);
    const b = Math.imul(this.high ^ high, 0x85ebca77);
    const c = Math.imul(a ^ (a >>> 15) ^ high, 0xc2b2ae3d);
    const d = Math.imul(b ^ (b >>> 13) ^ low, 0x27d4eb2f);
    return this.#finish(c ^ (c >>> 16), d ^ (d >>> 14));
  }

  /** Takes the fingerprint of what it holds and a number. Returns itself. */
  thenNumber(value: number): this {
    if (value === (value | 0)) return this.then(value | 0, 1);
    double[0] = value;
    return this.then(halves[0]!, halves[1]!);
  }

  /** Takes the fingerprint of what it holds and a text. Returns itself. */
  thenText(text: string): this {
    const { low, high } = this;
    return this.ofText(text).then(low, high);
  }

  /** What is not all ASCII. Halves of pairs, which UTF-8 has not, are told apart all the same. */
  #ofUnicode(text: string, seed: number): this {
    const most = MAX_UTF8_BYTES * text.length;
    if (this.#scratch.length < most) this.#scratch = new Uint8Array(2 * most);
    const { written } = encoder.encodeInto(text, this.#scratch);
    this.ofTextIn(new DataView(this.#scratch.buffer), 0, written, seed);
    if (text.isWellFormed()) return this;
    for (let at = 0; at < text.length; at++) this.then(text.charCodeAt(at), at);
    return this;
  }

  #finish(a: number, b: number): this {
    this.low = scramble(a);
    this.high = scramble(b ^ Math.imul(a, 0x27d4eb2f));
    return this;
  }
}

function firstSum(seed: number): number {
  return seed ^ 0x3c6ef372;
}

function secondSum(seed: number): number {
  return Math.imul(seed, 0x2c1b3c6d) ^ 0x51ed270b;
}

function scramble(value: number): number {
  let x = Math.imul(value ^ (value >>> 16), 0x7feb352d);
  x = Math.imul(x ^ (x >>> 15), 0x846ca68b);
  return (x ^ (x >>> 16)) >>> 0;
}
