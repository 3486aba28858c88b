/**
 * Chance that can be repeated: streams of numbers drawn from a seed and a name.
 *
 * @module
 */

import { uniformFloat64 } from "pure-rand/distribution/uniformFloat64";
import { xoroshiro128plus } from "pure-rand/generator/xoroshiro128plus";
import { murmur2 } from "../kafka/partitioner.ts";

/** Draws the next number, uniform in [0, 1). */
export type Random = () => number;

const encoder = new TextEncoder();

/** Names are short: writing one into the same bytes again takes a quarter of the time of new ones. */
const scratch = new Uint8Array(512);

function hashOf(name: string): number {
  // A UTF-16 unit takes at most three bytes.
  if (name.length * 3 > scratch.length) return murmur2(encoder.encode(name));
  return murmur2(scratch, encoder.encodeInto(name, scratch).written);
}

/**
 * The stream of `seed` that belongs to `labels`: another label gives an unrelated stream, and the
 * same seed and labels give the same numbers on every machine. A label may be a count, which gives
 * random access: the draws of arrival k need not wait for those of arrival k - 1.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { seededRandom } from "./seeded_random.ts";
 * const random = seededRandom(42, "traders", 7);
 * assert.equal(random(), seededRandom(42, "traders", 7)());
 * assert.notEqual(random(), seededRandom(43, "traders", 7)());
 * ```
 */
export function seededRandom(seed: number, ...labels: readonly (string | number)[]): Random {
  // As `join` would make it, which takes longer.
  let name = `${seed}/`;
  for (let i = 0; i < labels.length; i++) name += i === 0 ? labels[i]! : `/${labels[i]!}`;
  const generator = xoroshiro128plus(hashOf(name));
  return () => uniformFloat64(generator);
}
