/**
 * Which records carry a correlation id. Entries are taken in segments; of each entry with a message its
 * fingerprint and its place in the segment make one number, the numbers of a segment are sorted, and
 * cut into buckets by the fingerprints' highest bits. A question reads one bucket of every segment.
 *
 * @module
 */

import type { DatabaseSync, StatementSync } from "node:sqlite";
import { FINGERPRINT_BITS } from "./correlation_fingerprint.ts";
import { SEGMENT_BUCKETS, SEGMENT_ENTRIES } from "./limits.ts";

/** The table of the buckets: segment × {@link SEGMENT_BUCKETS} + bucket. */
export const CORRELATION_TABLE = `
CREATE TABLE correlations (id INTEGER PRIMARY KEY, entries BLOB NOT NULL) STRICT;
`;

/** Fingerprints of one bucket. */
const BUCKET_SPAN = 2 ** FINGERPRINT_BITS / SEGMENT_BUCKETS;

/** Bytes of an entry: the fingerprint's lower bits and the place, as a big-endian number. */
const ENTRY_BYTES = 5;

/** A fingerprint is sorted by its lower half, then by its higher one. */
const HALF_BITS = FINGERPRINT_BITS / 2;
const HALF_MASK = 2 ** HALF_BITS - 1;

/** Writes the segments. */
export class CorrelationWriter {
  readonly #insert: StatementSync;
  /** Of the segment's entries with a message: fingerprints, and places in the segment. */
  readonly #fingerprints = new Int32Array(SEGMENT_ENTRIES);
  readonly #places = new Uint32Array(SEGMENT_ENTRIES);
  readonly #sorted = new Uint32Array(SEGMENT_ENTRIES);
  readonly #halfSorted = new Uint32Array(SEGMENT_ENTRIES);
  readonly #ends = new Uint32Array(HALF_MASK + 1);
  #segment = 0;
  #count = 0;

  constructor(database: DatabaseSync) {
    this.#insert = database.prepare("INSERT INTO correlations VALUES (?, ?)");
  }

  /** Adds the record of a rank; ranks only grow. */
  add(rank: number, fingerprint: number): void {
    const place = rank % SEGMENT_ENTRIES;
    const segment = (rank - place) / SEGMENT_ENTRIES;
    if (segment !== this.#segment) {
      this.flush();
      this.#segment = segment;
    }
    this.#fingerprints[this.#count] = fingerprint;
    this.#places[this.#count++] = place;
  }

  /** Ends the segment. */
  flush(): void {
    const sorted = this.#sort();
    for (let from = 0; from < sorted.length;) {
      const bucket = this.#bucketOf(sorted[from]!);
      let to = from + 1;
      while (to < sorted.length && this.#bucketOf(sorted[to]!) === bucket) to++;
      const entries = this.#packed(sorted.subarray(from, to));
      this.#insert.run(this.#segment * SEGMENT_BUCKETS + bucket, entries);
      from = to;
    }
    this.#count = 0;
  }

  #bucketOf(entry: number): number {
    return Math.floor(this.#fingerprints[entry]! / BUCKET_SPAN);
  }

  /** The entries by fingerprint, then by place. Ten times as fast as sorting them as numbers. */
  #sort(): Uint32Array {
    const sorted = this.#sorted.subarray(0, this.#count);
    const halfSorted = this.#halfSorted.subarray(0, this.#count);
    for (let i = 0; i < sorted.length; i++) sorted[i] = i;
    this.#sortByHalf(sorted, halfSorted, 0);
    this.#sortByHalf(halfSorted, sorted, HALF_BITS);
    return sorted;
  }

  /** Sorts by the half of the fingerprint at `shift`; among equals the order stays. */
  #sortByHalf(entries: Uint32Array, sorted: Uint32Array, shift: number): void {
    const fingerprints = this.#fingerprints;
    const ends = this.#ends.fill(0);
    for (let i = 0; i < entries.length; i++) {
      ends[(fingerprints[entries[i]!]! >>> shift) & HALF_MASK]!++;
    }
    for (let half = 1; half < ends.length; half++) ends[half]! += ends[half - 1]!;
    for (let i = entries.length - 1; i >= 0; i--) {
      const entry = entries[i]!;
      sorted[--ends[(fingerprints[entry]! >>> shift) & HALF_MASK]!] = entry;
    }
  }

  #packed(entries: Uint32Array): Uint8Array {
    const bytes = new Uint8Array(entries.length * ENTRY_BYTES);
    for (let i = 0, at = 0; i < entries.length; i++, at += ENTRY_BYTES) {
      const entry = entries[i]!;
      const number = this.#fingerprints[entry]! % BUCKET_SPAN * SEGMENT_ENTRIES +
        this.#places[entry]!;
      const low = number >>> 0;
      bytes[at] = number / 2 ** 32;
      bytes[at + 1] = low >>> 24;
      bytes[at + 2] = low >>> 16;
      bytes[at + 3] = low >>> 8;
      bytes[at + 4] = low;
    }
    return bytes;
  }
}

/** Ranks of the records with a fingerprint, in order, of those from `from` up to, but without, `to`. */
export function* ranksWith(
  read: (id: number) => Uint8Array | null,
  fingerprint: number,
  { from, to }: { readonly from: number; readonly to: number },
): Iterable<number> {
  const bucket = Math.floor(fingerprint / BUCKET_SPAN);
  const wanted = (fingerprint - bucket * BUCKET_SPAN) * SEGMENT_ENTRIES;
  const first = Math.floor(from / SEGMENT_ENTRIES);
  for (let segment = first; segment * SEGMENT_ENTRIES < to; segment++) {
    const entries = read(segment * SEGMENT_BUCKETS + bucket);
    if (entries === null) continue;
    for (let at = firstFrom(entries, wanted); at < entries.length; at += ENTRY_BYTES) {
      const place = numberAt(entries, at) - wanted;
      if (place >= SEGMENT_ENTRIES) break;
      const rank = segment * SEGMENT_ENTRIES + place;
      if (rank >= from) yield rank;
    }
  }
}

function numberAt(bytes: Uint8Array, at: number): number {
  return bytes[at]! * 2 ** 32 + bytes[at + 1]! * 2 ** 24 + (bytes[at + 2]! << 16) +
    (bytes[at + 3]! << 8) + bytes[at + 4]!;
}

/** Where the first entry stands that is not below `wanted`. */
function firstFrom(entries: Uint8Array, wanted: number): number {
  let low = 0;
  let high = entries.length / ENTRY_BYTES;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (numberAt(entries, middle * ENTRY_BYTES) < wanted) low = middle + 1;
    else high = middle;
  }
  return low * ENTRY_BYTES;
}
