/**
 * Trying again what may succeed later.
 *
 * @module
 */

import { RETRY_BACKOFF_MS } from "./cluster_settings.ts";
import { KafkaClientError } from "./kafka_client.ts";

/** How long, and what ends it sooner. */
export interface PatienceOptions {
  /** A failure after so many milliseconds is final; 0 makes one attempt. */
  readonly forMs: number;
  /** Ends the waiting with `CLOSED`. */
  readonly signal?: AbortSignal;
  /** Told of each retriable failure before the wait that follows it. */
  readonly onFailure?: (error: KafkaClientError) => void;
}

/**
 * What `work` gives, once it does. A failure that is not retriable is thrown at once.
 * @throws {KafkaClientError} the last failure, or `CLOSED`
 */
export async function patiently<T>(work: () => Promise<T>, options: PatienceOptions): Promise<T> {
  const { forMs, signal, onFailure } = options;
  const giveUpAt = performance.now() + forMs;
  for (let attempt = 0;; attempt++) {
    if (signal?.aborted === true) throw closed();
    try {
      return await unlessAborted(work(), signal);
    } catch (error) {
      if (!(error instanceof KafkaClientError) || !error.retriable) throw error;
      const waitMs = backoffMs(attempt);
      if (performance.now() + waitMs > giveUpAt) throw error;
      onFailure?.(error);
      await wait(waitMs, signal);
    }
  }
}

/** How long to wait after so many failures in a row before this one. */
export function backoffMs(failures: number): number {
  return Math.min(RETRY_BACKOFF_MS.first * 2 ** Math.min(failures, 16), RETRY_BACKOFF_MS.most);
}

/** Resolves after `ms` or when the signal aborts. */
export async function wait(ms: number, signal?: AbortSignal): Promise<void> {
  if (signal?.aborted === true) return;
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, ms);
  const end = () => resolve();
  signal?.addEventListener("abort", end);
  try {
    await promise;
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", end);
  }
}

/** What `work` gives, or `CLOSED` as soon as the signal aborts. */
async function unlessAborted<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return await work;
  const { promise, reject } = Promise.withResolvers<never>();
  const end = () => reject(closed());
  signal.addEventListener("abort", end);
  try {
    return await Promise.race([work, promise]);
  } finally {
    signal.removeEventListener("abort", end);
  }
}

function closed(): KafkaClientError {
  return new KafkaClientError("CLOSED", "the log was closed", { retriable: false });
}
