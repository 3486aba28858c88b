/**
 * The waits of all readers of one log, and their ends by the clock.
 *
 * A poll rarely waits to its end: something comes. So no wait has a sleep of its own, which would have
 * to be called off each time; there is one sleep for all of them, up to the earliest end, and when it
 * is over whoever's time has not come waits on.
 *
 * @module
 */

import type { LogClock } from "../log_clock.ts";

/** A wait under way. */
export interface Wait {
  /** When it ends by itself, in milliseconds since the epoch. */
  readonly until: number;
  /** Its time has come. */
  timeIsUp(): void;
}

/** All waits of one log. */
export class WaitingRoom {
  readonly #clock: LogClock;
  readonly #waits = new Set<Wait>();
  /** Ends of the sleeps under way; a later one is left when an earlier one is needed. */
  readonly #sleeps = new Set<number>();
  readonly #closing = new AbortController();

  constructor(clock: LogClock) {
    this.#clock = clock;
  }

  enter(wait: Wait): void {
    this.#waits.add(wait);
    this.#sleepUntil(wait.until);
  }

  leave(wait: Wait): void {
    this.#waits.delete(wait);
  }

  /** Ends its sleeps; nobody's time comes any more. */
  close(): void {
    this.#waits.clear();
    this.#closing.abort();
  }

  #sleepUntil(end: number): void {
    if (end === Infinity) return;
    for (const earlier of this.#sleeps) if (earlier <= end) return;
    this.#sleeps.add(end);
    const { signal } = this.#closing;
    void this.#clock.sleep(Math.max(0, end - this.#clock.now()), signal).then(() => {
      this.#sleeps.delete(end);
      if (!signal.aborted) this.#endWaits(end);
    });
  }

  /** `slept` is over, even where a clock rounds and its time is said to be a little less. */
  #endWaits(slept: number): void {
    const now = Math.max(slept, this.#clock.now());
    let next = Infinity;
    for (const wait of [...this.#waits]) {
      if (wait.until <= now) {
        this.#waits.delete(wait);
        wait.timeIsUp();
      } else next = Math.min(next, wait.until);
    }
    this.#sleepUntil(next);
  }
}
