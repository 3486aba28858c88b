/**
 * Zombies: incarnations that were given up and whose thread has not been seen to end. They do no harm,
 * since what they send is recognised by its origin, but they use a processor, so their number has a limit.
 *
 * @module
 */

/** Counts the zombies alive. */
export class ZombieCounter {
  readonly maxZombies: number;
  readonly #alive = new Set<string>();
  readonly #onTooMany: (names: readonly string[]) => void;

  constructor(maxZombies: number, onTooMany: (names: readonly string[]) => void) {
    this.maxZombies = maxZombies;
    this.#onTooMany = onTooMany;
  }

  get alive(): number {
    return this.#alive.size;
  }

  /** `id:incarnation` of each. */
  names(): readonly string[] {
    return [...this.#alive];
  }

  add(name: string): void {
    this.#alive.add(name);
    if (this.#alive.size > this.maxZombies) this.#onTooMany(this.names());
  }

  end(name: string): void {
    this.#alive.delete(name);
  }
}
