/**
 * The steps before those that are known, folded a slice at a time: so that whoever steps back never
 * waits for all of it at once.
 *
 * @module
 */

import type { FoldOf, PartitionFolding } from "./partition_folding.ts";
import type { FoldedRole, FoldedStep } from "./step_folder.ts";
import { sizeOfStep } from "./step_window.ts";

/** Records folded silently in one slice, and steps folded aloud. */
const SLICE_RECORDS = 400;
const SLICE_STEPS = 24;

/** Makes the steps from `low` up to, but without, `high`. */
export class BackwardFold<R extends FoldedRole> {
  readonly high: number;
  readonly #folding: PartitionFolding<R>;
  readonly #low: number;
  readonly #steps: FoldedStep[] = [];
  #fold: FoldOf<R> | null = null;
  #stepBytes = 0;
  #foldBytes = 0;

  constructor(
    folding: PartitionFolding<R>,
    { low, high }: { readonly low: number; readonly high: number },
  ) {
    this.#folding = folding;
    this.#low = low;
    this.high = high;
  }

  /** All of them, once they are all there. */
  get steps(): readonly FoldedStep[] | null {
    return this.#steps.length === this.high - this.#low ? this.#steps : null;
  }

  /** About what it takes in memory. */
  get bytes(): number {
    return this.#stepBytes + this.#foldBytes;
  }

  /** Folds on. @throws what the fold throws */
  async slice(): Promise<void> {
    if (this.#fold === null) {
      this.#fold = this.#folding.openAt(this.#low);
      this.#foldBytes = this.#folding.bytesAt(this.#low);
      return;
    }
    const { nextOffset } = this.#fold;
    if (nextOffset < this.#low) {
      await this.#folding.silently(this.#fold, Math.min(this.#low, nextOffset + SLICE_RECORDS));
      return;
    }
    const end = Math.min(this.high, nextOffset + SLICE_STEPS);
    while (this.#fold.nextOffset < end) {
      const step = await this.#folding.aloud(this.#fold);
      this.#steps.push(step);
      this.#stepBytes += sizeOfStep(step);
    }
  }
}
