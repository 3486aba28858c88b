/**
 * A promise that is settled from outside, a wait with a deadline, and the wait for a signal.
 *
 * @module
 */

import { type Clock, NO_LONGER_NEEDED } from "./clock.ts";

/** A promise with its handles. Its rejection counts as handled, since it may have no reader. */
export interface Deferred<T> {
  readonly promise: Promise<T>;
  resolve(value: T): void;
  reject(error: unknown): void;
}

/** Makes a {@link Deferred}. Settling it twice changes nothing. */
export function deferred<T>(): Deferred<T> {
  const { promise, resolve, reject } = Promise.withResolvers<T>();
  promise.catch(() => {}); // Handled: whoever reads the promise still gets the rejection.
  return { promise, resolve, reject };
}

/** Whether `promise` resolves within `ms`. @throws what the promise rejects with, in time */
export async function resolvesWithin(
  clock: Clock,
  ms: number,
  promise: Promise<unknown>,
): Promise<boolean> {
  const timer = new AbortController();
  try {
    return await Promise.race([
      promise.then(() => true),
      clock.sleep(ms, timer.signal).then(() => false),
    ]);
  } finally {
    timer.abort(NO_LONGER_NEEDED);
  }
}

/** Resolves when the signal aborts, or at once when it has. */
export function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) =>
    signal.addEventListener("abort", () => resolve(), { once: true })
  );
}
