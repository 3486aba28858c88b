/**
 * Puts all lanes in the order of the run: again and again the first of the entries that may come next.
 *
 * @module
 */

import type { LaneColumns } from "./lane_columns.ts";
import { LaneHeap } from "./lane_heap.ts";
import type { Source } from "./lane_source.ts";
import type { LaneTable } from "./lanes.ts";
import { ProducerProgress } from "./producer_progress.ts";

/** What is done with an entry: the one that {@link LaneColumns.at} of its lane says. */
export type TakeEntry = (lane: number, columns: LaneColumns) => void;

/** What a merge needs. */
export interface MergeParts {
  readonly table: LaneTable;
  /** By lane; the last one is the runtime events'. */
  readonly sources: readonly Source[];
  readonly columns: readonly LaneColumns[];
  readonly take: TakeEntry;
  /** Notes all intents of the log; asked once at most. */
  readonly lookThroughIntents: (producers: ProducerProgress) => Promise<void>;
  readonly signal: AbortSignal | undefined;
}

/** What a lane waits for, or that it does not. */
const WAIT = { nothing: 0, lane: 1, producer: 2, over: 3 } as const;

/** Of which lanes entries name producers. */
const NAMED = { nothing: 0, intents: 1, commands: 2 } as const;

/** One merge. */
export class OrderMerge {
  readonly #parts: MergeParts;
  readonly #heap: LaneHeap;
  readonly #producers = new ProducerProgress();
  /** By lane: the offset behind what was taken. */
  readonly #taken: Float64Array;
  /** By lane: the lanes that wait for it. */
  readonly #waiters: number[][];
  /** By lane: one of {@link WAIT}. */
  readonly #waits: Uint8Array;
  /** By lane: one of {@link NAMED}. */
  readonly #named: Uint8Array;
  /** By lane: 1 when its next entry is in the heap, and may have to wait for an intent all the same. */
  readonly #doubtful: Uint8Array;
  /** How many lanes wait. */
  #waiting = 0;

  constructor(parts: MergeParts) {
    this.#parts = parts;
    const count = parts.sources.length;
    this.#heap = new LaneHeap(count);
    this.#taken = Float64Array.from(
      parts.sources,
      (_, lane) => parts.table.lanes[lane]?.start ?? 0,
    );
    this.#waiters = parts.sources.map(() => []);
    this.#waits = new Uint8Array(count);
    this.#doubtful = new Uint8Array(count);
    this.#named = Uint8Array.from(parts.sources, (_, lane) => {
      const topic = parts.table.lanes[lane]?.topic;
      if (topic === "intents") return NAMED.intents;
      return topic === "order-commands" ? NAMED.commands : NAMED.nothing;
    });
  }

  /** Takes everything. */
  async run(): Promise<void> {
    const { sources, columns, lookThroughIntents } = this.#parts;
    for (let lane = 0; lane < sources.length; lane++) await this.#refill(lane);
    for (;;) {
      const stopped = this.#takeWhile();
      if (stopped < 0) return;
      if (isEmpty(columns[stopped]!)) await this.#refill(stopped);
      else {
        await lookThroughIntents(this.#producers);
        this.#producers.isComplete = true;
      }
    }
  }

  /** Takes entries until a lane has none left, or what is next is in doubt; that lane, or -1 at the end. */
  #takeWhile(): number {
    const { columns, take } = this.#parts;
    for (;;) {
      let lane = this.#heap.top;
      const isFree = lane >= 0;
      if (isFree && this.#doubtful[lane] === 1) {
        if (!this.#settle(lane)) return lane;
        continue;
      }
      if (!isFree) lane = this.#firstOfWaiting();
      if (lane < 0) return -1;
      const column = columns[lane]!;
      take(lane, column);
      if (!isFree) this.#stopWaiting(lane);
      const taken = column.at++;
      if (lane !== this.#parts.table.eventLane) this.#taken[lane] = column.offsets[taken]! + 1;
      if (isFree) this.#replaceTop(lane, column);
      else this.#enter(lane, column);
      this.#letGo(lane, column, taken);
      if (isEmpty(column)) return lane;
    }
  }

  /** Whether it is known by now if the entry that is next must wait for an intent; then it does. */
  #settle(lane: number): boolean {
    const column = this.#parts.columns[lane]!;
    const standing = this.#standingOf(lane, column);
    if (standing === "unknown") return false;
    this.#doubtful[lane] = 0;
    if (standing === "waits") {
      this.#heap.pop();
      this.#holdBack(lane, column);
    }
    return true;
  }

  /** Reads on where a lane has nothing left, and puts it where it belongs. */
  async #refill(lane: number): Promise<void> {
    const { columns, sources, signal } = this.#parts;
    signal?.throwIfAborted();
    const column = columns[lane]!;
    if (await sources[lane]!.fill(column)) this.#enter(lane, column);
    else this.#waits[lane] = WAIT.over;
  }

  /** Puts a lane at the top of the heap where its next entry belongs, if it has one. */
  #replaceTop(lane: number, column: LaneColumns): void {
    const standing = isEmpty(column) ? "waits" : this.#standingOf(lane, column);
    if (standing === "waits") {
      this.#heap.pop();
      if (!isEmpty(column)) this.#holdBack(lane, column);
      return;
    }
    this.#doubtful[lane] = Number(standing === "unknown");
    this.#heap.replaceTop(column.times[column.at]!, column.kinds[column.at]!);
  }

  /** Puts a lane that is not in the heap where its next entry belongs, if it has one. */
  #enter(lane: number, column: LaneColumns): void {
    if (isEmpty(column)) return;
    const standing = this.#standingOf(lane, column);
    if (standing === "waits") this.#holdBack(lane, column);
    else {
      this.#doubtful[lane] = Number(standing === "unknown");
      this.#push(lane);
    }
  }

  #push(lane: number): void {
    const { at, times, kinds } = this.#parts.columns[lane]!;
    this.#waits[lane] = WAIT.nothing;
    this.#heap.push(lane, times[at]!, kinds[at]!);
  }

  /** Whether a lane's next entry may come now, as far as that is known. */
  #standingOf(lane: number, column: LaneColumns): "free" | "waits" | "unknown" {
    const { at, waitLanes, waitOffsets, commands } = column;
    const waitLane = waitLanes[at]!;
    if (waitLane >= 0) return this.#taken[waitLane]! >= waitOffsets[at]! ? "free" : "waits";
    if (this.#named[lane] !== NAMED.commands) return "free";
    const producer = commands!.producers[at]!; // Lanes of commands have them.
    return producer === null ? "free" : this.#producers.standing(producer, commands!.numbers[at]!);
  }

  /** Has a lane wait for what its next entry follows from. */
  #holdBack(lane: number, { at, times, kinds, waitLanes, commands }: LaneColumns): void {
    const waitLane = waitLanes[at]!;
    this.#heap.note(lane, times[at]!, kinds[at]!);
    this.#waiting++;
    if (waitLane >= 0) {
      this.#waits[lane] = WAIT.lane;
      this.#waiters[waitLane]!.push(lane);
      return;
    }
    this.#waits[lane] = WAIT.producer;
    // Only a producer's command waits for no lane.
    this.#producers.wait(commands!.producers[at] ?? "", commands!.numbers[at]!, lane);
  }

  /** Lets go whoever waited for the entry that was taken. */
  #letGo(lane: number, { commands }: LaneColumns, taken: number): void {
    if (this.#waiters[lane]!.length > 0) this.#release(lane);
    if (this.#named[lane] !== NAMED.intents) return;
    const producer = commands!.producers[taken]!; // Lanes of intents have them.
    if (producer === null) return;
    for (const woken of this.#producers.take(producer, commands!.numbers[taken]!)) {
      this.#waiting--;
      this.#push(woken);
    }
  }

  #release(lane: number): void {
    const { columns } = this.#parts;
    const still: number[] = [];
    for (const waiter of this.#waiters[lane]!) {
      const { at, waitOffsets } = columns[waiter]!;
      if (this.#taken[lane]! < waitOffsets[at]!) still.push(waiter);
      else {
        this.#waiting--;
        this.#push(waiter);
      }
    }
    this.#waiters[lane] = still;
  }

  /** When all wait for one another, which only forged origins bring about; -1 when none is left. */
  #firstOfWaiting(): number {
    if (this.#waiting === 0) return -1;
    let first = -1;
    for (let lane = 0; lane < this.#waits.length; lane++) {
      const wait = this.#waits[lane];
      if (wait !== WAIT.lane && wait !== WAIT.producer) continue;
      if (first < 0 || this.#heap.isBefore(lane, first)) first = lane;
    }
    return first;
  }

  #stopWaiting(lane: number): void {
    const { at, waitLanes, commands } = this.#parts.columns[lane]!;
    this.#waiting--;
    if (this.#waits[lane] === WAIT.producer) {
      this.#producers.forget(commands?.producers[at] ?? "", lane);
    } else {
      const waitLane = waitLanes[at]!;
      this.#waiters[waitLane] = this.#waiters[waitLane]!.filter((waiter) => waiter !== lane);
    }
    this.#waits[lane] = WAIT.nothing;
  }
}

function isEmpty({ at, count }: LaneColumns): boolean {
  return at >= count;
}
