/**
 * How far the intents of each producer have come in the order: a command comes after its intent.
 *
 * A command's id is `producer/number`, like its intent's, and a producer's intents are numbered one
 * after another. So a command waits until an intent of its producer with its number, or a higher one,
 * has been taken. Whether there is one at all is only asked when none has been taken yet, which stamps
 * see to: then the rest of the intents is looked through once. Of a producer that has no intent at all
 * so far it may be guessed that it has none: a floor opens accounts without, and reading all intents for
 * that takes a tenth as long as the whole index. A guess that turns out wrong is told.
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
  /** The lowest number from which on it was guessed that there are no intents. */
  readonly guessed: number;
  /** Lanes whose next command waits. */
  waiting: { readonly lane: number; readonly number: number }[];
}

/** Whether a command may come now. `unknown`: not before the intents have been looked through. */
export type Standing = "free" | "waits" | "unknown";

/** All producers of a run, up to a named limit. */
export class ProducerProgress {
  /** Whether {@link note} was told of all intents. */
  isComplete = false;
  /** Whether a command was let go by a guess, and an intent has come after all. */
  isWrong = false;
  readonly #mayGuess: boolean;
  /** By producer without an intent so far: the lowest number of a command that was let go. */
  readonly #guesses = new Map<string, number>();
  readonly #producers = new Map<string, Progress>();
  #lastName = "";
  #lastProgress: Progress | undefined = undefined;

  constructor({ mayGuess }: { readonly mayGuess: boolean }) {
    this.#mayGuess = mayGuess;
  }

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
    if (number >= progress.guessed) this.isWrong = true;
    if (progress.waiting.length === 0) return NONE;
    const woken = progress.waiting.filter((waiting) => waiting.number <= number);
    progress.waiting = progress.waiting.filter((waiting) => waiting.number > number);
    return woken.map(({ lane }) => lane);
  }

  /** Whether a command may come now. */
  standing(producer: string, number: number): Standing {
    const progress = this.#find(producer);
    if (progress !== undefined && number <= progress.taken) return "free";
    if (!this.isComplete) return this.#guess(progress, producer, number) ? "free" : "unknown";
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

  /** Whether it is guessed that a producer has no intents from a number on. */
  #guess(progress: Progress | undefined, producer: string, number: number): boolean {
    if (!this.#mayGuess || progress !== undefined) return false;
    const guessed = this.#guesses.get(producer);
    if (guessed === undefined && this.#guesses.size >= MAX_PRODUCERS) return false;
    if (guessed === undefined || number < guessed) this.#guesses.set(producer, number);
    return true;
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
    if (found !== undefined) return found;
    if (this.#producers.size >= MAX_PRODUCERS) {
      // From here on guesses could not be checked.
      this.isWrong ||= this.#guesses.size > 0;
      return undefined;
    }
    const guessed = this.#guesses.get(producer) ?? Infinity;
    const made: Progress = { taken: -1, last: -1, guessed, waiting: [] };
    this.#producers.set(ownText(producer), made);
    this.#lastProgress = made;
    return made;
  }
}

const NONE: readonly number[] = [];
