/**
 * Live subscribers of one process.
 *
 * A subscriber first reads what it missed, by a reader of its own and at its own pace; when it has
 * caught up it joins the shared tail of its partition. Both go by offsets, so nothing is missed and
 * nothing is told twice where one hands over to the other.
 *
 * The hub follows the log itself; it does not wait to be handed records by the notifier that owns the
 * partition. So a user may be connected to any instance, and rebalances, restarts and crashes of
 * notifiers do not touch a stream. Were owners to hand records over, a stream would have to change
 * source, without a gap, at every rebalance, and an instance could not serve users of others'
 * partitions. The price is that a record is read once more, for each process with subscribers to its
 * partition.
 *
 * @module
 */

import type { EventLog } from "../../kafka/event_log.ts";
import type { Clock } from "../runtime/clock.ts";
import { DisconnectedError, LiveQueue, MAX_QUEUED } from "./live_queue.ts";
import {
  type NotificationPosition,
  NOTIFICATIONS,
  positionAfter,
} from "./notification_position.ts";
import { PartitionTail } from "./partition_tail.ts";
import { type DeliveredNotification, UserNotifications } from "./user_notifications.ts";

/** Records fetched at a time while catching up, about. */
const CATCH_UP_RECORDS = 1_000;

/** The log has told that there are records, so they must come within this time. */
const CATCH_UP_TIMEOUT_MS = 1_000;

/** What makes a {@link NotificationHub}. */
export interface NotificationHubOptions {
  readonly log: EventLog;
  readonly clock: Clock;
  /** Default {@link MAX_QUEUED}. */
  readonly maxQueued?: number;
}

/** One subscriber's side. */
export interface Subscription {
  /**
   * The notifications, as many at a time as there are. Ends when the signal aborts.
   * @throws {DisconnectedError} when the hub ended it
   */
  readonly batches: AsyncGenerator<readonly DeliveredNotification[], void, void>;
  /** Aborts, with the {@link DisconnectedError}, as soon as the hub has ended it. */
  readonly disconnected: AbortSignal;
}

/** Serves any number of subscribers; whoever accepts them sets their limit. */
export class NotificationHub {
  readonly #options: NotificationHubOptions;
  readonly #tails = new Map<number, PartitionTail>();
  readonly #running = new Set<Promise<void>>();
  readonly #subscriptions = new Set<AbortController>();
  readonly #counters = {
    subscriptions: 0,
    told: 0,
    tooSlow: 0,
    logFailed: 0,
    unparsable: 0,
    repeated: 0,
  };
  #closed = false;

  constructor(options: NotificationHubOptions) {
    this.#options = options;
  }

  /** Since the start: subscriptions, notifications told, subscribers disconnected, records skipped. */
  get counters(): Readonly<Record<string, number>> {
    return { ...this.#counters, live: this.#subscriptions.size };
  }

  /**
   * Subscribes to a user's notifications after the one with the id `after`, or from now on.
   * `batches` must be read or returned from.
   * @throws {NotificationRequestError} when the user id or `after` is wrong
   * @throws {DisconnectedError} when the hub is closed
   */
  async subscribe(
    userId: string,
    { after, signal }: { readonly after?: string | undefined; readonly signal: AbortSignal },
  ): Promise<Subscription> {
    this.#refuseWhenClosed();
    const position = await positionAfter(this.#options.log, userId, after);
    this.#refuseWhenClosed();
    const disconnect = new AbortController();
    this.#subscriptions.add(disconnect);
    this.#counters.subscriptions++;
    const user = new UserNotifications(userId, position, this.#counters);
    const batches = this.#serve(user, position, { disconnect, signal });
    signal.addEventListener("abort", () => this.#subscriptions.delete(disconnect));
    return { batches, disconnected: disconnect.signal };
  }

  /** Ends all subscriptions. Idempotent. */
  async close(): Promise<void> {
    this.#closed = true;
    for (const disconnect of this.#subscriptions) disconnect.abort(stopping());
    for (const tail of this.#tails.values()) tail.stop();
    this.#tails.clear();
    await Promise.all(this.#running);
  }

  #refuseWhenClosed(): void {
    if (this.#closed) throw stopping();
  }

  async *#serve(
    user: UserNotifications,
    position: NotificationPosition,
    ends: { readonly disconnect: AbortController; readonly signal: AbortSignal },
  ): AsyncGenerator<readonly DeliveredNotification[], void, void> {
    const queue = new LiveQueue(user, this.#options.maxQueued ?? MAX_QUEUED, ends.disconnect);
    const { partition } = position;
    try {
      for await (const missed of this.#catchUp(queue, position, ends)) {
        this.#counters.told += missed.length;
        yield missed;
      }
      while (!ends.signal.aborted) {
        const live = await queue.take(ends.signal);
        this.#counters.told += live.length;
        if (live.length > 0) yield live;
      }
    } finally {
      this.#subscriptions.delete(ends.disconnect);
      this.#detach(partition, queue);
    }
  }

  /** Reads what the subscriber missed, and joins the tail when there is no more of it. */
  async *#catchUp(
    queue: LiveQueue,
    { partition, offset, readFrom, end }: NotificationPosition,
    { disconnect, signal }: { readonly disconnect: AbortController; readonly signal: AbortSignal },
  ): AsyncGenerator<readonly DeliveredNotification[], void, void> {
    let reached = readFrom;
    let known = end;
    const either = AbortSignal.any([signal, disconnect.signal]);
    const reader = this.#options.log.openReader([
      { topic: NOTIFICATIONS, partition, offset: readFrom },
    ]);
    try {
      while (!either.aborted) {
        const target = this.#tails.get(partition)?.position ?? known;
        if (reached >= Math.max(offset, target)) return this.#join(partition, reached, queue);
        const [batch] = await reader.poll({
          timeoutMs: CATCH_UP_TIMEOUT_MS,
          maxRecords: CATCH_UP_RECORDS,
          signal: either,
        });
        if (batch === undefined) continue;
        reached = batch.nextOffset;
        known = batch.endOffset;
        const missed = batch.records.map((record) => queue.user.take(record))
          .filter((delivered) => delivered !== null);
        if (missed.length > 0) yield missed;
      }
      disconnect.signal.throwIfAborted();
    } finally {
      reader.close();
    }
  }

  /** Must not be parted from the look at the tail's position by an await. */
  #join(partition: number, reached: number, queue: LiveQueue): void {
    const tail = this.#tails.get(partition) ?? this.#startTail(partition, reached);
    tail.attach(queue);
  }

  #startTail(partition: number, position: number): PartitionTail {
    const { log, clock } = this.#options;
    const tail = new PartitionTail({
      log,
      clock,
      partition,
      position,
      onTooSlow: () => this.#counters.tooSlow++,
      onFailed: () => {
        this.#counters.logFailed++;
        if (this.#tails.get(partition) === tail) this.#tails.delete(partition);
      },
    });
    this.#tails.set(partition, tail);
    this.#running.add(tail.ended);
    tail.ended.then(() => this.#running.delete(tail.ended));
    return tail;
  }

  #detach(partition: number, queue: LiveQueue): void {
    const tail = this.#tails.get(partition);
    if (tail === undefined) return;
    tail.detach(queue);
    if (!tail.isEmpty) return;
    this.#tails.delete(partition);
    tail.stop();
  }
}

function stopping(): DisconnectedError {
  return new DisconnectedError("stopping", "Cannot go on telling: the notifier is stopping");
}
