/**
 * Two message ports in one thread: what is posted on one arrives at the other, structured-cloned and in
 * order, when a scheduler says so. With it an actor in the caller's thread uses the same mailboxes as
 * one in a worker.
 *
 * @module
 */

/** The part of a `MessagePort` that mailboxes need. */
export interface Port {
  postMessage(message: unknown): void;
  addEventListener(type: "message", listener: (event: MessageEvent) => void): void;
  start(): void;
  close(): void;
}

class LocalPort implements Port {
  readonly #schedule: (deliver: () => void) => void;
  readonly #listeners = new Set<(event: MessageEvent) => void>();
  #held: unknown[] | null = [];
  #closed = false;
  peer: LocalPort | null = null;

  constructor(schedule: (deliver: () => void) => void) {
    this.#schedule = schedule;
  }

  postMessage(message: unknown): void {
    const { peer } = this;
    // As with real ports: what is posted to or by a closed port goes nowhere.
    if (this.#closed || peer === null) return;
    const data = structuredClone(message);
    this.#schedule(() => peer.#arrive(data));
  }

  addEventListener(_type: "message", listener: (event: MessageEvent) => void): void {
    this.#listeners.add(listener);
  }

  start(): void {
    const held = this.#held ?? [];
    this.#held = null;
    for (const data of held) this.#deliver(data);
  }

  close(): void {
    this.#closed = true;
    this.#listeners.clear();
    this.#held = null;
  }

  #arrive(data: unknown): void {
    if (this.#closed) return;
    if (this.#held !== null) this.#held.push(data);
    else this.#deliver(data);
  }

  #deliver(data: unknown): void {
    const event = new MessageEvent("message", { data });
    for (const listener of [...this.#listeners]) listener(event);
  }
}

/** Makes a pair of ports. `schedule` must run deliveries in the order given; default: microtasks. */
export function createPortPair(
  schedule: (deliver: () => void) => void = queueMicrotask,
): readonly [Port, Port] {
  const left = new LocalPort(schedule);
  const right = new LocalPort(schedule);
  left.peer = right;
  right.peer = left;
  return [left, right];
}
