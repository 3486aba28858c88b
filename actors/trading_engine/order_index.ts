/**
 * From order number to slot: a hash table without objects.
 *
 * Open addressing with linear probing, at most half full; a removal shifts back what it displaced, so
 * that there are no tombstones and the table depends on the live orders only, not on past ones.
 *
 * @module
 */

const INITIAL_CAPACITY = 64;

/** 2^32 divided by the golden ratio: spreads numbers with any stride (Knuth, TAOCP 3, 6.4). */
const FIBONACCI = 0x9e3779b1;

/** Returned where no slot is. */
export const NONE = -1;

/** Maps order numbers, which are integers from 0 to 2^53 - 1, to slots. */
export class OrderIndex {
  #keys = new Float64Array(INITIAL_CAPACITY);
  /** Slot + 1; 0 where nothing is. */
  #slots = new Int32Array(INITIAL_CAPACITY);
  #mask = INITIAL_CAPACITY - 1;
  #shift = 32 - Math.log2(INITIAL_CAPACITY);
  #count = 0;

  /** How many numbers are in it. */
  get count(): number {
    return this.#count;
  }

  /** Makes room for so many numbers at once, before the first of them. */
  reserve(count: number): void {
    let capacity = this.#slots.length;
    while (2 * count > capacity) capacity *= 2;
    this.#resize(capacity);
  }

  /** The slot of `orderNumber`, or {@link NONE}. */
  get(orderNumber: number): number {
    const keys = this.#keys;
    const slots = this.#slots;
    const mask = this.#mask;
    let at = this.#home(orderNumber);
    while (slots[at] !== 0) {
      if (keys[at] === orderNumber) return slots[at]! - 1;
      at = (at + 1) & mask;
    }
    return NONE;
  }

  /** Adds a number that is not in it yet. */
  add(orderNumber: number, slot: number): void {
    if (2 * (this.#count + 1) > this.#slots.length) this.#resize(2 * this.#slots.length);
    this.#put(orderNumber, slot + 1);
    this.#count++;
  }

  /** Removes a number that is in it. @throws {RangeError} when it is not */
  remove(orderNumber: number): void {
    const keys = this.#keys;
    const slots = this.#slots;
    const mask = this.#mask;
    let hole = this.#home(orderNumber);
    while (keys[hole] !== orderNumber || slots[hole] === 0) {
      if (slots[hole] === 0) {
        throw new RangeError(`Cannot remove order ${orderNumber}: it is not live`);
      }
      hole = (hole + 1) & mask;
    }
    for (let at = (hole + 1) & mask; slots[at] !== 0; at = (at + 1) & mask) {
      // An entry may move back into the hole unless its home lies behind the hole.
      const distance = (at - this.#home(keys[at]!)) & mask;
      if (distance < ((at - hole) & mask)) continue;
      keys[hole] = keys[at]!;
      slots[hole] = slots[at]!;
      hole = at;
    }
    slots[hole] = 0;
    this.#count--;
  }

  #home(orderNumber: number): number {
    const high = (orderNumber / 0x1_0000_0000) | 0;
    return Math.imul((orderNumber | 0) ^ Math.imul(high, 0x85ebca6b), FIBONACCI) >>> this.#shift;
  }

  #put(orderNumber: number, slotPlusOne: number): void {
    let at = this.#home(orderNumber);
    while (this.#slots[at] !== 0) at = (at + 1) & this.#mask;
    this.#keys[at] = orderNumber;
    this.#slots[at] = slotPlusOne;
  }

  #resize(capacity: number): void {
    const keys = this.#keys;
    const slots = this.#slots;
    this.#keys = new Float64Array(capacity);
    this.#slots = new Int32Array(capacity);
    this.#mask = capacity - 1;
    this.#shift = 32 - Math.log2(capacity);
    for (let at = 0; at < slots.length; at++) {
      if (slots[at] !== 0) this.#put(keys[at]!, slots[at]!);
    }
  }
}
