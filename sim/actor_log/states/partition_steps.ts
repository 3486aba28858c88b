/**
 * Any step of one partition. Goes on from where it is when it can, keeps the steps that it folded last,
 * and works ahead when it is walked backward.
 *
 * @module
 */

import { BackwardFold } from "./backward_fold.ts";
import type { FoldOf, PartitionFolding } from "./partition_folding.ts";
import type { FoldedRole, FoldedStep } from "./step_folder.ts";
import { StepWindow } from "./step_window.ts";

/**
 * Steps kept before a place that was jumped to: the first steps back from there. While they are walked,
 * one slice each, what is before them is worked out; fewer would make the last of them wait for the rest.
 */
const STEPS_BEFORE_A_JUMP = 20;
/** It is cheaper to fold so many records on than to restore the next checkpoint. */
const FOLD_ON_RECORDS = 500;
/** How often it is worked out anew what the fold takes in memory. */
const MEASURE_RECORDS = 1_000;

/** The steps of one partition of one role. */
export class PartitionSteps<R extends FoldedRole = FoldedRole> {
  readonly #folding: PartitionFolding<R>;
  readonly #windowSteps: number;
  readonly #window: StepWindow;
  #live: FoldOf<R> | null = null;
  #liveBytes = 0;
  #measuredAt = 0;
  #backward: BackwardFold<R> | null = null;
  #lastAsked = -1;
  #goesBack = false;

  /** Keeps twice as many steps as it works ahead. */
  constructor(folding: PartitionFolding<R>, windowSteps: number) {
    this.#folding = folding;
    this.#windowSteps = windowSteps;
    this.#window = new StepWindow(2 * windowSteps);
  }

  /** About what its folds take in memory. */
  get foldBytes(): number {
    return this.#liveBytes + (this.#backward?.bytes ?? 0);
  }

  /** About what the steps that it keeps take. */
  get windowBytes(): number {
    return this.#window.bytes;
  }

  /** Lets go of steps that lie behind whoever walks forward, who needs the folds. */
  dropBehind(): void {
    if (!this.#goesBack) this.#window.keepLast(STEPS_BEFORE_A_JUMP);
  }

  /** Lets go of its folds: the steps that it keeps stay. */
  dropFolds(): void {
    this.#live = null;
    this.#liveBytes = 0;
    this.#backward = null;
  }

  /** Lets go of its steps too. */
  dropAll(): void {
    this.dropFolds();
    this.#window.restart(0);
  }

  /**
   * The step at an offset.
   * @throws {RangeError} when there is no such record
   * @throws what the fold throws
   */
  async at(offset: number): Promise<FoldedStep> {
    const goesBack = offset < this.#lastAsked;
    // Several ask for one step, and go nowhere.
    if (offset !== this.#lastAsked) this.#goesBack = goesBack;
    this.#lastAsked = offset;
    const kept = this.#window.get(offset);
    if (kept !== undefined) {
      if (goesBack) await this.#workAhead(offset);
      return kept;
    }
    try {
      return await this.#fold(offset);
    } catch (error) {
      // A fold that has thrown must not be used again.
      this.dropFolds();
      throw error;
    }
  }

  async #fold(offset: number): Promise<FoldedStep> {
    const window = this.#window;
    if (!window.isEmpty && offset === window.low - 1) await this.#foldBack(offset);
    else if (!window.isEmpty && offset === window.high) await this.#foldOn(offset);
    else await this.#jump(offset);
    const step = window.get(offset);
    if (step !== undefined) return step;
    throw new RangeError(`Cannot fold the step at ${offset}: it is not there`);
  }

  /** The next step, when the fold is there; else some more, as the fold may have to go again. */
  async #foldOn(offset: number): Promise<void> {
    if (this.#live?.nextOffset === offset) {
      this.#window.append(await this.#folding.aloud(this.#live));
      this.#measure();
      return;
    }
    const live = await this.#goTo(offset);
    this.#window.append(await this.#folding.aloud(live));
    const end = Math.min(this.#folding.end, offset + this.#windowSteps);
    try {
      while (live.nextOffset < end) this.#window.append(await this.#folding.aloud(live));
    } catch {
      // Nobody has asked for that step yet: whoever does is told.
      this.dropFolds();
    }
  }

  async #jump(offset: number): Promise<void> {
    const first = Math.max(0, offset - STEPS_BEFORE_A_JUMP);
    this.#backward = null;
    const live = await this.#goTo(first, offset);
    this.#window.restart(live.nextOffset);
    while (live.nextOffset <= offset) this.#window.append(await this.#folding.aloud(live));
  }

  /** Brings the live fold to an offset, or to one behind it where it is already on its way to `last`. */
  async #goTo(offset: number, last: number = offset): Promise<FoldOf<R>> {
    if (this.#live === null || !this.#isOnItsWay(this.#live.nextOffset, last)) {
      this.#live = null; // Two at once would take twice the memory.
      this.#live = this.#folding.openAt(offset);
      this.#measuredAt = -MEASURE_RECORDS;
    }
    await this.#folding.silently(this.#live, offset);
    this.#measure();
    return this.#live;
  }

  #isOnItsWay(at: number, to: number): boolean {
    if (at > to) return false;
    return to - at <= FOLD_ON_RECORDS || this.#folding.checkpointBefore(to) <= at;
  }

  async #foldBack(offset: number): Promise<void> {
    this.#backward ??= this.#beginBackward(offset + 1);
    while (this.#backward.steps === null) await this.#backward.slice();
    this.#takeBackward(this.#backward);
  }

  /** One slice of what is before, while it is near. */
  async #workAhead(offset: number): Promise<void> {
    const { low } = this.#window;
    if (low === 0 || offset - low > this.#windowSteps / 2) return;
    this.#backward ??= this.#beginBackward(low);
    try {
      await this.#backward.slice();
      this.#takeBackward(this.#backward);
    } catch {
      // Nobody has asked for those steps yet: whoever does is told.
      this.#backward = null;
    }
  }

  #beginBackward(high: number): BackwardFold<R> {
    return new BackwardFold(this.#folding, { low: Math.max(0, high - this.#windowSteps), high });
  }

  #takeBackward({ steps, high }: BackwardFold<R>): void {
    if (steps === null) return;
    if (high === this.#window.low) this.#window.prepend(steps);
    this.#backward = null;
  }

  #measure(): void {
    const at = this.#live?.nextOffset ?? 0;
    if (at - this.#measuredAt < MEASURE_RECORDS) return;
    this.#measuredAt = at;
    this.#liveBytes = this.#folding.bytesAt(at);
  }
}
