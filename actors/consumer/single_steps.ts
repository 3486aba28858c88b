/**
 * Who waits for a suspended consumer: for a single step, or for it to have done and committed what it had
 * begun.
 *
 * @module
 */

import type { ActorStep } from "../runtime/actor.ts";

/** A step that somebody waits for. */
export interface WantedStep {
  readonly resolve: (done: ActorStep | null) => void;
  readonly reject: (error: unknown) => void;
}

/** Those who wait, in the order in which they came. */
export class SingleSteps {
  readonly #id: string;
  readonly #wanted: WantedStep[] = [];
  readonly #settling: (() => void)[] = [];

  /** `id` is the actor's, for errors. */
  constructor(id: string) {
    this.#id = id;
  }

  /** Whether somebody waits until what was begun is done and committed. */
  get isAwaited(): boolean {
    return this.#settling.length > 0;
  }

  /** Resolves with what the step did; null: there was nothing to do. */
  want(): Promise<ActorStep | null> {
    return new Promise((resolve, reject) => void this.#wanted.push({ resolve, reject }));
  }

  /** The step to do next, which is then its taker's to settle. */
  next(): WantedStep | undefined {
    return this.#wanted.shift();
  }

  /** Resolves with the next {@link tellSettled}. */
  settled(): Promise<void> {
    return new Promise((resolve) => void this.#settling.push(resolve));
  }

  /** It is done and committed, or nobody need wait for it any more. */
  tellSettled(): void {
    for (const settled of this.#settling.splice(0)) settled();
  }

  /** Steps that have not begun are no steps any more. */
  rejectAll(why: string): void {
    for (const { reject } of this.#wanted.splice(0)) {
      reject(new Error(`Cannot step ${this.#id}: ${why}`));
    }
  }
}
