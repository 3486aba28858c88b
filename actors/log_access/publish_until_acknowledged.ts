/**
 * Publishing that keeps the order behind a rejection: nothing later goes to a partition before the
 * same records are acknowledged.
 *
 * @module
 */

import {
  type EventLog,
  type PublishedBatch,
  PublishError,
  type RecordBatch,
} from "../../kafka/event_log.ts";
import type { Clock } from "../runtime/clock.ts";

/** Waits between attempts: 20 ms, doubled up to this. */
export const MAX_PUBLISH_BACKOFF_MS = 1_000;

/** An actor that could not publish for so long fails, and its supervisor decides. */
export const PUBLISH_DEADLINE_MS = 120_000;

/**
 * Resolves when every batch is durable, with the places they got. Retriable failures are tried again
 * with the same records until the deadline; while it waits the caller sends nothing else.
 *
 * @throws {PublishError} when the log says that trying again is no use, or the deadline is over
 */
export async function publishUntilAcknowledged(
  log: EventLog,
  batches: readonly RecordBatch[],
  options: {
    readonly clock: Clock;
    readonly signal?: AbortSignal;
    /** Called before every wait, so that the caller can say that it is still alive. */
    readonly onRetry?: (error: PublishError) => Promise<void>;
  },
): Promise<readonly PublishedBatch[]> {
  const { clock, signal } = options;
  const giveUpAt = clock.now() + PUBLISH_DEADLINE_MS;
  const published: PublishedBatch[] = [];
  let waiting = batches;
  for (let backoffMs = 20;; backoffMs = Math.min(backoffMs * 2, MAX_PUBLISH_BACKOFF_MS)) {
    try {
      published.push(...await log.publish(waiting));
      return published;
    } catch (error) {
      if (!(error instanceof PublishError) || !error.retriable) throw error;
      if (signal?.aborted === true || clock.now() >= giveUpAt) throw error;
      published.push(...error.published);
      waiting = error.rejected;
      await options.onRetry?.(error);
      await clock.sleep(backoffMs, signal);
    }
  }
}
