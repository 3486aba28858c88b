/**
 * 64-bit hashes of ids and of bodies, so that what has been answered is remembered in a few bytes.
 * Two lanes in the manner of MurmurHash3's 32-bit rounds, each feeding the other. Not cryptographic:
 * whoever makes two of their own ids collide deceives nobody but themselves, since a hash is only
 * compared within one user.
 *
 * @module
 */

/** 64 bits as two unsigned 32-bit halves. */
export interface Hash64 {
  readonly hi: number;
  readonly lo: number;
}

const double = new Float64Array(1);
const halves = new Uint32Array(double.buffer);

/** Kinds of values, so that the text "1" and the number 1 are not the same. */
const TAG = { nothing: 1, true: 2, false: 3, number: 4, text: 5, array: 6, object: 7 } as const;

/** Takes words, texts and JSON values, and gives their hash. */
export class Hasher {
  #a: number;
  #b: number;
  #words = 0;

  constructor(seed?: Hash64) {
    this.#a = seed === undefined ? 0 : seed.hi | 0;
    this.#b = seed === undefined ? 0x5bd1e995 : seed.lo | 0;
  }

  word(word: number): this {
    let k = Math.imul(word, 0xcc9e2d51);
    k = Math.imul((k << 15) | (k >>> 17), 0x1b873593);
    let a = this.#a ^ k;
    a = (a << 13) | (a >>> 19);
    this.#a = (Math.imul(a + this.#b | 0, 5) + 0xe6546b64) | 0;
    k = Math.imul(word, 0x239b961b);
    k = Math.imul((k << 16) | (k >>> 16), 0xab0e9789);
    let b = this.#b ^ k;
    b = (b << 17) | (b >>> 15);
    this.#b = (Math.imul(b + this.#a | 0, 5) + 0x561ccd1b) | 0;
    this.#words++;
    return this;
  }

  text(text: string): this {
    const length = text.length;
    this.word(length);
    let at = 0;
    for (; at + 1 < length; at += 2) {
      this.word(text.charCodeAt(at) | (text.charCodeAt(at + 1) << 16));
    }
    if (at < length) this.word(text.charCodeAt(at));
    return this;
  }

  /** A JSON value; absent counts as null. Keys count in their order. */
  value(value: unknown): this {
    if (typeof value !== "object") {
      this.#scalar(value);
      return this;
    }
    // A stack of its own, because a client may nest deeper than the machine's stack is.
    const open: unknown[] = [value];
    while (open.length > 0) {
      const next = open.pop();
      if (typeof next === "object" && next !== null) this.#opened(next, open);
      else this.#scalar(next);
    }
    return this;
  }

  finish(): Hash64 {
    let a = this.#a ^ this.#words;
    let b = this.#b ^ this.#words;
    a = (a + b) | 0;
    b = (b + a) | 0;
    a = avalanche(a);
    b = avalanche(b);
    a = (a + b) | 0;
    b = (b + a) | 0;
    return { hi: a >>> 0, lo: b >>> 0 };
  }

  #scalar(value: unknown): void {
    if (typeof value === "number") {
      double[0] = value;
      this.word(TAG.number).word(halves[0]!).word(halves[1]!);
    } else if (typeof value === "string") this.word(TAG.text).text(value);
    else if (typeof value === "boolean") this.word(value ? TAG.true : TAG.false);
    else this.word(TAG.nothing);
  }

  #opened(value: object, open: unknown[]): void {
    if (Array.isArray(value)) {
      this.word(TAG.array).word(value.length);
      for (const item of value) open.push(item);
      return;
    }
    const entries = Object.entries(value);
    this.word(TAG.object).word(entries.length);
    for (const [key, item] of entries) {
      this.text(key);
      open.push(item);
    }
  }
}

function avalanche(h: number): number {
  h ^= h >>> 16;
  h = Math.imul(h, 0x85ebca6b);
  h ^= h >>> 13;
  h = Math.imul(h, 0xc2b2ae35);
  return h ^ (h >>> 16);
}
