/**
 * Time, passed in. Nothing but a clock tells an actor or the runtime what time it is or lets it wait,
 * so that the same code runs in real and in virtual time. (A fold has no clock at all.)
 *
 * @module
 */

import { setImmediate } from "node:timers";
import { turnOfThread } from "./turns.ts";

/**
 * Why a wait was ended before its time, for `abort`: left to itself it makes an exception each time, with
 * a stack, and nearly every wait with a deadline is ended so.
 */
export const NO_LONGER_NEEDED = "it is no longer needed";

/** Tells the time and waits. */
export interface Clock {
  /** Milliseconds since the epoch, with fractions; never steps back. */
  now(): number;
  /** Resolves after `ms`, or at once when `signal` aborts. Never rejects. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /**
   * Called in the middle of long work: lets the thread hear what it is told when it has been long since
   * it did. A clock whose time is not the thread's has none.
   */
  turn?(): Promise<void>;
  /**
   * Time stands still while the machine works: for files and whatever else takes real time, such as
   * `await (clock.hold?.(reading) ?? reading)`. The machine's own time cannot be held: it has none.
   */
  hold?<T>(work: Promise<T>): Promise<T>;
  /**
   * The time to claim in messages where the clock says `now`: a sender's wall clock may be wrong, and
   * nothing but its claims goes by it. A clock without one is right: `clock.claimed?.(now) ?? now`.
   */
  claimed?(now: number): number;
}

/** The machine's own time. It follows the monotonic clock, so a change of the wall clock is not seen. */
export const systemClock: Clock = {
  now: () => performance.timeOrigin + performance.now(),
  sleep(ms, signal) {
    if (signal?.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const done = () => {
        clearTimeout(timer);
        signal?.removeEventListener("abort", done);
        resolve();
      };
      const timer = setTimeout(done, Math.max(0, ms));
      signal?.addEventListener("abort", done);
    });
  },
  turn: turnOfThread,
};

/** Timers are late by up to about so many milliseconds. Measured with Deno 2.9: 1.2 to 2.2. */
const TIMER_LATENESS_MS = 2.5;

const pauseCell = new Int32Array(new SharedArrayBuffer(4));

/**
 * {@link systemClock} with sleeps that end within about a tenth of a millisecond: the thread is
 * blocked for the last of it. For a worker with one thing to do, which is to be on time; what else it
 * hears, it hears once in each sleep.
 */
export const punctualClock: Clock = {
  now: systemClock.now,
  async sleep(ms, signal) {
    const until = systemClock.now() + ms;
    if (ms > TIMER_LATENESS_MS) await systemClock.sleep(ms - TIMER_LATENESS_MS, signal);
    else await new Promise<void>((resolve) => void setImmediate(resolve));
    const leftMs = until - systemClock.now();
    if (leftMs > 0 && signal?.aborted !== true) Atomics.wait(pauseCell, 0, 0, leftMs);
  },
  turn: turnOfThread,
};
