/**
 * The orders that rest in the books of one partition, as columns of typed arrays.
 *
 * An order is a slot. Slots are reused, so memory follows the most orders that were live at once and
 * not how many there ever were.
 *
 * @module
 */

import { MAX_LIVE_ORDERS } from "../../kafka/messages/mod.ts";
import { NONE, OrderIndex } from "./order_index.ts";

const INITIAL_CAPACITY = 256;

/** Columns by slot. A column is replaced when the pool grows: never keep one across {@link add}. */
export class LiveOrders {
  numbers = new Float64Array(INITIAL_CAPACITY);
  /** What is left of the order. */
  lots = new Int32Array(INITIAL_CAPACITY);
  /** The price level that the order rests at, in its side of its book. */
  levels = new Int32Array(INITIAL_CAPACITY);
  /** Twice the book's index, plus 0 for a buy and 1 for a sell. */
  places = new Int32Array(INITIAL_CAPACITY);
  /** The next order of the same level; among free slots, the next free one. */
  next = new Int32Array(INITIAL_CAPACITY);
  previous = new Int32Array(INITIAL_CAPACITY);
  readonly #index = new OrderIndex();
  #firstFree = NONE;
  #used = 0;

  get count(): number {
    return this.#index.count;
  }

  /** Makes room for so many orders at once, before the first of them. */
  reserve(count: number): void {
    this.#index.reserve(count);
    let capacity = this.lots.length;
    while (count > capacity) capacity *= 2;
    this.#resize(capacity);
  }

  /** The slot of a live order, or {@link NONE}. */
  slotOf(orderNumber: number): number {
    return this.#index.get(orderNumber);
  }

  /**
   * A slot for an order that is not live.
   *
   * @throws {RangeError} at {@link MAX_LIVE_ORDERS}, which all gateways together never exceed
   */
  add(orderNumber: number, lots: number, place: number): number {
    let slot = this.#firstFree;
    if (slot !== NONE) this.#firstFree = this.next[slot]!;
    else slot = this.#unused(orderNumber);
    this.numbers[slot] = orderNumber;
    this.lots[slot] = lots;
    this.places[slot] = place;
    this.#index.add(orderNumber, slot);
    return slot;
  }

  /** Gives back the slot of an order that has left its level. */
  remove(slot: number): void {
    this.#index.remove(this.numbers[slot]!);
    this.next[slot] = this.#firstFree;
    this.#firstFree = slot;
  }

  #unused(orderNumber: number): number {
    if (this.#used === MAX_LIVE_ORDERS) {
      throw new RangeError(
        `Cannot rest order ${orderNumber}: ${MAX_LIVE_ORDERS} orders are live in this partition`,
      );
    }
    if (this.#used === this.lots.length) this.#resize(2 * this.lots.length);
    return this.#used++;
  }

  #resize(capacity: number): void {
    this.numbers = grownFloats(this.numbers, capacity);
    this.lots = grownInts(this.lots, capacity);
    this.levels = grownInts(this.levels, capacity);
    this.places = grownInts(this.places, capacity);
    this.next = grownInts(this.next, capacity);
    this.previous = grownInts(this.previous, capacity);
  }
}

/** A longer copy, zero at its end. */
export function grownInts(column: Int32Array, length: number): Int32Array<ArrayBuffer> {
  const grown = new Int32Array(length);
  grown.set(column);
  return grown;
}

/** A longer copy, zero at its end. */
export function grownFloats(column: Float64Array, length: number): Float64Array<ArrayBuffer> {
  const grown = new Float64Array(length);
  grown.set(column);
  return grown;
}
