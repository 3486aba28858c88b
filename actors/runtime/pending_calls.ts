/**
 * Calls under way to one actor. A call to another thread never fails by itself when that thread dies, so
 * every one is settled here: by its answer, by its deadline, or by the actor's end.
 *
 * @module
 */

import { type Clock, NO_LONGER_NEEDED } from "./clock.ts";
import { ActorCallError } from "./plain_error.ts";

/** Calls under way to one actor at most; those that supervise it are never refused. */
export const MAX_PENDING_CALLS = 1000;

/** How a call is carried. */
export interface CallOptions<T> {
  readonly what: string;
  readonly deadlineMs: number;
  /** Starts the call. What it returns may never settle. */
  readonly begin: () => Promise<T>;
  /** Not refused when too many calls are under way. Default false. */
  readonly supervising?: boolean;
}

/** The calls under way to one actor. */
export class PendingCalls {
  readonly #actor: string;
  readonly #clock: Clock;
  // One list and not a race of promises: racing against the actor's long life would keep every answer.
  readonly #pending = new Set<(error: Error) => void>();
  #ended: string | null = null;

  constructor(actor: string, clock: Clock) {
    this.#actor = actor;
    this.#clock = clock;
  }

  get underWay(): number {
    return this.#pending.size;
  }

  /** @throws {ActorCallError} when the actor is or goes down, at the deadline, or when too many wait */
  run<T>(options: CallOptions<T>): Promise<T> {
    const { what, deadlineMs } = options;
    if (this.#ended !== null) return Promise.reject(this.#downError(what, this.#ended));
    if (options.supervising !== true && this.#pending.size >= MAX_PENDING_CALLS) {
      return Promise.reject(
        this.#error("actor-busy", what, `${this.#pending.size} calls are under way`),
      );
    }
    return new Promise<T>((resolve, reject) => {
      const timer = new AbortController();
      const fail = (error: Error) => {
        if (!this.#pending.delete(fail)) return;
        timer.abort(NO_LONGER_NEEDED);
        reject(error);
      };
      this.#pending.add(fail);
      const late = () => fail(this.#error("actor-timeout", what, `no answer for ${deadlineMs} ms`));
      void this.#clock.sleep(deadlineMs, timer.signal).then(late);
      options.begin().then((value) => {
        if (!this.#pending.delete(fail)) return;
        timer.abort(NO_LONGER_NEEDED);
        resolve(value);
      }, fail);
    });
  }

  /** Rejects what is under way and everything that comes. */
  end(why: string): void {
    if (this.#ended !== null) return;
    this.#ended = why;
    for (const fail of [...this.#pending]) fail(this.#downError("call", why));
  }

  #downError(what: string, why: string): ActorCallError {
    return this.#error("actor-down", what, `the actor is down (${why})`);
  }

  #error(code: ActorCallError["code"], what: string, state: string): ActorCallError {
    return new ActorCallError(code, `Cannot ${what} "${this.#actor}": ${state}`);
  }
}
