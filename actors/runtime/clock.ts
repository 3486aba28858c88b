/**
 * Time, passed in. Nothing but a clock tells an actor or the runtime what time it is or lets it wait,
 * so that the same code runs in real and in virtual time. (A fold has no clock at all.)
 *
 * @module
 */

/** Tells the time and waits. */
export interface Clock {
  /** Milliseconds since the epoch, with fractions; never steps back. */
  now(): number;
  /** Resolves after `ms`, or at once when `signal` aborts. Never rejects. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
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
};
