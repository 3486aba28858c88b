/**
 * Waits for something to be there: woken by the board, and looking by itself now and then because
 * other processes cannot wake.
 *
 * @module
 */

import { setImmediate } from "node:timers";
import type { PollOptions } from "../event_log.ts";
import { POLL_INTERVAL_MS, SWEEP_INTERVAL_MS } from "./limits.ts";
import type { Slot, WakeBoard } from "./wake_board.ts";

/** What a poll looks at. */
export interface PollSource<T> {
  /** What to be woken by. */
  slots(): readonly Slot[];
  /** What there is, or null. With `sweep`, everything is looked at, whatever the board says. */
  attempt(sweep: boolean): Promise<T | null>;
}

/** Polls of one reader. */
export class PollLoop {
  readonly #board: WakeBoard;
  #sweptAt = -Infinity;

  constructor(board: WakeBoard) {
    this.#board = board;
  }

  /** What the source gives first, or null after `timeoutMs` or when the signal aborts. */
  async poll<T>(source: PollSource<T>, options: PollOptions): Promise<T | null> {
    const look = await this.#look(source, this.#sweepDue());
    if (look.found !== null) {
      // A reader with a backlog would otherwise never let its thread hear a message.
      await new Promise<void>((resolve) => void setImmediate(resolve));
      return look.found;
    }
    if (options.timeoutMs <= 0 || options.signal?.aborted === true) return null;
    const wait = new PollWait(this.#board, options);
    try {
      return await this.#wait(source, look, wait);
    } finally {
      wait.end();
    }
  }

  async #wait<T>(source: PollSource<T>, first: Look<T>, wait: PollWait): Promise<T | null> {
    let intervalMs: number = POLL_INTERVAL_MS.first;
    for (let look = first;;) {
      let sweep = false;
      if (look.epoch === this.#board.epoch) {
        sweep = await wait.sleep(look, intervalMs);
        if (sweep) intervalMs = Math.min(2 * intervalMs, POLL_INTERVAL_MS.idle);
      }
      look = await this.#look(source, sweep || this.#sweepDue());
      if (look.found !== null || wait.over) return look.found;
    }
  }

  /** Looks once. What was counted before tells afterwards whether anything has come since. */
  async #look<T>(source: PollSource<T>, sweep: boolean): Promise<Look<T>> {
    const slots = source.slots();
    const seen = slots.map((slot) => this.#board.count(slot));
    const epoch = this.#board.epoch;
    if (sweep) this.#sweptAt = performance.now();
    return { slots, seen, epoch, found: await source.attempt(sweep) };
  }

  #sweepDue(): boolean {
    return performance.now() - this.#sweptAt >= SWEEP_INTERVAL_MS;
  }
}

interface Look<T> {
  readonly slots: readonly Slot[];
  readonly seen: readonly number[];
  readonly epoch: number;
  readonly found: T | null;
}

/** The waiting of one poll: its deadline, its signal, and the sleep at hand. */
class PollWait {
  readonly #board: WakeBoard;
  readonly #signal: AbortSignal | undefined;
  readonly #deadline: number;
  #over = false;
  #wake: ((sweep: boolean) => void) | null = null;

  constructor(board: WakeBoard, { timeoutMs, signal }: PollOptions) {
    this.#board = board;
    this.#signal = signal;
    this.#deadline = performance.now() + timeoutMs;
    signal?.addEventListener("abort", this.#finish);
  }

  /** Whether the time is up or the caller has lost interest. */
  get over(): boolean {
    return this.#over;
  }

  /** Resolves when a slot is signalled, with true when instead `ms` went by or the wait is over. */
  async sleep(
    { slots, seen }: Pick<Look<unknown>, "slots" | "seen">,
    ms: number,
  ): Promise<boolean> {
    const stops: (() => void)[] = [];
    let timer: ReturnType<typeof setTimeout> | undefined;
    try {
      return await new Promise<boolean>((resolve) => {
        this.#wake = resolve;
        const woken = () => resolve(false);
        for (const slot of slots) stops.push(this.#board.listen(slot, woken));
        // Signalled between the look and the listening.
        if (slots.some((slot, i) => this.#board.count(slot) !== seen[i])) return woken();
        const leftMs = this.#deadline - performance.now();
        if (leftMs <= ms) timer = setTimeout(this.#finish, Math.max(0, leftMs));
        else timer = setTimeout(() => resolve(true), ms);
      });
    } finally {
      clearTimeout(timer);
      this.#wake = null;
      for (const stop of stops) stop();
    }
  }

  end(): void {
    this.#signal?.removeEventListener("abort", this.#finish);
  }

  readonly #finish = (): void => {
    this.#over = true;
    this.#wake?.(true);
  };
}
