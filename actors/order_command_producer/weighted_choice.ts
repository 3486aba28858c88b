/**
 * Choosing by weight.
 *
 * @module
 */

/** Items with weights, chosen by a number drawn from [0, 1). An item of weight 0 is never chosen. */
export class WeightedChoice<T> {
  readonly #items: readonly T[];
  readonly #sums: readonly number[];
  readonly #total: number;

  /** @throws {RangeError} when no item has a positive weight */
  constructor(items: readonly T[], weightOf: (item: T) => number) {
    this.#items = items.filter((item) => weightOf(item) > 0);
    let total = 0;
    this.#sums = this.#items.map((item) => total += weightOf(item));
    this.#total = total;
    if (!(total > 0)) throw new RangeError("Cannot choose: no item has a positive weight");
  }

  /** The item whose share of the weights `drawn` falls into. */
  pick(drawn: number): T {
    const at = drawn * this.#total;
    let low = 0;
    let high = this.#sums.length - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (at < this.#sums[middle]!) high = middle;
      else low = middle + 1;
    }
    return this.#items[low]!; // The constructor saw that there is at least one.
  }
}
