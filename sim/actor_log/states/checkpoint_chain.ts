/**
 * How the checkpoints of one partition lean on one another: every so many stands for itself, and each of
 * the others is a difference from an earlier one, never more than a few steps away from a whole one.
 *
 * @module
 */

import { giveBack } from "../../../actors/fold/state_bytes.ts";
import { encodeDelta } from "./byte_delta.ts";

/** One checkpoint in so many is whole; a power of two. */
export const CHAIN_LENGTH = 16;

/**
 * Which checkpoint another is the difference from, or null for one that is whole: its number without
 * the lowest bit. So 7 leans on 6, that on 4, and that on 0: at most the logarithm of
 * {@link CHAIN_LENGTH} differences lie between a checkpoint and a whole one.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { baseOf } from "./checkpoint_chain.ts";
 * assert.deepEqual([16, 17, 18, 19, 22].map(baseOf), [null, 16, 16, 18, 20]);
 * ```
 */
export function baseOf(number: number): number | null {
  return number % CHAIN_LENGTH === 0 ? null : number & (number - 1);
}

/** What is written down of a checkpoint. */
export interface ChainLink {
  /** Null: the bytes are the snapshot. */
  readonly base: number | null;
  readonly bytes: Uint8Array;
}

/** Makes links of snapshots. Keeps those that later ones lean on: as many as a difference is far. */
export class CheckpointChain {
  readonly #kept = new Map<number, Uint8Array>();
  #count = 0;

  /** The link of the next snapshot, whose bytes are the chain's from now on: it gives them back. */
  next(snapshot: Uint8Array): ChainLink {
    const number = this.#count++;
    const base = baseOf(number);
    // Nothing that comes later leans on what has the same or a lower lowest bit.
    for (const [kept, bytes] of this.#kept) {
      if (base !== null && kept <= base) continue;
      this.#kept.delete(kept);
      giveBack(bytes);
    }
    this.#kept.set(number, snapshot);
    if (base === null) return { base: null, bytes: snapshot };
    const bytes = encodeDelta(this.#kept.get(base)!, snapshot); // Kept until the next whole one.
    // A difference that is no smaller would only cost time.
    return bytes.length < snapshot.length ? { base, bytes } : { base: null, bytes: snapshot };
  }
}
