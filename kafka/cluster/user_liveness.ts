/**
 * Whether a member's user is still there: a heart that beats while nobody is at work would hold
 * partitions for ever.
 *
 * @module
 */

/** Alive while a poll waits, and for one session after whatever it last said. */
export class UserLiveness {
  readonly #sessionTimeoutMs: number;
  #polls = 0;
  #heardAt = performance.now();

  constructor(sessionTimeoutMs: number) {
    this.#sessionTimeoutMs = sessionTimeoutMs;
  }

  get isAlive(): boolean {
    return this.#polls > 0 || performance.now() - this.#heardAt < this.#sessionTimeoutMs;
  }

  pollBegins(): void {
    this.#polls++;
  }

  pollEnds(): void {
    this.#polls--;
    this.heard();
  }

  heard(): void {
    this.#heardAt = performance.now();
  }
}
