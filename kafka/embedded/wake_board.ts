/**
 * Wakes readers when something was appended: counters in memory that all handles of a log in one
 * process share, each with sleepers of its own.
 *
 * A waiting reader is woken by `Atomics.notify`, and nobody else is. A message on a
 * `BroadcastChannel` costs every worker of the process that has any channel open; a counter that
 * nobody waits for costs none of them (`tests/bench/wake_up_cost.ts` measures both).
 *
 * @module
 */

/** Something that can change: a topic, a partition of one, a group. A number of the board. */
export type Slot = number;

const TOPIC_SLOTS = 512;
const GROUP_SLOTS = 512;
const PARTITION_SLOTS = 8_192;
/** In front of the slots: the board's rank, see `wake_sharing.ts`. */
const FIRST_SLOT = 2;

/** Bytes of a board. Two things that share a slot wake each other's readers, and nothing worse. */
const BOARD_BYTES = 4 * (FIRST_SLOT + TOPIC_SLOTS + GROUP_SLOTS + PARTITION_SLOTS);

/** The slot of a topic's appends: readers wait on it. */
export function topicSlot(topicId: number): Slot {
  return FIRST_SLOT + topicId % TOPIC_SLOTS;
}

/** The slot of a group's changes: members wait on it. */
export function groupSlot(groupId: number): Slot {
  return FIRST_SLOT + TOPIC_SLOTS + groupId % GROUP_SLOTS;
}

/** The slot of a partition's appends: it tells a woken reader where to look. */
export function partitionSlot(partitionId: number): Slot {
  return FIRST_SLOT + TOPIC_SLOTS + GROUP_SLOTS + partitionId % PARTITION_SLOTS;
}

/** One handle's view of the counters. */
export class WakeBoard {
  #cells: Int32Array<SharedArrayBuffer>;
  #epoch = 0;
  readonly #listeners = new Map<Slot, Set<() => void>>();
  readonly #armed = new Set<Slot>();

  constructor() {
    this.#cells = new Int32Array(new SharedArrayBuffer(BOARD_BYTES));
    crypto.getRandomValues(new Uint32Array(this.#cells.buffer, 0, 1));
  }

  /** The memory, for other handles of the process. */
  get memory(): SharedArrayBuffer {
    return this.#cells.buffer;
  }

  /** A number that tells boards apart; the lowest wins. */
  get rank(): number {
    return rankOf(this.#cells);
  }

  /** Changes whenever the counters became others: what was seen before means nothing then. */
  get epoch(): number {
    return this.#epoch;
  }

  /** Goes over to another handle's counters. */
  adopt(memory: SharedArrayBuffer): void {
    const before = this.#cells;
    this.#cells = new Int32Array(memory);
    this.#epoch++;
    for (const slot of this.#armed) Atomics.notify(before, slot);
    this.#armed.clear();
    for (const slot of [...this.#listeners.keys()]) this.#wake(slot);
  }

  /** How often the slot has been signalled. */
  count(slot: Slot): number {
    return Atomics.load(this.#cells, slot);
  }

  /** Counts up without waking anybody. */
  mark(slot: Slot): void {
    Atomics.add(this.#cells, slot, 1);
  }

  /** Counts up and wakes whoever waits, in this handle and in others. */
  signal(slot: Slot): void {
    Atomics.add(this.#cells, slot, 1);
    Atomics.notify(this.#cells, slot);
    this.#wake(slot);
  }

  /** Calls `wake` when the slot is signalled from now on, until told to stop. */
  listen(slot: Slot, wake: () => void): () => void {
    let listeners = this.#listeners.get(slot);
    if (listeners === undefined) this.#listeners.set(slot, listeners = new Set());
    listeners.add(wake);
    this.#arm(slot);
    return () => {
      listeners.delete(wake);
      if (listeners.size === 0 && this.#listeners.get(slot) === listeners) {
        this.#listeners.delete(slot);
      }
    };
  }

  /** Lets go of what waits in this handle. */
  close(): void {
    for (const slot of this.#armed) Atomics.notify(this.#cells, slot);
    this.#armed.clear();
    for (const slot of [...this.#listeners.keys()]) this.#wake(slot);
  }

  /** One wait per slot and handle, however many readers it has: it cannot be called off. */
  #arm(slot: Slot): void {
    if (this.#armed.has(slot)) return;
    const cells = this.#cells;
    const wait = Atomics.waitAsync(cells, slot, Atomics.load(cells, slot));
    // Not equal any more: whoever listens compares its own count afterwards and sees it.
    if (!wait.async) return;
    this.#armed.add(slot);
    wait.value.then(() => {
      if (cells !== this.#cells) return;
      this.#armed.delete(slot);
      this.#wake(slot);
    });
  }

  #wake(slot: Slot): void {
    const listeners = this.#listeners.get(slot);
    if (listeners === undefined) return;
    for (const wake of [...listeners]) wake();
  }
}

/** The rank of a board's memory. */
export function rankOf(cells: Int32Array): number {
  return cells[0]! >>> 0;
}
