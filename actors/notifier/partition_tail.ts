/**
 * Follows one partition of `notifications` for all its live subscribers on this machine.
 *
 * @module
 */

import type { EventLog, LogRecord } from "../../kafka/event_log.ts";
import type { Clock } from "../runtime/clock.ts";
import { DisconnectedError, type LiveQueue } from "./live_queue.ts";
import { NOTIFICATIONS } from "./notification_position.ts";

/** How long one wait for records takes. */
const POLL_TIMEOUT_MS = 1_000;

/**
 * Records handed out before subscribers get a turn to take them. Far below the bound of a queue, so
 * that only a subscriber that does not take is too slow, not one that had no time to.
 */
export const HANDED_OUT_RECORDS = 256;

/** What makes a {@link PartitionTail}. */
export interface PartitionTailOptions {
  readonly log: EventLog;
  readonly clock: Clock;
  readonly partition: number;
  /** Where it begins. */
  readonly position: number;
  readonly onTooSlow: () => void;
  /** It ended because the log failed. */
  readonly onFailed: () => void;
}

/** Runs from its making until {@link stop} or a failure of the log. */
export class PartitionTail {
  /** Resolves when it has ended. */
  readonly ended: Promise<void>;
  readonly #options: PartitionTailOptions;
  readonly #stopping = new AbortController();
  readonly #queues = new Map<string, Set<LiveQueue>>();
  #position: number;

  constructor(options: PartitionTailOptions) {
    this.#options = options;
    this.#position = options.position;
    this.ended = this.#run();
  }

  /** The offset of the next record to be handed out. */
  get position(): number {
    return this.#position;
  }

  /** Whether nobody is there to hand anything to. */
  get isEmpty(): boolean {
    return this.#queues.size === 0;
  }

  /** The queue gets every record from {@link position} on; it passes over what it has had. */
  attach(queue: LiveQueue): void {
    const { userId } = queue.user;
    const queues = this.#queues.get(userId);
    if (queues === undefined) this.#queues.set(userId, new Set([queue]));
    else queues.add(queue);
  }

  detach(queue: LiveQueue): void {
    const { userId } = queue.user;
    const queues = this.#queues.get(userId);
    queues?.delete(queue);
    if (queues?.size === 0) this.#queues.delete(userId);
  }

  stop(): void {
    this.#stopping.abort();
  }

  async #run(): Promise<void> {
    const { log, partition, onFailed } = this.#options;
    const { signal } = this.#stopping;
    // Whoever makes the tail knows it before anything can happen to it.
    await Promise.resolve();
    try {
      const reader = log.openReader([{ topic: NOTIFICATIONS, partition, offset: this.#position }]);
      try {
        while (!signal.aborted) {
          const polled = await reader.poll({
            timeoutMs: POLL_TIMEOUT_MS,
            maxRecords: HANDED_OUT_RECORDS,
            signal,
          });
          for (const { records } of polled) await this.#handOut(records);
        }
      } finally {
        reader.close();
      }
    } catch (error) {
      // The subscribers are told, and may come again; the tail of a log that fails is of no use.
      onFailed();
      this.#endAll(error);
    }
  }

  async #handOut(records: readonly LogRecord[]): Promise<void> {
    for (let at = 0; at < records.length && !this.#stopping.signal.aborted;) {
      const until = Math.min(records.length, at + HANDED_OUT_RECORDS);
      let waiting = false;
      for (; at < until; at++) {
        const record = records[at]!; // at is below the length
        waiting = this.#offer(record) || waiting;
        this.#position = record.offset + 1;
      }
      if (waiting) await this.#options.clock.sleep(0);
    }
  }

  /** Whether anybody was there to take it. */
  #offer(record: LogRecord): boolean {
    const queues = record.key === null ? undefined : this.#queues.get(record.key);
    if (queues === undefined) return false;
    for (const queue of [...queues]) {
      if (queue.offer(record)) continue;
      this.detach(queue);
      this.#options.onTooSlow();
      queue.end(
        new DisconnectedError(
          "too-slow",
          `Cannot go on telling: ${queue.length} notifications wait to be taken`,
        ),
      );
    }
    return true;
  }

  #endAll(cause: unknown): void {
    const why = cause instanceof Error ? cause.message : String(cause);
    const error = new DisconnectedError("log-failed", `Cannot go on telling: ${why}`, cause);
    for (const queues of this.#queues.values()) for (const queue of queues) queue.end(error);
    this.#queues.clear();
  }
}
