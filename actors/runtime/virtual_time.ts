/**
 * Virtual time: a seeded scheduler in the place of the machine's clock. Every wait is an event; the next
 * one happens when the program has done all it can do, and the time is its time then. So a session takes
 * as long as its work takes, and the same seed makes the same things happen in the same order.
 *
 * That holds for a program whose every wait is a promise of its own or a {@link VirtualTime.sleep}. What
 * the machine has to do meanwhile, such as reading a file, goes through {@link VirtualTime.hold}.
 *
 * @module
 */

import { setImmediate } from "node:timers";
import { type Random, seededRandom } from "../seeded_random.ts";
import type { Clock } from "./clock.ts";
import { EventHeap, type TimedEvent } from "./event_heap.ts";

/** Virtual time cannot go on. */
export class VirtualTimeError extends Error {
  /** Nothing is left to happen, or it is running already. */
  readonly code: "stalled" | "running";
  readonly retriable = false;

  /** The message is action, colon, state. */
  constructor(code: VirtualTimeError["code"], message: string) {
    super(message);
    this.name = "VirtualTimeError";
    this.code = code;
  }
}

/** How virtual time is made. */
export interface VirtualTimeOptions {
  /** Decides what comes first of what is due at the same time. */
  readonly seed: number;
  /** Milliseconds since the epoch. */
  readonly startsAt: number;
}

/** Work of the machine that time waits for. */
interface HeldWork {
  readonly work: Promise<unknown>;
  readonly release: () => void;
}

/** A clock that stands still while anything can go on, and leaps to the next wait's end then. */
export class VirtualTime implements Clock {
  readonly #random: Random;
  readonly #events = new EventHeap();
  #now: number;
  #held: HeldWork[] = [];
  #made = 0;
  #happened = 0;
  #isRunning = false;

  constructor({ seed, startsAt }: VirtualTimeOptions) {
    this.#random = seededRandom(seed, "virtual-time");
    this.#now = startsAt;
  }

  /** How many events have happened. */
  get eventCount(): number {
    return this.#happened;
  }

  now(): number {
    return this.#now;
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    if (Number.isNaN(ms)) throw new RangeError("Cannot wait: NaN ms are no time");
    if (signal?.aborted === true) return Promise.resolve();
    const at = this.#now + Math.max(0, ms);
    return new Promise((resolve) => {
      const draw = this.#random();
      const happen = () => {
        signal?.removeEventListener("abort", wake);
        resolve();
      };
      const event: TimedEvent = { at, draw, number: this.#made++, happen };
      const wake = () => {
        if (at < Infinity) this.#events.forget(event);
        happen();
      };
      signal?.addEventListener("abort", wake);
      if (at < Infinity) this.#events.push(event);
    });
  }

  /**
   * Lets nothing happen before `work` has settled. Several works are told of in the order in which they
   * were begun, however long each took.
   */
  hold<T>(work: Promise<T>): Promise<T> {
    work.catch(() => {}); // Handled: whoever asked to hold gets the rejection, in its turn.
    return new Promise<T>((resolve) => {
      this.#held.push({ work, release: () => resolve(work) });
    });
  }

  /**
   * Lets everything happen, in order, until `work` settles. What is left to happen then stays, for a
   * later call.
   *
   * @throws {VirtualTimeError} `stalled` when nothing is left to happen and the work has not settled:
   * it would wait for ever, or it waits for something that is no event of this time
   */
  async run<T>(work: () => Promise<T>): Promise<T> {
    if (this.#isRunning) throw new VirtualTimeError("running", "Cannot run: time runs already");
    this.#isRunning = true;
    try {
      const result = work();
      let isSettled = false;
      const settle = () => void (isSettled = true);
      void result.then(settle, settle);
      await turnOfLoop();
      while (!isSettled) {
        await this.#goOn();
        await turnOfLoop();
      }
      return await result;
    } finally {
      this.#isRunning = false;
    }
  }

  async #goOn(): Promise<void> {
    if (this.#held.length > 0) return await this.#awaitHeld();
    const event = this.#events.pop();
    if (event === null) {
      throw new VirtualTimeError(
        "stalled",
        `Cannot go on: after ${this.#happened} events nothing is left to happen, and the work has ` +
          `not ended; it waits for ever, or for something outside virtual time`,
      );
    }
    this.#now = event.at;
    this.#happened++;
    event.happen();
  }

  async #awaitHeld(): Promise<void> {
    const held = this.#held;
    this.#held = [];
    await Promise.allSettled(held.map(({ work }) => work));
    for (const { release } of held) {
      this.#happened++;
      release();
      await turnOfLoop();
    }
  }
}

/** Resolves when every promise that can settle has settled, and whatever waited for it has gone on. */
function turnOfLoop(): Promise<void> {
  return new Promise((resolve) => void setImmediate(resolve));
}
