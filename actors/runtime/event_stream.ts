/**
 * The one stream of runtime events of a run: numbered, stamped, and handed to whoever writes them down
 * or watches them.
 *
 * @module
 */

import type { Clock } from "./clock.ts";
import type { RuntimeEvent, RuntimeEventBody } from "./runtime_events.ts";

/** Whom an event is about. */
export interface EventSource {
  /** Its lasting name. */
  readonly actor: string;
  /** 1 for the first start. */
  readonly incarnation: number;
}

/** Told of every event at once, in order. One that throws is taken off, and its error is reported. */
export type RuntimeEventSink = (event: RuntimeEvent) => void;

/** Events that a subscriber may have waiting, unless it says otherwise. */
export const DEFAULT_SUBSCRIBER_CAPACITY = 1000;

/** Events as one subscriber sees them. One that is too slow loses the oldest, and can see how many. */
export class RuntimeEventSubscription implements AsyncIterable<RuntimeEvent> {
  readonly #capacity: number;
  readonly #leave: (subscription: RuntimeEventSubscription) => void;
  readonly #queue: RuntimeEvent[] = [];
  #dropped = 0;
  #closed = false;
  #wake: (() => void) | null = null;

  constructor(capacity: number, leave: (subscription: RuntimeEventSubscription) => void) {
    if (!Number.isInteger(capacity) || capacity < 1) {
      throw new RangeError(`Cannot subscribe to runtime events: capacity is ${capacity}`);
    }
    this.#capacity = capacity;
    this.#leave = leave;
  }

  /** Events lost because this subscriber was too slow; their numbers are missing. */
  get dropped(): number {
    return this.#dropped;
  }

  /** Events waiting. */
  get waiting(): number {
    return this.#queue.length;
  }

  push(event: RuntimeEvent): void {
    if (this.#closed) return;
    if (this.#queue.length === this.#capacity) {
      this.#queue.shift();
      this.#dropped++;
    }
    this.#queue.push(event);
    this.#wake?.();
  }

  /** Ends the iteration after what is waiting. Idempotent. */
  close(): void {
    this.#closed = true;
    this.#leave(this);
    this.#wake?.();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<RuntimeEvent, void, void> {
    try {
      while (true) {
        const event = this.#queue.shift();
        if (event !== undefined) {
          yield event;
        } else if (this.#closed) {
          return;
        } else {
          await new Promise<void>((wake) => this.#wake = wake);
          this.#wake = null;
        }
      }
    } finally {
      this.close();
    }
  }
}

/** Numbers, stamps and distributes runtime events. */
export class RuntimeEventStream {
  readonly #clock: Clock;
  readonly #onSinkError: (error: unknown) => void;
  readonly #sinks = new Set<RuntimeEventSink>();
  readonly #subscriptions = new Set<RuntimeEventSubscription>();
  #count: number;

  constructor(options: {
    readonly clock: Clock;
    /** Told when a sink threw: events are no longer written down, which someone must decide upon. */
    readonly onSinkError: (error: unknown) => void;
    /** The number of the first event: a resumed run counts on. Default 0. */
    readonly firstNumber?: number;
  }) {
    this.#clock = options.clock;
    this.#onSinkError = options.onSinkError;
    this.#count = options.firstNumber ?? 0;
  }

  /** The number that the next event will have. */
  get nextNumber(): number {
    return this.#count;
  }

  append(source: EventSource, body: RuntimeEventBody): RuntimeEvent {
    const event: RuntimeEvent = {
      ...body,
      at: this.#clock.now(),
      number: this.#count++,
      actor: source.actor,
      incarnation: source.incarnation,
    };
    for (const sink of [...this.#sinks]) {
      try {
        sink(event);
      } catch (error) {
        this.#sinks.delete(sink);
        this.#onSinkError(error);
      }
    }
    for (const subscription of [...this.#subscriptions]) subscription.push(event);
    return event;
  }

  /** @returns what takes the sink off again */
  addSink(sink: RuntimeEventSink): () => void {
    this.#sinks.add(sink);
    return () => this.#sinks.delete(sink);
  }

  /** Watches events from now on. Close it, or leave its loop, to end it. */
  subscribe(capacity = DEFAULT_SUBSCRIBER_CAPACITY): RuntimeEventSubscription {
    const subscription = new RuntimeEventSubscription(
      capacity,
      (one) => this.#subscriptions.delete(one),
    );
    this.#subscriptions.add(subscription);
    return subscription;
  }

  /** Ends all subscriptions after what they have waiting, and lets the sinks go. */
  close(): void {
    for (const subscription of [...this.#subscriptions]) subscription.close();
    this.#sinks.clear();
  }
}
