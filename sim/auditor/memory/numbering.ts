/**
 * Numbers what has a fingerprint, however much there is. A hash would strew neighbours over all pages;
 * so entries lie by a number that the caller takes from the text itself ("load-4711"), and ids that
 * were given one after the other lie together. Ids without such a number work too, on more pages.
 *
 * @module
 */

import { Fingerprinter } from "../fingerprint.ts";
import { type Column, Table } from "./columns.ts";
import type { PageMemory } from "./page_memory.ts";

/** Neighbouring numbers that share a bucket. */
const NEAR_SHIFT = 4;

/** Buckets, in leaves that are made when they are needed. */
const BUCKET_BITS = 18;
const LEAF_BITS = 10;

/** Entries of a chunk: the first tells how many there are, and which chunk comes next. */
const CHUNK_ENTRIES = 16;
const ENTRY_WORDS = 4;

/** A bucket with so many chunks is full: what comes then goes to a bucket chosen by fingerprint too. */
const MAX_CHUNKS = 16;
const MAX_DEPTH = 6;
const BITS_PER_DEPTH = 5;

/** Row numbers by fingerprint, given in turn from 0. */
export class Numbering {
  /** Holds what is asked for. */
  readonly print = new Fingerprinter();
  readonly #entries: Table;
  readonly #low: Column;
  readonly #high: Column;
  readonly #row: Column;
  /** First chunk + 1 of each bucket. */
  readonly #leaves: Uint32Array[] = [];
  #chunks = 0;
  #size = 0;
  /** Where {@link #search} ended: the bucket with room, or none. */
  #bucket = 0;

  constructor(memory: PageMemory) {
    this.#entries = new Table(memory);
    this.#low = this.#entries.words();
    this.#high = this.#entries.words();
    this.#row = this.#entries.words();
    this.#entries.words(); // so that chunks never lie across pages
  }

  get size(): number {
    return this.#size;
  }

  /** The row of what {@link print} holds, or -1. `near` is the same whenever the print is. */
  find(near = 0): number {
    return this.#search(near);
  }

  /** The row of what {@link print} holds, a new one when it was not known. */
  add(near = 0): number {
    const known = this.#search(near);
    if (known >= 0) return known;
    const bucket = this.#bucket;
    const first = this.#firstChunk(bucket);
    const head = (first - 1) * CHUNK_ENTRIES;
    const used = first === 0 ? CHUNK_ENTRIES - 1 : this.#low.get(head);
    const chunk = used < CHUNK_ENTRIES - 1 ? head : this.#addChunk(bucket, first);
    const entry = chunk + 1 + (chunk === head ? used : 0);
    this.#low.set(chunk, entry - chunk);
    this.#low.set(entry, this.print.low);
    this.#high.set(entry, this.print.high);
    this.#row.set(entry, this.#size);
    return this.#size++;
  }

  /** Looks through the bucket, and through those that took what it had no room for. */
  #search(near: number): number {
    const { low, high } = this.print;
    for (let depth = 0;; depth++) {
      const bucket = bucketOf(near, low, depth);
      let chunks = 0;
      let last = 0;
      for (let chunk = this.#firstChunk(bucket); chunk !== 0; chunks++) {
        const head = (chunk - 1) * CHUNK_ENTRIES;
        const within = this.#entries.find(head) * ENTRY_WORDS;
        const { words } = this.#entries.frame;
        const used = words[within]!;
        if (chunks === 0) last = used;
        for (let at = within + ENTRY_WORDS, n = 0; n < used; at += ENTRY_WORDS, n++) {
          if (words[at] === low && words[at + 1] === high) return words[at + 2]!;
        }
        chunk = words[within + 1]!;
      }
      this.#bucket = bucket;
      const isFull = chunks >= MAX_CHUNKS && last >= CHUNK_ENTRIES - 1;
      if (!isFull || depth === MAX_DEPTH) return -1;
    }
  }

  /** Puts an empty chunk before the others of a bucket. */
  #addChunk(bucket: number, next: number): number {
    const chunk = this.#chunks++ * CHUNK_ENTRIES;
    this.#high.set(chunk, next);
    const leaf = this.#leaves[bucket >>> LEAF_BITS] ??= new Uint32Array(1 << LEAF_BITS);
    leaf[bucket & ((1 << LEAF_BITS) - 1)] = this.#chunks;
    return chunk;
  }

  #firstChunk(bucket: number): number {
    return this.#leaves[bucket >>> LEAF_BITS]?.[bucket & ((1 << LEAF_BITS) - 1)] ?? 0;
  }
}

function bucketOf(near: number, low: number, depth: number): number {
  const group = Math.floor(near / 2 ** NEAR_SHIFT) >>> 0;
  const mask = (1 << BUCKET_BITS) - 1;
  if (depth === 0) return group & mask;
  const part = low & (2 ** (BITS_PER_DEPTH * depth) - 1);
  let hash = Math.imul(group + depth, 0x9e3779b1) ^ Math.imul(part + 1, 0x85ebca77);
  hash = Math.imul(hash ^ (hash >>> 15), 0x846ca68b);
  return (hash ^ (hash >>> 16)) & mask;
}

const ZERO = 48;

/** At most so many digits count. */
const MAX_DIGITS = 9;

/** So far into a text its first number is looked for. */
const LOOKED_AT = 64;

/** The number at the end of an id, such as 4711 of "load-4711"; 0 without one. */
export function trailingNumber(id: string): number {
  let value = 0;
  let unit = 1;
  for (let at = id.length - 1; at >= 0 && unit < 10 ** MAX_DIGITS; at--, unit *= 10) {
    const digit = id.charCodeAt(at) - ZERO;
    if (digit < 0 || digit > 9) break;
    value += digit * unit;
  }
  return value;
}

/** The first number in a text's bytes, such as 4711 of `{"id":"load/4711"`; 0 without one near its start. */
export function firstNumber(text: Uint8Array, from = 0, to = text.length): number {
  const end = Math.min(to, from + LOOKED_AT);
  for (let at = from; at < end; at++) {
    let digit = text[at]! - ZERO;
    if (digit < 0 || digit > 9) continue;
    let value = 0;
    for (let n = 0; n < MAX_DIGITS && digit >= 0 && digit <= 9; n++) {
      value = value * 10 + digit;
      at++;
      digit = at < to ? text[at]! - ZERO : -1;
    }
    return value;
  }
  return 0;
}
