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

/** Writes the segments. */
export class CorrelationWriter {
  readonly #insert: StatementSync;
  readonly #numbers = new Float64Array(SEGMENT_ENTRIES);
  #segment = 0;
  #count = 0;

  constructor(database: DatabaseSync) {
    this.#insert = database.prepare("INSERT INTO correlations VALUES (?, ?)");
  }

  /** Adds the record of a rank; ranks only grow. */
  add(rank: number, fingerprint: number): void {
    const segment = Math.floor(rank / SEGMENT_ENTRIES);
    if (segment !== this.#segment) {
      this.flush();
      this.#segment = segment;
    }
    this.#numbers[this.#count++] = fingerprint * SEGMENT_ENTRIES + rank % SEGMENT_ENTRIES;
  }

  /** Ends the segment. */
  flush(): void {
    const numbers = this.#numbers.subarray(0, this.#count).sort();
    const bucketSpan = BUCKET_SPAN * SEGMENT_ENTRIES;
    for (let from = 0; from < numbers.length;) {
      const bucket = Math.floor(numbers[from]! / bucketSpan);
      let to = from + 1;
      while (to < numbers.length && numbers[to]! < (bucket + 1) * bucketSpan) to++;
      const entries = packed(numbers.subarray(from, to), bucket * bucketSpan);
      this.#insert.run(this.#segment * SEGMENT_BUCKETS + bucket, entries);
      from = to;
    }
    this.#count = 0;
  }
}

/** Ranks of the records with a fingerprint, in order. */
export function* ranksWith(
  read: (id: number) => Uint8Array | null,
  fingerprint: number,
  length: number,
): Iterable<number> {
  const bucket = Math.floor(fingerprint / BUCKET_SPAN);
  const wanted = (fingerprint - bucket * BUCKET_SPAN) * SEGMENT_ENTRIES;
  for (let segment = 0; segment * SEGMENT_ENTRIES < length; segment++) {
    const entries = read(segment * SEGMENT_BUCKETS + bucket);
    if (entries === null) continue;
    for (let at = firstFrom(entries, wanted); at < entries.length; at += ENTRY_BYTES) {
      const place = numberAt(entries, at) - wanted;
      if (place >= SEGMENT_ENTRIES) break;
      yield segment * SEGMENT_ENTRIES + place;
    }
  }
}

function packed(numbers: Float64Array, base: number): Uint8Array {
  const bytes = new Uint8Array(numbers.length * ENTRY_BYTES);
  for (let i = 0, at = 0; i < numbers.length; i++, at += ENTRY_BYTES) {
    const number = numbers[i]! - base;
    const high = Math.floor(number / 2 ** 32);
    const low = number >>> 0;
    bytes[at] = high;
    bytes[at + 1] = low >>> 24;
    bytes[at + 2] = low >>> 16;
    bytes[at + 3] = low >>> 8;
    bytes[at + 4] = low;
  }
  return bytes;
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
