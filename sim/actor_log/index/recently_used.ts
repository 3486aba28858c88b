/**
 * What was read lately, kept for being asked for again.
 *
 * @module
 */

/** So many values by number; the one that was not used for longest goes first. */
export class RecentlyUsed<Value> {
  readonly #most: number;
  readonly #values = new Map<number, Value>();

  constructor(most: number) {
    this.#most = most;
  }

  /** The value of a number, read when it is not kept. */
  get(number: number, read: (number: number) => Value): Value {
    const value = this.#values.get(number) ?? read(number);
    this.#values.delete(number);
    this.#values.set(number, value);
    for (const oldest of this.#values.keys()) {
      if (this.#values.size <= this.#most) break;
      this.#values.delete(oldest);
    }
    return value;
  }

  /** The values, the one used last at the end. */
  values(): Iterable<Value> {
    return this.#values.values();
  }
}
