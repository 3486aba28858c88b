/**
 * Steps of one partition that were folded lately: neighbours, without a gap.
 *
 * @module
 */

import type { StateView } from "../views/state_view.ts";
import type { FoldedStep } from "./step_folder.ts";

/** About what a step takes in memory besides its texts and values. */
const STEP_BYTES = 500;
/** About what one value of a view takes. */
const VALUE_BYTES = 24;
/** About what a ladder's level takes, and each order that it lists: its ids are those of the state. */
const LEVEL_BYTES = 150;
const ORDER_BYTES = 80;

/** Steps from {@link low} up to, but without, {@link high}. */
export class StepWindow {
  readonly #limit: number;
  #steps: FoldedStep[] = [];
  #sizes: number[] = [];
  #low = 0;
  #bytes = 0;

  /** Keeps at most so many steps. */
  constructor(limit: number) {
    this.#limit = limit;
  }

  get low(): number {
    return this.#low;
  }

  get high(): number {
    return this.#low + this.#steps.length;
  }

  /** About what it takes in memory. */
  get bytes(): number {
    return this.#bytes;
  }

  get isEmpty(): boolean {
    return this.#steps.length === 0;
  }

  get(offset: number): FoldedStep | undefined {
    return this.#steps[offset - this.#low];
  }

  /** Begins anew before an offset. */
  restart(offset: number): void {
    this.#steps = [];
    this.#sizes = [];
    this.#low = offset;
    this.#bytes = 0;
  }

  /** Lets go of all but so many of the highest steps. */
  keepLast(steps: number): void {
    const gone = this.#steps.length - steps;
    if (gone <= 0) return;
    this.#steps = this.#steps.slice(gone);
    this.#sizes = this.#sizes.slice(gone);
    this.#low += gone;
    this.#bytes = this.#sizes.reduce((sum, size) => sum + size, 0);
  }

  /** Adds the step at {@link high}; the lowest gives way when there are too many. */
  append(step: FoldedStep): void {
    const size = sizeOfStep(step);
    this.#steps.push(step);
    this.#sizes.push(size);
    this.#bytes += size;
    if (this.#steps.length <= this.#limit) return;
    this.#steps.shift();
    this.#bytes -= this.#sizes.shift()!;
    this.#low++;
  }

  /** Adds the steps that end at {@link low}; the highest give way when there are too many. */
  prepend(steps: readonly FoldedStep[]): void {
    this.#steps = [...steps, ...this.#steps].slice(0, this.#limit);
    this.#sizes = [...steps.map(sizeOfStep), ...this.#sizes].slice(0, this.#limit);
    this.#low -= steps.length;
    this.#bytes = this.#sizes.reduce((sum, size) => sum + size, 0);
  }
}

/** About what a step takes in memory. */
export function sizeOfStep({ before, after, outputs }: FoldedStep): number {
  let size = STEP_BYTES + sizeOfView(before) + sizeOfView(after);
  for (const { text } of outputs) size += 4 * text.length;
  return size;
}

/** A ladder is counted by its levels and orders: walking through it would take as long as making it. */
function sizeOfView({ subject, value, ladder, raw }: StateView): number {
  let size = sizeOf(subject) + sizeOf(value) + sizeOf(raw);
  for (const { orders } of [...ladder?.bids ?? [], ...ladder?.asks ?? []]) {
    size += LEVEL_BYTES + ORDER_BYTES * orders.length;
  }
  return size;
}

function sizeOf(value: unknown): number {
  if (typeof value === "string") return VALUE_BYTES + value.length;
  if (typeof value !== "object" || value === null) return VALUE_BYTES;
  let size = 2 * VALUE_BYTES;
  for (const part of Object.values(value)) size += sizeOf(part);
  return size;
}
