/**
 * How the checkpoints of one partition lean on one another: every so many stands for itself, and each of
 * the others is a difference from an earlier one, never more than a few steps away from a whole one.
 *
 * @module
 */

import { giveBack } from "../../../actors/fold/state_bytes.ts";
import { encodeDelta } from "./byte_delta.ts";

/** One checkpoint in so many is whole. */
export const CHAIN_LENGTH = 16;
/** One in so many leans on the last such, so that few differences lie between one and a whole one. */
const STRIDE = 4;

/**
 * Which checkpoint another is the difference from, or null for one that is whole. So 7 leans on 6, that on
 * 5, that on 4, and that on 0: at most six differences lie between a checkpoint and a whole one, and most
 * are from the one before, since a difference costs what has changed in between.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { baseOf } from "./checkpoint_chain.ts";
 * assert.deepEqual([16, 17, 18, 19, 20, 21].map(baseOf), [null, 16, 17, 18, 16, 20]);
 * ```
 */
export function baseOf(number: number): number | null {
  if (number % CHAIN_LENGTH === 0) return null;
  return number % STRIDE === 0 ? number - STRIDE : number - 1;
}

/** What is written down of a checkpoint. */
export interface ChainLink {
  /** Null: the bytes are the snapshot. */
  readonly base: number | null;
  readonly bytes: Uint8Array;
}

/** Makes links of snapshots. Keeps the two that later ones may lean on. */
export class CheckpointChain {
  #last: Uint8Array | null = null;
  #lastOfStride: Uint8Array | null = null;
  #count = 0;

  /** The link of the next snapshot, whose bytes are the chain's from now on: it gives them back. */
  next(snapshot: Uint8Array): ChainLink {
    const number = this.#count++;
    const base = baseOf(number);
    const before = number % STRIDE === 0 ? this.#lastOfStride : this.#last;
    const bytes = base === null || before === null ? snapshot : encodeDelta(before, snapshot);
    this.#keep(snapshot, number);
    // A difference that is no smaller would only cost time.
    return bytes.length < snapshot.length ? { base, bytes } : { base: null, bytes: snapshot };
  }

  #keep(snapshot: Uint8Array, number: number): void {
    if (this.#last !== null && this.#last !== this.#lastOfStride) giveBack(this.#last);
    this.#last = snapshot;
    if (number % STRIDE !== 0) return;
    if (this.#lastOfStride !== null) giveBack(this.#lastOfStride);
    this.#lastOfStride = snapshot;
  }
}
