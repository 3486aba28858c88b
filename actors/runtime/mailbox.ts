/**
 * Bounded mailboxes with credits over a message port. A port itself takes any number of messages
 * without a word, so a sender here may only have so many items under way; the receiver grants credits
 * back as it processes them.
 *
 * @module
 */

import { type Deferred, deferred } from "./deferred.ts";
import type { Port } from "./port_pair.ts";

/** The mailbox has no room for another item. Later it may. */
export class MailboxFull extends Error {
  readonly code = "mailbox-full";
  readonly retriable = true;

  constructor(message: string) {
    super(message);
    this.name = "MailboxFull";
  }
}

/** The mailbox is closed and takes nothing more. */
export class MailboxClosed extends Error {
  readonly code = "mailbox-closed";
  readonly retriable = false;

  constructor() {
    super("Cannot send to the mailbox: it is closed");
    this.name = "MailboxClosed";
  }
}

/** What a mailbox has seen. */
export interface MailboxCounts {
  /** Items taken from the caller. */
  readonly sent: number;
  /** Messages posted; each carries all the items of one turn. */
  readonly batches: number;
  /** Items refused for want of room. */
  readonly refused: number;
  /** Items taken that could not be cloned, and so were dropped and reported. */
  readonly unclonable: number;
  /** Items under way: sent and not yet processed by the receiver. */
  readonly underWay: number;
  /** Sends that wait for room. */
  readonly waiting: number;
}

/** Limits of a sender. */
export interface MailboxLimits {
  /** Items under way at most. */
  readonly capacity: number;
  /** Sends that may wait for room at most. */
  readonly maxWaiting: number;
}

/** 1,024 items under way, 1,024 sends waiting. */
export const DEFAULT_MAILBOX: MailboxLimits = { capacity: 1024, maxWaiting: 1024 };

/** Sends items of type `T`, plain data, in order. */
export class MailboxSender<T> {
  readonly #port: Port;
  readonly #limits: MailboxLimits;
  readonly #onUnclonable: (error: unknown) => void;
  readonly #waiting: { readonly item: T; readonly taken: Deferred<void> }[] = [];
  readonly #idle: Deferred<void>[] = [];
  #outbox: T[] = [];
  #flushAsked = false;
  #closed = false;
  #underWay = 0;
  #sent = 0;
  #batches = 0;
  #refused = 0;
  #unclonable = 0;

  constructor(
    port: Port,
    options: Partial<MailboxLimits> & { readonly onUnclonable?: (error: unknown) => void } = {},
  ) {
    this.#port = port;
    this.#limits = { ...DEFAULT_MAILBOX, ...options };
    if (!Number.isInteger(this.#limits.capacity) || this.#limits.capacity < 1) {
      throw new RangeError(
        `Cannot open a mailbox: capacity is ${this.#limits.capacity}, a whole number from 1 is needed`,
      );
    }
    this.#onUnclonable = options.onUnclonable ?? ((error) => reportError(error));
    port.addEventListener("message", (event) => this.#granted(event.data));
    port.start();
  }

  get counts(): MailboxCounts {
    return {
      sent: this.#sent,
      batches: this.#batches,
      refused: this.#refused,
      unclonable: this.#unclonable,
      underWay: this.#underWay,
      waiting: this.#waiting.length,
    };
  }

  /** Sends now or not at all. @throws {MailboxFull} @throws {MailboxClosed} */
  trySend(item: T): void {
    if (this.#closed) throw new MailboxClosed();
    // Whoever waits came first.
    if (this.#underWay >= this.#limits.capacity || this.#waiting.length > 0) {
      this.#refused++;
      throw new MailboxFull(`Cannot send to the mailbox: ${this.#underWay} items are under way`);
    }
    this.#take(item);
  }

  /** Sends when there is room. @throws {MailboxFull} when too many wait @throws {MailboxClosed} */
  send(item: T): Promise<void> {
    if (this.#closed) return Promise.reject(new MailboxClosed());
    if (this.#underWay < this.#limits.capacity && this.#waiting.length === 0) {
      this.#take(item);
      return Promise.resolve();
    }
    if (this.#waiting.length >= this.#limits.maxWaiting) {
      this.#refused++;
      return Promise.reject(
        new MailboxFull(`Cannot send to the mailbox: ${this.#waiting.length} sends are waiting`),
      );
    }
    const taken = deferred<void>();
    this.#waiting.push({ item, taken });
    return taken.promise;
  }

  /** Resolves when everything sent so far and since has been processed. @throws {MailboxClosed} */
  drained(): Promise<void> {
    if (this.#closed) return Promise.reject(new MailboxClosed());
    if (this.#underWay === 0 && this.#waiting.length === 0) return Promise.resolve();
    const idle = deferred<void>();
    this.#idle.push(idle);
    return idle.promise;
  }

  /** Posts what has been taken in this turn, without waiting for its end. */
  flush(): void {
    this.#flushAsked = false;
    const items = this.#outbox;
    if (items.length === 0) return;
    this.#outbox = [];
    try {
      this.#port.postMessage({ batch: items });
      this.#batches++;
    } catch (_unclonable) {
      // One bad item must not take the others with it: each goes alone, and the bad one is reported.
      for (const item of items) this.#postAlone(item);
    }
  }

  /** Takes nothing more and rejects what waits. Does not close the port. Idempotent. */
  close(): void {
    if (this.#closed) return;
    this.flush();
    this.#closed = true;
    for (const { taken } of this.#waiting.splice(0)) taken.reject(new MailboxClosed());
    for (const idle of this.#idle.splice(0)) idle.reject(new MailboxClosed());
  }

  #take(item: T): void {
    this.#underWay++;
    this.#sent++;
    this.#outbox.push(item);
    if (this.#flushAsked) return;
    this.#flushAsked = true;
    queueMicrotask(() => {
      if (!this.#closed) this.flush();
    });
  }

  #postAlone(item: T): void {
    try {
      this.#port.postMessage({ batch: [item] });
      this.#batches++;
    } catch (error) {
      this.#unclonable++;
      this.#onUnclonable(error);
      this.#regain(1);
    }
  }

  #granted(message: unknown): void {
    if (this.#closed) return;
    if (typeof message !== "object" || message === null || !("credits" in message)) return;
    this.#regain(Number(message.credits));
  }

  #regain(credits: number): void {
    this.#underWay = Math.max(0, this.#underWay - credits);
    while (this.#underWay < this.#limits.capacity) {
      const next = this.#waiting.shift();
      if (next === undefined) break;
      this.#take(next.item);
      next.taken.resolve();
    }
    if (this.#underWay === 0) { for (const idle of this.#idle.splice(0)) idle.resolve(); }
  }
}

/** What a receiver has seen. */
export interface ReceiverCounts {
  readonly received: number;
  readonly processed: number;
  /** Batches whose handler threw; their items count as processed. */
  readonly failed: number;
}

/** How a receiver works. */
export interface ReceiverOptions<T> {
  /** Items of one message, in order; the next batch waits until this one is done. */
  readonly onBatch: (items: readonly T[]) => void | Promise<void>;
  /** A handler that threw. */
  readonly onError: (error: unknown) => void;
}

/** Receives what a {@link MailboxSender} sends, and grants credits back as it is processed. */
export class MailboxReceiver<T> {
  readonly #port: Port;
  readonly #options: ReceiverOptions<T>;
  #batches: (readonly T[])[] = [];
  #working = false;
  #closed = false;
  #received = 0;
  #processed = 0;
  #failed = 0;

  constructor(port: Port, options: ReceiverOptions<T>) {
    this.#port = port;
    this.#options = options;
    port.addEventListener("message", (event) => this.#arrived(event.data));
    port.start();
  }

  get counts(): ReceiverCounts {
    return { received: this.#received, processed: this.#processed, failed: this.#failed };
  }

  /** Processes nothing more. Does not close the port. */
  close(): void {
    this.#closed = true;
    this.#batches = [];
  }

  #arrived(message: unknown): void {
    if (this.#closed) return;
    if (typeof message !== "object" || message === null || !("batch" in message)) return;
    const batch = message.batch as readonly T[]; // Our sender's: the type goes with the port.
    this.#received += batch.length;
    this.#batches.push(batch);
    if (!this.#working) void this.#work();
  }

  async #work(): Promise<void> {
    this.#working = true;
    for (let batch = this.#batches.shift(); batch; batch = this.#batches.shift()) {
      try {
        const working = this.#options.onBatch(batch);
        // Without the condition every batch would wait a turn more, also the synchronous ones.
        if (working instanceof Promise) await working;
      } catch (error) {
        this.#failed++;
        this.#options.onError(error);
      }
      this.#processed += batch.length;
      if (!this.#closed) this.#port.postMessage({ credits: batch.length });
    }
    this.#working = false;
  }
}
