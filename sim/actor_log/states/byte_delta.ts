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

import { giveBack } from "../../../actors/fold/state_bytes.ts";
import { ByteSink, ByteSource, SHORT_COPY_BYTES } from "./byte_sink.ts";

/** Bytes that must agree for a place to be taken for the same. */
const ANCHOR_BYTES = 16;
/** One anchor of the old bytes in so many is remembered, and found wherever it has moved. */
const ANCHOR_STRIDE = 32;
/** The longer all is new, the fewer places are looked at; at most so far apart. */
const MAX_STEP_BYTES = 15;
/** So far only words are looked at, where words were before. */
const WORDS_TRIED_BYTES = 256;
/** So many bytes that were changed, taken out or put in are looked past first: what follows is near. */
const NEAR_BYTES = 64;
/** So many that were taken out or put in, where they are numbers of eight bytes, as in rows. */
const NEAR_ROWS_BYTES = 256;
const NUMBER_BYTES = 8;
/** Agreeing bytes behind what is near: rows of one kind agree in some of their columns anyway. */
const NEAR_MATCH = 24;

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
  readonly #before: DataView;
  readonly #after: DataView;
  readonly #fresh: Uint8Array;
  readonly #sink = new ByteSink(1_024);
  #anchors: Anchors | null = null;
  /** Where the next copy would begin if nothing had moved. */
  #expected = 0;

  constructor(before: Uint8Array, after: Uint8Array) {
    this.#before = viewOf(before);
    this.#after = viewOf(after);
    this.#fresh = after;
  }

  delta(): Uint8Array {
    const length = this.#after.byteLength;
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
    this.#anchors?.release();
    return this.#sink.bytes();
  }

  #step(from: number, copied: number, end: number, next: number): void {
    this.#sink.signed(from - this.#expected);
    this.#sink.number(copied);
    this.#sink.number(next - end);
    this.#sink.raw(this.#fresh, end, next);
    this.#expected = from + copied + next - end;
  }

  /** How many bytes agree from there on. */
  #sameFrom(after: number, before: number): number {
    const now = this.#after;
    const then = this.#before;
    const limit = Math.min(now.byteLength - after, then.byteLength - before);
    let same = 0;
    // Most of all bytes pass here: a word at a time, wherever it stands.
    while (
      same + 8 <= limit &&
      now.getInt32(after + same) === then.getInt32(before + same) &&
      now.getInt32(after + same + 4) === then.getInt32(before + same + 4)
    ) {
      same += 8;
    }
    while (same < limit && now.getUint8(after + same) === then.getUint8(before + same)) same++;
    return same;
  }

  /** The next place that both have, from two places on that differ. */
  #meet(after: number, before: number): Meeting | null {
    return this.#meetNear(after, before) ?? this.#meetAnchor(after, before);
  }

  #meetNear(after: number, before: number): Meeting | null {
    const now = this.#after;
    const then = this.#before;
    const room = Math.min(now.byteLength - after, then.byteLength - before) - NEAR_MATCH;
    const end = Math.min(NEAR_ROWS_BYTES, room);
    if (end <= 0) return null;
    const nowFirst = now.getInt32(after);
    const thenFirst = then.getInt32(before);
    // The first word is looked at here, as it mostly differs.
    for (let far = 1; far <= end; far += far < NEAR_BYTES ? 1 : NUMBER_BYTES) {
      const nowFar = now.getInt32(after + far);
      const thenFar = then.getInt32(before + far);
      if (
        nowFar === thenFar && far <= NEAR_BYTES &&
        agree(now, after + far, then, before + far, NEAR_MATCH)
      ) {
        return { after: after + far, before: before + far };
      }
      if (nowFirst === thenFar && agree(now, after, then, before + far, NEAR_MATCH)) {
        return { after, before: before + far };
      }
      if (nowFar === thenFirst && agree(now, after + far, then, before, NEAR_MATCH)) {
        return { after: after + far, before };
      }
    }
    return null;
  }

  #meetAnchor(after: number, before: number): Meeting | null {
    const now = this.#after;
    const then = this.#before;
    this.#anchors ??= new Anchors(then, now);
    // What stood at words is mostly still at words.
    const atWords = (after - before) % 4 === 0;
    for (
      let at = atWords ? after + (4 - after % 4) % 4 : after;
      at + ANCHOR_BYTES <= now.byteLength;
      at += stepAfter(at - after, atWords)
    ) {
      const found = this.#anchors.find(at);
      if (found < 0) continue;
      // What agrees before the anchor belongs to it.
      let back = 0;
      while (
        at - back > after && found - back > 0 &&
        now.getUint8(at - back - 1) === then.getUint8(found - back - 1)
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

  constructor(then: DataView, now: DataView) {
    this.#then = then;
    this.#now = now;
    const bits = Math.max(8, Math.ceil(Math.log2(then.byteLength / ANCHOR_STRIDE + 1)) + 1);
    this.#places = new Int32Array(2 ** bits);
    this.#shift = 32 - bits;
    // Backward, so that of equal anchors the first stays.
    const last = Math.floor((then.byteLength - ANCHOR_BYTES) / ANCHOR_STRIDE);
    for (let i = last; i >= 0; i--) {
      const at = i * ANCHOR_STRIDE;
      this.#places[anchorHash(this.#then, at) >>> this.#shift] = at + 1;
    }
  }

  /** Gives their memory back, a quarter of the old bytes': they must not be looked for any more. */
  release(): void {
    giveBack(this.#places);
  }

  /** Where the old bytes have what the new ones have at a place, or -1. */
  find(at: number): number {
    const now = this.#now;
    const then = this.#then;
    const place = this.#places[anchorHash(now, at) >>> this.#shift]! - 1;
    return place >= 0 && agree(now, at, then, place, ANCHOR_BYTES) ? place : -1;
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

function agree(
  now: DataView,
  after: number,
  then: DataView,
  before: number,
  bytes: number,
): boolean {
  if (after + bytes > now.byteLength || before + bytes > then.byteLength) return false;
  for (let i = 0; i < bytes; i += 4) {
    if (now.getInt32(after + i) !== then.getInt32(before + i)) return false;
  }
  return true;
}

function viewOf({ buffer, byteOffset, length }: Uint8Array): DataView {
  return new DataView(buffer, byteOffset, length);
}
