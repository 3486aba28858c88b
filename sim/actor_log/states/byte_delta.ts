/**
 * Bytes as the difference from other bytes. Two states of one partition are alike nearly everywhere, but
 * what they keep in rows and lists moves: something is inserted, taken out, or changed in place.
 *
 * A delta is the length of the result, then steps to its end: how far a copy begins from where the last
 * one would have gone on, how long it is, and how many bytes follow that are not copied; all of them as
 * numbers of seven bits a byte, the lowest first.
 *
 * @module
 */

import { ByteSink, ByteSource } from "./byte_sink.ts";

/** Bytes that must agree for a place to be taken for the same. */
const ANCHOR_BYTES = 16;
/** One anchor of the old bytes in so many is remembered, and found wherever it has moved. */
const ANCHOR_STRIDE = 32;
/** The longer all is new, the fewer places are looked at; at most so far apart. */
const MAX_STEP_BYTES = 15;
/** So far only words are looked at, where words were before. */
const WORDS_TRIED_BYTES = 256;
/** How far a change in place is looked past, before it is looked for elsewhere. */
const IN_PLACE_BYTES = 64;
/** Agreeing bytes behind a change in place: rows of one kind agree in some of their columns anyway. */
const IN_PLACE_MATCH = 24;

/** A view of so few bytes takes longer to make than they take to copy. */
const SHORT_COPY_BYTES = 64;

/**
 * The difference by which `after` is made of `before`.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { applyDelta, encodeDelta } from "./byte_delta.ts";
 * const before = new TextEncoder().encode("Alice sells 7 at 1600; Bob buys 2 at 1700");
 * const after = new TextEncoder().encode("Alice sells 5 at 1600; Bob buys 2 at 1700");
 * const delta = encodeDelta(before, after);
 * assert.ok(delta.length < after.length);
 * assert.deepEqual(applyDelta(before, delta), after);
 * ```
 */
export function encodeDelta(before: Uint8Array, after: Uint8Array): Uint8Array {
  return new Differ(before, after).delta();
}

/**
 * What {@link encodeDelta} made the delta of, in bytes that `room` gives.
 * @throws {RangeError} when it is none of `before`
 */
export function applyDelta(
  before: Uint8Array,
  delta: Uint8Array,
  room: (length: number) => Uint8Array = (length) => new Uint8Array(length),
): Uint8Array {
  const source = new ByteSource(delta);
  const after = room(source.number());
  let from = 0;
  for (let at = 0; at < after.length;) {
    from += source.signed();
    const copied = source.number();
    const fresh = source.number();
    if (from < 0 || from + copied > before.length || at + copied + fresh > after.length) {
      throw new RangeError("Cannot apply a delta: it is none of these bytes");
    }
    if (copied > SHORT_COPY_BYTES) after.set(before.subarray(from, from + copied), at);
    else for (let i = 0; i < copied; i++) after[at + i] = before[from + i]!;
    source.take(after, at + copied, fresh);
    at += copied + fresh;
    from += copied + fresh;
  }
  return after;
}

/** A place in both. */
interface Meeting {
  readonly after: number;
  readonly before: number;
}

class Differ {
  readonly #before: Uint8Array;
  readonly #after: Uint8Array;
  readonly #beforeWords: Uint32Array;
  readonly #afterWords: Uint32Array;
  readonly #sink: ByteSink;
  #anchors: Anchors | null = null;
  /** Where the next copy would begin if nothing had moved. */
  #expected = 0;

  constructor(before: Uint8Array, after: Uint8Array) {
    this.#before = aligned(before);
    this.#after = aligned(after);
    this.#beforeWords = wordsOf(this.#before);
    this.#afterWords = wordsOf(this.#after);
    this.#sink = new ByteSink(1_024);
  }

  delta(): Uint8Array {
    const { length } = this.#after;
    this.#sink.number(length);
    let copied: Meeting = { after: 0, before: 0 };
    while (copied.after < length) {
      const same = this.#sameFrom(copied.after, copied.before);
      const end = copied.after + same;
      const next = end < length ? this.#meet(end, copied.before + same) : null;
      this.#step(copied.before, same, end, next?.after ?? length);
      if (next === null) break;
      copied = next;
    }
    return this.#sink.bytes();
  }

  #step(from: number, copied: number, end: number, next: number): void {
    this.#sink.signed(from - this.#expected);
    this.#sink.number(copied);
    this.#sink.number(next - end);
    this.#sink.raw(this.#after.subarray(end, next));
    this.#expected = from + copied + next - end;
  }

  /** How many bytes agree from there on. */
  #sameFrom(after: number, before: number): number {
    const now = this.#after;
    const then = this.#before;
    const limit = Math.min(now.length - after, then.length - before);
    let same = 0;
    if ((after - before) % 4 === 0) {
      while (
        same < limit && (after + same) % 4 !== 0 && now[after + same] === then[before + same]
      ) {
        same++;
      }
      if ((after + same) % 4 === 0) {
        same += this.#sameWords(after + same, before + same, limit - same);
      }
    }
    while (same < limit && now[after + same] === then[before + same]) same++;
    return same;
  }

  #sameWords(after: number, before: number, limit: number): number {
    const now = this.#afterWords;
    const then = this.#beforeWords;
    const nowAt = after / 4;
    const thenAt = before / 4;
    const words = limit >> 2;
    let same = 0;
    while (same < words && now[nowAt + same] === then[thenAt + same]) same++;
    return 4 * same;
  }

  /** The next place that both have, from two places on that differ. */
  #meet(after: number, before: number): Meeting | null {
    const now = this.#after;
    const then = this.#before;
    for (let skip = 1; skip <= IN_PLACE_BYTES; skip++) {
      if (agree(now, after + skip, then, before + skip)) {
        return { after: after + skip, before: before + skip };
      }
    }
    this.#anchors ??= new Anchors(then, now);
    // What stood at words is mostly still at words.
    const atWords = (after - before) % 4 === 0;
    for (
      let at = atWords ? after + (4 - after % 4) % 4 : after;
      at + ANCHOR_BYTES <= now.length;
      at += stepAfter(at - after, atWords)
    ) {
      const found = this.#anchors.find(at);
      if (found < 0) continue;
      // What agrees before the anchor belongs to it.
      let back = 0;
      while (
        at - back > after && found - back > 0 && now[at - back - 1] === then[found - back - 1]
      ) {
        back++;
      }
      return { after: at - back, before: found - back };
    }
    return null;
  }
}

/** Where anchors of old bytes are, to be met by new ones. */
class Anchors {
  readonly #then: DataView;
  readonly #now: DataView;
  /** Place + 1 by hash; 0: none. */
  readonly #places: Int32Array;
  readonly #shift: number;

  constructor(then: Uint8Array, now: Uint8Array) {
    this.#then = viewOf(then);
    this.#now = viewOf(now);
    const bits = Math.max(8, Math.ceil(Math.log2(then.length / ANCHOR_STRIDE + 1)) + 1);
    this.#places = new Int32Array(2 ** bits);
    this.#shift = 32 - bits;
    // Backward, so that of equal anchors the first stays.
    const last = Math.floor((then.length - ANCHOR_BYTES) / ANCHOR_STRIDE);
    for (let i = last; i >= 0; i--) {
      const at = i * ANCHOR_STRIDE;
      this.#places[anchorHash(this.#then, at) >>> this.#shift] = at + 1;
    }
  }

  /** Where the old bytes have what the new ones have at a place, or -1. */
  find(at: number): number {
    const now = this.#now;
    const then = this.#then;
    const place = this.#places[anchorHash(now, at) >>> this.#shift]! - 1;
    if (place < 0) return -1;
    for (let i = 0; i < ANCHOR_BYTES; i += 4) {
      if (then.getUint32(place + i) !== now.getUint32(at + i)) return -1;
    }
    return place;
  }
}

/** Odd steps meet every remainder of the stride, so that what agrees for long is always met. */
function stepAfter(tried: number, atWords: boolean): number {
  if (atWords && tried < WORDS_TRIED_BYTES) return 4;
  return Math.min(MAX_STEP_BYTES, 1 + 2 * (tried >> 7));
}

function anchorHash(view: DataView, at: number): number {
  let hash = Math.imul(view.getUint32(at, true), 0x9e3779b1);
  hash = Math.imul(hash ^ view.getUint32(at + 4, true) ^ (hash >>> 15), 0x85ebca6b);
  hash = Math.imul(hash ^ view.getUint32(at + 8, true) ^ (hash >>> 13), 0xc2b2ae35);
  return Math.imul(hash ^ view.getUint32(at + 12, true) ^ (hash >>> 16), 0x9e3779b1) >>> 0;
}

function agree(now: Uint8Array, after: number, then: Uint8Array, before: number): boolean {
  if (after + IN_PLACE_MATCH > now.length || before + IN_PLACE_MATCH > then.length) return false;
  for (let i = 0; i < IN_PLACE_MATCH; i++) {
    if (now[after + i] !== then[before + i]) return false;
  }
  return true;
}

/** The bytes themselves, or a copy of them that words may be read from. */
function aligned(bytes: Uint8Array): Uint8Array {
  return bytes.byteOffset % 4 === 0 ? bytes : bytes.slice();
}

function wordsOf({ buffer, byteOffset, length }: Uint8Array): Uint32Array {
  return new Uint32Array(buffer, byteOffset, length >> 2);
}

function viewOf({ buffer, byteOffset, length }: Uint8Array): DataView {
  return new DataView(buffer, byteOffset, length);
}
