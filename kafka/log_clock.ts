/**
 * The time that a log and what surrounds it goes by, passed in so that it may be a virtual one.
 *
 * @module
 */

/** Tells the time and waits. */
export interface LogClock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Resolves after `ms`, or at once when `signal` aborts. Never rejects. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /**
   * Called when a poll finds records at once: lets the thread hear what it is told, since promises alone
   * never would. A clock whose time is not the thread's has none.
   */
  turn?(): Promise<void>;
}
