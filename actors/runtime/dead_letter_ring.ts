/**
 * The runtime's ring of undeliverable messages: calls to actors that are down, events nobody could
 * take. (Records that cannot be read or folded are another thing: they go to the `dead-letters` topic.)
 *
 * @module
 */

import type { Clock } from "./clock.ts";

/** A message that reached nobody. */
export interface DeadLetter {
  readonly at: number;
  /** Whom it was for. */
  readonly to: string;
  readonly incarnation: number;
  /** What it was, such as `ask`. */
  readonly what: string;
  /** Why it was not delivered. */
  readonly why: string;
}

/** Limits of the ring and of what is said about it. */
export interface DeadLetterLimits {
  /** The ring keeps the newest so many. */
  readonly capacity: number;
  /** The first so many are logged one by one. */
  readonly loggedOneByOne: number;
  /** After those, one summary in so many milliseconds at most. */
  readonly summaryEveryMs: number;
}

/** 1,000 kept, 10 logged, then a summary every 10 s. */
export const DEFAULT_DEAD_LETTERS: DeadLetterLimits = {
  capacity: 1000,
  loggedOneByOne: 10,
  summaryEveryMs: 10_000,
};

/** Keeps the newest undeliverable messages and logs them with restraint. */
export class DeadLetterRing {
  readonly #clock: Clock;
  readonly #log: (letter: DeadLetter, suppressed: number) => void;
  readonly #limits: DeadLetterLimits;
  readonly #ring: DeadLetter[] = [];
  #total = 0;
  #suppressed = 0;
  #lastLogAt = -Infinity;

  constructor(options: {
    readonly clock: Clock;
    /** Told of a letter, and of how many were passed over in silence before it. */
    readonly log: (letter: DeadLetter, suppressed: number) => void;
    readonly limits?: Partial<DeadLetterLimits>;
  }) {
    this.#clock = options.clock;
    this.#log = options.log;
    this.#limits = { ...DEFAULT_DEAD_LETTERS, ...options.limits };
  }

  /** Letters ever added. */
  get total(): number {
    return this.#total;
  }

  /** The letters kept, oldest first. */
  letters(): readonly DeadLetter[] {
    const oldest = this.#total % this.#limits.capacity;
    if (this.#ring.length < this.#limits.capacity) return [...this.#ring];
    return [...this.#ring.slice(oldest), ...this.#ring.slice(0, oldest)];
  }

  add(letter: Omit<DeadLetter, "at">): void {
    const kept: DeadLetter = { at: this.#clock.now(), ...letter };
    this.#ring[this.#total % this.#limits.capacity] = kept;
    this.#total++;
    const summaryDue = kept.at - this.#lastLogAt >= this.#limits.summaryEveryMs;
    if (this.#total > this.#limits.loggedOneByOne && !summaryDue) {
      this.#suppressed++;
      return;
    }
    this.#lastLogAt = kept.at;
    const suppressed = this.#suppressed;
    this.#suppressed = 0;
    this.#log(kept, suppressed);
  }
}
