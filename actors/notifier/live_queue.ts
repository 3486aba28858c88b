/**
 * What waits for one live subscriber, in a queue with a bound.
 *
 * @module
 */

import type { LogRecord } from "../../kafka/event_log.ts";
import type { DeliveredNotification, UserNotifications } from "./user_notifications.ts";

/** Notifications that may wait for a subscriber; with one more it is disconnected as too slow. */
export const MAX_QUEUED = 1_024;

/** Why the hub ended a subscription. The subscriber may come again, and go on after its last id. */
export class DisconnectedError extends Error {
  readonly reason: "too-slow" | "log-failed" | "stopping";

  constructor(reason: DisconnectedError["reason"], message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = "DisconnectedError";
    this.reason = reason;
  }
}

/** Filled by a partition's tail, emptied by its subscriber. */
export class LiveQueue {
  readonly user: UserNotifications;
  readonly #maxQueued: number;
  readonly #disconnect: AbortController;
  #waiting: DeliveredNotification[] = [];
  #wake: (() => void) | null = null;

  /** @param disconnect aborted, with a {@link DisconnectedError}, when the subscription ends */
  constructor(user: UserNotifications, maxQueued: number, disconnect: AbortController) {
    this.user = user;
    this.#maxQueued = maxQueued;
    this.#disconnect = disconnect;
    disconnect.signal.addEventListener("abort", () => this.#wake?.());
  }

  /** Notifications waiting. */
  get length(): number {
    return this.#waiting.length;
  }

  /** Takes what the record tells its user. False when that was one too many. */
  offer(record: LogRecord): boolean {
    const delivered = this.user.take(record);
    if (delivered === null) return true;
    if (this.#waiting.length >= this.#maxQueued) return false;
    this.#waiting.push(delivered);
    this.#wake?.();
    return true;
  }

  /** Ends the subscription; what waits is dropped, for it is read again on resuming. */
  end(error: DisconnectedError): void {
    this.#waiting = [];
    this.#disconnect.abort(error);
  }

  /** Everything that waits, at least one; empty when `signal` aborts. @throws {DisconnectedError} */
  async take(signal: AbortSignal): Promise<readonly DeliveredNotification[]> {
    while (this.#waiting.length === 0 && !signal.aborted && !this.#disconnect.signal.aborted) {
      await this.#somethingNew(signal);
    }
    if (this.#disconnect.signal.aborted) throw this.#disconnect.signal.reason;
    const taken = this.#waiting;
    this.#waiting = [];
    return taken;
  }

  async #somethingNew(signal: AbortSignal): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#wake = resolve;
    signal.addEventListener("abort", resolve as () => void); // resolve takes no argument here
    await promise;
    signal.removeEventListener("abort", resolve as () => void); // the same listener
    this.#wake = null;
  }
}
