/**
 * How fills leave a book: integers in columns that are allocated once and filled anew by every
 * command. They stand until the book's next command.
 *
 * @module
 */

import { grownFloats, grownInts } from "./live_orders.ts";

const INITIAL_CAPACITY = 64;

/** The fills of one command, in the order in which they happened. */
export class FillBuffer {
  length = 0;
  /** The resting order's number. */
  makerNumbers = new Float64Array(INITIAL_CAPACITY);
  /** The slot that the resting order has, or had if nothing remains of it. */
  makerSlots = new Int32Array(INITIAL_CAPACITY);
  /** Lots that remain of the resting order; 0 ends it. */
  makerRemaining = new Int32Array(INITIAL_CAPACITY);
  /** The resting order's price. */
  ticks = new Int32Array(INITIAL_CAPACITY);
  lots = new Int32Array(INITIAL_CAPACITY);

  /** Makes room for one more, and says where. Grows by doubling: one command may sweep a whole book. */
  push(): number {
    if (this.length === this.lots.length) this.#grow();
    return this.length++;
  }

  #grow(): void {
    const capacity = this.length * 2;
    this.makerNumbers = grownFloats(this.makerNumbers, capacity);
    this.makerSlots = grownInts(this.makerSlots, capacity);
    this.makerRemaining = grownInts(this.makerRemaining, capacity);
    this.ticks = grownInts(this.ticks, capacity);
    this.lots = grownInts(this.lots, capacity);
  }
}
