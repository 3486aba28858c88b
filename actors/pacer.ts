/**
 * A token bucket with a clock: how a source keeps to its rate. It waits for its token; nothing is
 * refused. (The gateway's bucket, which refuses, is part of its fold and knows only the log's stamps.)
 *
 * @module
 */

import type { Clock } from "./runtime/clock.ts";

/** How fast a source may publish. */
export interface Pace {
  /** Messages a second in the long run. */
  readonly perSecond: number;
  /** Messages at once after a silence: the bucket's size. */
  readonly burst: number;
}

/** Smallest wait asked of a clock, in ms, so that rounding can never make a wait of nothing. */
const MIN_WAIT_MS = 0.01;

/** A token counts as whole when this much of it is missing: the rounding of adding up fractions. */
const WHOLE = 1 - 1e-6;

/**
 * A bucket of `burst` tokens that fills at `perSecond`. In any stretch of `ms` milliseconds it gives
 * at most `burst + perSecond * ms / 1000` tokens. For one caller at a time.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { Pacer } from "./pacer.ts";
 * import { systemClock } from "./runtime/clock.ts";
 * const pacer = new Pacer({ perSecond: 1000, burst: 5 }, systemClock);
 * assert.equal(await pacer.take(100), 5);
 * ```
 */
export class Pacer {
  readonly pace: Pace;
  readonly #clock: Clock;
  #tokens: number;
  #filledAt: number;
  #taken = 0;
  #waits = 0;

  /** @throws {RangeError} for a rate that is not positive or a burst that is not a whole number >= 1 */
  constructor(pace: Pace, clock: Clock) {
    checkPace(pace);
    this.pace = pace;
    this.#clock = clock;
    this.#tokens = pace.burst;
    this.#filledAt = clock.now();
  }

  /** Tokens given so far. */
  get taken(): number {
    return this.#taken;
  }

  /** How often {@link take} had to wait. */
  get waits(): number {
    return this.#waits;
  }

  /** Gives up to `max` tokens that are there now; 0 when there is none. */
  takeNow(max: number): number {
    this.#fill();
    const given = Math.min(max, Math.floor(this.#tokens + (1 - WHOLE)));
    if (given <= 0) return 0;
    this.#tokens = Math.max(0, this.#tokens - given);
    this.#taken += given;
    return given;
  }

  /** Milliseconds until a token is there; 0 when one is. */
  waitMs(): number {
    this.#fill();
    if (this.#tokens >= WHOLE) return 0;
    return Math.max(MIN_WAIT_MS, ((1 - this.#tokens) * 1000) / this.pace.perSecond);
  }

  /** Waits for a token and gives up to `max` of them; 0 only when `signal` ended the wait. */
  async take(max: number, signal?: AbortSignal): Promise<number> {
    while (signal?.aborted !== true) {
      const given = this.takeNow(max);
      if (given > 0) return given;
      this.#waits++;
      await this.#clock.sleep(this.waitMs(), signal);
    }
    return 0;
  }

  #fill(): void {
    const now = this.#clock.now();
    const gained = (Math.max(0, now - this.#filledAt) * this.pace.perSecond) / 1000;
    this.#tokens = Math.min(this.pace.burst, this.#tokens + gained);
    this.#filledAt = now;
  }
}

/** @throws {RangeError} for a rate that is not positive or a burst that is not a whole number >= 1 */
export function checkPace(pace: Pace): void {
  if (!(pace.perSecond > 0) || !Number.isFinite(pace.perSecond)) {
    throw new RangeError(`Cannot pace: perSecond is ${pace.perSecond}, not a positive number`);
  }
  if (!Number.isSafeInteger(pace.burst) || pace.burst < 1) {
    throw new RangeError(`Cannot pace: burst is ${pace.burst}, not a whole number of at least 1`);
  }
}
