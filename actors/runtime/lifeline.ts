/**
 * What makes an incarnation in the caller's thread as mortal as a thread: everything it waits for goes
 * through its lifeline. Cut, nothing it waits for ever settles again, so that its code ends where it
 * stands, with neither a `finally` nor a last word; held up, nothing settles until the hang is over.
 *
 * @module
 */

import { type Clock, NO_LONGER_NEEDED } from "./clock.ts";

/** The lifeline of one incarnation. */
export class Lifeline {
  /** Time as the incarnation has it: no wait ends after its own end. */
  readonly clock: Clock;
  readonly #clock: Clock;
  readonly #onCut: () => void;
  /** Ends the wait of a hang that nobody needs to see the end of. */
  readonly #over = new AbortController();
  #isCut = false;
  /** Given up during a hang: it ends with the hang, as a thread that spins cannot be ended before. */
  #isDoomed = false;
  /** When the hang under way ends; null without one. */
  #hangsUntil: number | null = null;
  #waiting: (() => void)[] = [];
  /** Ends each wait under way. */
  readonly #waits = new Set<AbortController>();

  /** `onCut` is told once, when the incarnation is no more. */
  constructor(clock: Clock, onCut: () => void) {
    this.#clock = clock;
    this.#onCut = onCut;
    this.clock = {
      now: () => clock.now(),
      sleep: (ms, signal) => this.#sleep(ms, signal),
      // A time that is not the thread's has no turns, and to ask it for one would only cost.
      ...(clock.turn === undefined
        ? {}
        : { turn: () => this.pass(clock.turn?.() ?? Promise.resolve()) }),
      hold: (work) => this.pass(clock.hold?.(work) ?? work),
    };
  }

  /** Aborts when the incarnation is no more. */
  get ended(): AbortSignal {
    return this.#over.signal;
  }

  /** Whether the incarnation is no more. */
  get isCut(): boolean {
    return this.#isCut;
  }

  /** Settles as `settled` does, when the incarnation can go on; after its end never. */
  readonly pass = <T>(settled: Promise<T>): Promise<T> =>
    new Promise<T>((resolve, reject) => {
      settled.then(
        (value) => this.#goOn(() => resolve(value)),
        (error) => this.#goOn(() => reject(error)),
      );
    });

  /** Nothing settles for `ms`, beginning now, or after a hang that is under way. */
  hang(ms: number): void {
    if (this.#isCut) return;
    const isUnderWay = this.#hangsUntil !== null;
    this.#hangsUntil = Math.max(this.#hangsUntil ?? 0, this.#clock.now()) + Math.max(0, ms);
    if (!isUnderWay) void this.#sitOut();
  }

  /** Ends the incarnation: now, or with the hang under way. Idempotent. */
  end(): void {
    if (this.#hangsUntil === null) this.cut();
    else this.#isDoomed = true;
  }

  /** Ends the incarnation now, whatever it does. Idempotent. */
  cut(): void {
    if (this.#isCut) return;
    this.#isCut = true;
    this.#waiting = [];
    // No wait is left behind that nobody would hear the end of.
    for (const wait of this.#waits) wait.abort(NO_LONGER_NEEDED);
    this.#over.abort();
    this.#onCut();
  }

  async #sleep(ms: number, signal: AbortSignal | undefined): Promise<void> {
    if (this.#isCut) return await new Promise(() => {});
    if (signal?.aborted === true) return await this.pass(Promise.resolve());
    const wait = new AbortController();
    const wake = () => wait.abort(NO_LONGER_NEEDED);
    this.#waits.add(wait);
    signal?.addEventListener("abort", wake);
    await this.#clock.sleep(ms, wait.signal);
    this.#waits.delete(wait);
    signal?.removeEventListener("abort", wake);
    await this.pass(Promise.resolve());
  }

  async #sitOut(): Promise<void> {
    const { signal } = this.#over;
    while (this.#hangsUntil !== null && !signal.aborted) {
      const leftMs = this.#hangsUntil - this.#clock.now();
      if (leftMs <= 0) return this.#comeBack();
      await this.#clock.sleep(leftMs, signal);
    }
  }

  #comeBack(): void {
    this.#hangsUntil = null;
    if (this.#isDoomed) return this.cut();
    // In the order in which they settled, as a thread that has spun works off what has come meanwhile.
    for (const goOn of this.#waiting.splice(0)) goOn();
  }

  #goOn(settle: () => void): void {
    if (this.#isCut) return;
    if (this.#hangsUntil === null) settle();
    else this.#waiting.push(settle);
  }
}
