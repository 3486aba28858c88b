/**
 * The lanes whose next entry may come now, the one that comes first at the top.
 *
 * @module
 */

/** Lanes by time, then kind, then number. A lane is in it once at most. */
export class LaneHeap {
  #size = 0;
  readonly #lanes: Int32Array;
  readonly #times: Float64Array;
  readonly #kinds: Uint8Array;

  constructor(lanes: number) {
    this.#lanes = new Int32Array(lanes);
    this.#times = new Float64Array(lanes);
    this.#kinds = new Uint8Array(lanes);
  }

  get size(): number {
    return this.#size;
  }

  /** The lane whose entry comes first; -1 when none may come. */
  get top(): number {
    return this.#size === 0 ? -1 : this.#lanes[0]!;
  }

  /** Adds a lane whose next entry has this time and kind. */
  push(lane: number, time: number, kind: number): void {
    this.#times[lane] = time;
    this.#kinds[lane] = kind;
    let at = this.#size++;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      const above = this.#lanes[parent]!;
      if (!this.isBefore(lane, above)) break;
      this.#lanes[at] = above;
      at = parent;
    }
    this.#lanes[at] = lane;
  }

  /** Gives the lane at the top another entry. */
  replaceTop(time: number, kind: number): void {
    const lane = this.#lanes[0]!;
    this.#times[lane] = time;
    this.#kinds[lane] = kind;
    this.#sink(lane);
  }

  /** Takes the lane at the top away. */
  pop(): void {
    const last = this.#lanes[--this.#size]!;
    if (this.#size > 0) this.#sink(last);
  }

  /** Whether the entry of one lane comes before that of another, by what was told of them last. */
  isBefore(lane: number, other: number): boolean {
    const times = this.#times[lane]! - this.#times[other]!;
    if (times !== 0) return times < 0;
    const kinds = this.#kinds[lane]! - this.#kinds[other]!;
    return kinds === 0 ? lane < other : kinds < 0;
  }

  /** Notes a lane's next entry, which may not come now, for {@link isBefore}. */
  note(lane: number, time: number, kind: number): void {
    this.#times[lane] = time;
    this.#kinds[lane] = kind;
  }

  #sink(lane: number): void {
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= this.#size) break;
      if (child + 1 < this.#size && this.isBefore(this.#lanes[child + 1]!, this.#lanes[child]!)) {
        child++;
      }
      if (!this.isBefore(this.#lanes[child]!, lane)) break;
      this.#lanes[at] = this.#lanes[child]!;
      at = child;
    }
    this.#lanes[at] = lane;
  }
}
