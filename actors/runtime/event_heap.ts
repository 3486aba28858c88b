/**
 * What is to happen in virtual time, soonest first: a binary heap. Of events at one time the one with
 * the smaller draw comes first.
 *
 * @module
 */

/** Something that is to happen. */
export interface TimedEvent {
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** Decides among events at one time; drawn from the seed. */
  readonly draw: number;
  /** Decides among equal draws: how many events were made before. */
  readonly number: number;
  readonly happen: () => void;
}

/** Forgotten events are swept out when they are more than so many, and more than those that count. */
const MAX_FORGOTTEN = 1_000;

/** Events in the order in which they happen. */
export class EventHeap {
  #events: TimedEvent[] = [];
  /** Taken back, and not yet swept out: most waits are ended before their time. */
  readonly #forgotten = new Set<TimedEvent>();

  /** How many are to happen. */
  get size(): number {
    return this.#events.length - this.#forgotten.size;
  }

  push(event: TimedEvent): void {
    this.#events.push(event);
    this.#rise(this.#events.length - 1);
  }

  /** Takes back an event that has not been taken out; it will not happen. */
  forget(event: TimedEvent): void {
    this.#forgotten.add(event);
    if (this.#forgotten.size > Math.max(MAX_FORGOTTEN, this.size)) this.#sweep();
  }

  /** Takes out the next event; null when there is none. */
  pop(): TimedEvent | null {
    for (let event; (event = this.#takeFirst()) !== null;) {
      if (!this.#forgotten.delete(event)) return event;
    }
    return null;
  }

  #takeFirst(): TimedEvent | null {
    const [first] = this.#events;
    const last = this.#events.pop();
    if (first === undefined || last === undefined) return null;
    if (this.#events.length > 0) {
      this.#events[0] = last;
      this.#sink(0);
    }
    return first;
  }

  #sweep(): void {
    this.#events = this.#events.filter((event) => !this.#forgotten.has(event));
    this.#forgotten.clear();
    for (let at = (this.#events.length >> 1) - 1; at >= 0; at--) this.#sink(at);
  }

  #rise(from: number): void {
    const events = this.#events;
    const event = events[from]!;
    let at = from;
    while (at > 0) {
      const above = (at - 1) >> 1;
      if (!isBefore(event, events[above]!)) break;
      events[at] = events[above]!;
      at = above;
    }
    events[at] = event;
  }

  #sink(from: number): void {
    const events = this.#events;
    const event = events[from]!;
    let at = from;
    for (let below; (below = 2 * at + 1) < events.length;) {
      if (below + 1 < events.length && isBefore(events[below + 1]!, events[below]!)) below++;
      if (!isBefore(events[below]!, event)) break;
      events[at] = events[below]!;
      at = below;
    }
    events[at] = event;
  }
}

function isBefore(a: TimedEvent, b: TimedEvent): boolean {
  if (a.at !== b.at) return a.at < b.at;
  return a.draw === b.draw ? a.number < b.number : a.draw < b.draw;
}
