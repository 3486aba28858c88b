/**
 * The polls of one reader: they wait for something to be there, and nobody looks in vain.
 *
 * @module
 */

import type { PollOptions } from "../event_log.ts";
import type { LogClock } from "../log_clock.ts";
import type { CallTime } from "./latency.ts";
import type { Wait, WaitingRoom } from "./waiting_room.ts";

/** What polls need of their log. */
export interface PollParts {
  readonly clock: LogClock;
  readonly time: CallTime;
  readonly room: WaitingRoom;
}

/** What a poll looks at. */
export interface PollSource<T> {
  /** What there is, or null. */
  look(): T | null;
  /** When to look again although nobody was woken, in milliseconds since the epoch. */
  lookAgainAt(): number;
}

/** One reader's polls, one at a time. */
export class PollWait<T> implements Wait {
  readonly #parts: PollParts;
  readonly #source: PollSource<T>;
  #until = 0;
  #goOn: ((timeIsUp: boolean) => void) | null = null;
  #signal: AbortSignal | undefined;

  constructor(parts: PollParts, source: PollSource<T>) {
    this.#parts = parts;
    this.#source = source;
  }

  get until(): number {
    return this.#until;
  }

  /** What the source gives first, or null after `timeoutMs` or when the signal aborts. */
  async poll({ timeoutMs, signal }: PollOptions): Promise<T | null> {
    const { clock, time } = this.#parts;
    const first = this.#source.look();
    const found = first === null && timeoutMs > 0 && signal?.aborted !== true
      ? await this.#wait(timeoutMs, signal)
      : first;
    const taking = time.of("fetch");
    if (taking !== null) await taking;
    // A reader with a backlog would otherwise never let its thread hear a message.
    if (first !== null && clock.turn !== undefined) await clock.turn();
    return found;
  }

  /** There may be something to find. */
  wake(): void {
    this.#end(false);
  }

  timeIsUp(): void {
    this.#end(true);
  }

  /** Lets go of the last poll's signal. */
  close(): void {
    this.#listen(undefined);
    this.wake();
  }

  async #wait(timeoutMs: number, signal: AbortSignal | undefined): Promise<T | null> {
    this.#listen(signal);
    const deadline = this.#parts.clock.now() + timeoutMs;
    for (;;) {
      const until = Math.min(deadline, this.#source.lookAgainAt());
      const timeIsUp = await this.#sleep(until);
      const found = this.#source.look();
      if (found !== null || signal?.aborted === true) return found;
      if (timeIsUp && until === deadline) return null;
    }
  }

  #sleep(until: number): Promise<boolean> {
    this.#until = until;
    return new Promise((resolve) => {
      this.#goOn = resolve;
      this.#parts.room.enter(this);
    });
  }

  #end(timeIsUp: boolean): void {
    const goOn = this.#goOn;
    if (goOn === null) return;
    this.#goOn = null;
    this.#parts.room.leave(this);
    goOn(timeIsUp);
  }

  /** Kept from poll to poll while the signal is the same: listening anew costs more than waiting. */
  #listen(signal: AbortSignal | undefined): void {
    if (signal === this.#signal) return;
    this.#signal?.removeEventListener("abort", this.#aborted);
    this.#signal = signal;
    signal?.addEventListener("abort", this.#aborted);
  }

  readonly #aborted = (): void => this.wake();
}
