/**
 * A log's clock that jumps to the end of the next wait as soon as nothing else can go on: hours pass in
 * no time, in the order in which they would.
 *
 * @module
 */

import type { LogClock } from "../../../kafka/log_clock.ts";
import { settle } from "../../support/fake_clock.ts";

interface Sleep {
  readonly until: number;
  readonly end: () => void;
}

/** Unlike the runtime's virtual time it runs by itself, so a test may await anything. */
export class JumpingClock implements LogClock {
  #now: number;
  #sleeps: Sleep[] = [];
  #isJumping = false;

  constructor(now = 1_700_000_000_000) {
    this.#now = now;
  }

  now(): number {
    return this.#now;
  }

  /** Lets time pass in which nothing happens. */
  advance(ms: number): void {
    this.#now += ms;
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    if (signal?.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const sleep: Sleep = {
        until: this.#now + Math.max(0, ms),
        end: () => {
          this.#sleeps = this.#sleeps.filter((other) => other !== sleep);
          signal?.removeEventListener("abort", sleep.end);
          resolve();
        },
      };
      this.#sleeps.push(sleep);
      signal?.addEventListener("abort", sleep.end);
      if (!this.#isJumping) void this.#jump();
    });
  }

  async #jump(): Promise<void> {
    this.#isJumping = true;
    await settle();
    while (this.#sleeps.length > 0) {
      const next = this.#sleeps.reduce((a, b) => (b.until < a.until ? b : a));
      this.#now = Math.max(this.#now, next.until);
      next.end();
      await settle();
    }
    this.#isJumping = false;
  }
}
