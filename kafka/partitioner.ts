/**
 * Which partition a key belongs to: the same one as with Kafka's own clients, so that a key's records
 * keep their order whatever program or transport carries them.
 *
 * Formula: `toPositive(murmur2(key bytes)) % partitions`, from `Utils.murmur2` and
 * `BuiltInPartitioner.partitionForKey` of the Apache Kafka clients; the hash is Austin Appleby's
 * MurmurHash2 with Kafka's seed 0x9747b28c.
 *
 * @module
 */

const SEED = 0x9747b28c;
const M = 0x5bd1e995;
const R = 24;

const encoder = new TextEncoder();

/**
 * The 32-bit MurmurHash2 of `data`, or of its first `length` bytes, as a signed integer like Java's.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { murmur2 } from "./partitioner.ts";
 * assert.equal(murmur2(new TextEncoder().encode("21")), -973932308);
 * ```
 */
export function murmur2(data: Uint8Array, length: number = data.length): number {
  const whole = length >> 2;
  let h = SEED ^ length;
  for (let i = 0; i < whole; i++) {
    const at = i << 2;
    let k = data[at]! | (data[at + 1]! << 8) | (data[at + 2]! << 16) | (data[at + 3]! << 24);
    k = Math.imul(k, M);
    k ^= k >>> R;
    k = Math.imul(k, M);
    h = Math.imul(h, M);
    h ^= k;
  }
  const tail = whole << 2;
  switch (length & 3) {
    case 3:
      h ^= data[tail + 2]! << 16;
      h ^= data[tail + 1]! << 8;
      h ^= data[tail]!;
      h = Math.imul(h, M);
      break;
    case 2:
      h ^= data[tail + 1]! << 8;
      h ^= data[tail]!;
      h = Math.imul(h, M);
      break;
    case 1:
      h ^= data[tail]!;
      h = Math.imul(h, M);
      break;
  }
  h ^= h >>> 13;
  h = Math.imul(h, M);
  h ^= h >>> 15;
  return h | 0;
}

/**
 * The partition, from 0 to `partitions - 1`, of a key.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { partitionForKey } from "./partitioner.ts";
 * assert.equal(partitionForKey("user-501", 6), partitionForKey("user-501", 6));
 * ```
 */
export function partitionForKey(key: string, partitions: number): number {
  return (murmur2(encoder.encode(key)) & 0x7fffffff) % partitions;
}

/** Keys remembered by a {@link KeyPartitioner}; when full it forgets all of them and starts anew. */
export const PARTITIONER_CACHE_KEYS = 65_536;

/** {@link partitionForKey} with a bounded memory of keys already hashed, for hot paths. */
export class KeyPartitioner {
  readonly partitions: number;
  readonly #known = new Map<string, number>();

  constructor(partitions: number) {
    this.partitions = partitions;
  }

  partitionOf(key: string): number {
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    if (this.#known.size >= PARTITIONER_CACHE_KEYS) this.#known.clear();
    const partition = partitionForKey(key, this.partitions);
    this.#known.set(key, partition);
    return partition;
  }
}
