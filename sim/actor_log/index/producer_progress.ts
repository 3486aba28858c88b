/**
 * How far the intents of each producer have come in the order: a command comes after its intent.
 *
 * A command's id is `producer/number`, like its intent's, and a producer's intents are numbered one
 * after another. So a command waits until an intent of its producer with its number, or a higher one,
 * has been taken. Whether there is one at all is only asked when a command would come next and none has
 * been taken yet, which stamps see to: then the rest of the intents is looked through once.
 *
 * @module
 */

import { MAX_PRODUCERS } from "./limits.ts";
import { ownText } from "./own_text.ts";

interface Progress {
  /** The highest number of an intent taken so far; -1 before any. */
  taken: number;
  /** The highest number of an intent of the log, once it was looked through. */
  last: number;
  /** Lanes whose next command waits. */
  waiting: { readonly lane: number; readonly number: number }[];
}

/** Whether a command may come now. `unknown`: not before the intents have been looked through. */
export type Standing = "free" | "waits" | "unknown";

/** All producers of a run, up to a named limit. */
export class ProducerProgress {
  /** Whether {@link note} was told of all intents. */
  isComplete = false;
  readonly #producers = new Map<string, Progress>();
  #lastName = "";
  #lastProgress: Progress | undefined = undefined;

  /** Notes an intent that is in the log. */
  note(producer: string, number: number): void {
    const progress = this.#madeOf(producer);
    if (progress !== undefined && number > progress.last) progress.last = number;
  }

  /** Notes an intent that was taken; gives the lanes that waited for it. */
  take(producer: string, number: number): readonly number[] {
    const progress = this.#madeOf(producer);
    if (progress === undefined || number <= progress.taken) return NONE;
    progress.taken = number;
    if (progress.waiting.length === 0) return NONE;
    const woken = progress.waiting.filter((waiting) => waiting.number <= number);
    progress.waiting = progress.waiting.filter((waiting) => waiting.number > number);
    return woken.map(({ lane }) => lane);
  }

  /** Whether a command may come now. */
  standing(producer: string, number: number): Standing {
    const progress = this.#find(producer);
    if (progress !== undefined && number <= progress.taken) return "free";
    if (!this.isComplete) return "unknown";
    return progress !== undefined && number <= progress.last ? "waits" : "free";
  }

  /** Remembers a lane whose command waits. */
  wait(producer: string, number: number, lane: number): void {
    this.#find(producer)?.waiting.push({ lane, number });
  }

  /** Forgets that a lane's command waits. */
  forget(producer: string, lane: number): void {
    const progress = this.#find(producer);
    if (progress === undefined) return;
    progress.waiting = progress.waiting.filter((waiting) => waiting.lane !== lane);
  }

  #find(producer: string): Progress | undefined {
    // Neighbours mostly are of one producer.
    if (producer !== this.#lastName || this.#lastProgress === undefined) {
      this.#lastName = producer;
      this.#lastProgress = this.#producers.get(producer);
    }
    return this.#lastProgress;
  }

  #madeOf(producer: string): Progress | undefined {
    const found = this.#find(producer);
    if (found !== undefined || this.#producers.size >= MAX_PRODUCERS) return found;
    const made: Progress = { taken: -1, last: -1, waiting: [] };
    this.#producers.set(ownText(producer), made);
    this.#lastProgress = made;
    return made;
  }
}

const NONE: readonly number[] = [];
