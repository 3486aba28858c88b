/**
 * The machine's time, for a log that was given no other.
 *
 * @module
 */

import { setImmediate } from "node:timers";
import type { LogClock } from "../log_clock.ts";

/** It follows the monotonic clock: nobody is expelled because the wall clock was set. */
export const machineClock: LogClock = {
  now: () => performance.timeOrigin + performance.now(),
  sleep(ms, signal) {
    if (signal?.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const done = () => {
        clearTimeout(timer);
        signal?.removeEventListener("abort", done);
        resolve();
      };
      const timer = setTimeout(done, Math.max(0, Math.ceil(ms)));
      signal?.addEventListener("abort", done);
    });
  },
  turn: () => new Promise((resolve) => void setImmediate(resolve)),
};
