/**
 * Looks ranks, places and times up in the chunks of the order: a search for the chunk, then counting
 * through it.
 *
 * @module
 */

import type { ChunkHead, IndexRows } from "./index_rows.ts";
import { KEPT_CHUNKS, KEPT_HEADS } from "./limits.ts";
import { type LaneNumbers, laneNumbers } from "./order_chunks.ts";
import { RecentlyUsed } from "./recently_used.ts";

/** One chunk, as it was written. */
interface Chunk {
  readonly number: number;
  readonly firstRank: number;
  readonly lanes: LaneNumbers;
  /** By lane: the offset of its next record when the chunk begins. */
  readonly positions: Float64Array;
  /** The same when it ends. */
  readonly ends: Float64Array;
  /** At which entries time went on, and to what. */
  readonly timeIndexes: Uint16Array;
  readonly times: Float64Array;
}

/** Where an entry stands. */
export interface LanePlace {
  readonly rank: number;
  readonly lane: number;
  /** Of an event, the how-manieth it is. */
  readonly offset: number;
}

/** Reads the order. */
export class OrderReader {
  readonly #rows: IndexRows;
  readonly #laneCount: number;
  readonly #length: number;
  readonly #chunkCount: number;
  readonly #chunks = new RecentlyUsed<Chunk>(KEPT_CHUNKS);
  readonly #heads = new RecentlyUsed<ChunkHead>(KEPT_HEADS);

  /** `laneCount` includes the events'. */
  constructor(rows: IndexRows, laneCount: number, length: number) {
    this.#rows = rows;
    this.#laneCount = laneCount;
    this.#length = length;
    this.#chunkCount = rows.chunkCount();
  }

  /** The entry of a rank that there is. */
  at(rank: number): LanePlace {
    const chunk = this.#chunkWith(rank);
    const index = rank - chunk.firstRank;
    const lane = chunk.lanes[index]!;
    let offset = chunk.positions[lane]!;
    for (let i = 0; i < index; i++) if (chunk.lanes[i] === lane) offset++;
    return { rank, lane, offset };
  }

  /** The rank of a lane's record, or null when the order has none of that offset. */
  rankOf(lane: number, offset: number): number | null {
    const isIn = ({ positions, ends }: Chunk) => offset >= positions[lane]! && offset < ends[lane]!;
    const chunk = this.#keptThat(isIn) ??
      this.#chunk(this.#lastChunk(({ positions }) => positions[lane]! <= offset));
    if (chunk === null) return null;
    for (let i = 0, next = chunk.positions[lane]!; i < chunk.lanes.length; i++) {
      if (chunk.lanes[i] === lane && next++ === offset) return chunk.firstRank + i;
    }
    return null;
  }

  /** The first rank at or after a time; the length when there is none. */
  rankAtTime(time: number): number {
    const chunk = this.#chunk(this.#lastChunk((head) => head.timeBefore < time));
    if (chunk === null) return 0;
    const mark = chunk.times.findIndex((marked) => marked >= time);
    if (mark >= 0) return chunk.firstRank + chunk.timeIndexes[mark]!;
    return Math.min(this.#length, chunk.firstRank + chunk.lanes.length);
  }

  /** Entries of some lanes from a rank on, one way or the other. */
  *from(
    rank: number,
    direction: "forward" | "backward",
    isWanted: (lane: number) => boolean,
  ): Iterable<LanePlace> {
    const wanted = Uint8Array.from(
      { length: this.#laneCount },
      (_, lane) => Number(isWanted(lane)),
    );
    const step = direction === "forward" ? 1 : -1;
    const start = direction === "forward" ? Math.max(0, rank) : Math.min(this.#length - 1, rank);
    if (start < 0 || start >= this.#length) return;
    const first = this.#chunkWith(start).number;
    for (let number = first; number >= 0 && number < this.#chunkCount; number += step) {
      if (!this.#hasAny(number, wanted)) continue;
      const chunk = this.#chunk(number)!; // Of the chunks that there are.
      yield* step > 0 ? forward(chunk, start, wanted) : backward(chunk, start, wanted);
    }
  }

  /** Whether one of the lanes gets on within a chunk: seen without reading it. */
  #hasAny(number: number, wanted: Uint8Array): boolean {
    const { positions } = this.#head(number);
    if (number + 1 >= this.#chunkCount) return true;
    const after = this.#head(number + 1).positions;
    return wanted.some((isWanted, lane) => isWanted === 1 && after[lane]! > positions[lane]!);
  }

  #chunkWith(rank: number): Chunk {
    const isIn = ({ firstRank, lanes }: Chunk) =>
      rank >= firstRank && rank < firstRank + lanes.length;
    return this.#keptThat(isIn) ??
      this.#chunk(this.#lastChunk(({ firstRank }) => firstRank <= rank))!; // The first begins at 0.
  }

  #keptThat(isWanted: (chunk: Chunk) => boolean): Chunk | null {
    for (const chunk of this.#chunks.values()) if (isWanted(chunk)) return chunk;
    return null;
  }

  /** The last chunk of which something holds that holds of all before it; -1 when of none. */
  #lastChunk(holds: (head: ChunkHead) => boolean): number {
    let low = 0;
    let high = this.#chunkCount;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (holds(this.#head(middle))) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }

  #head(number: number): ChunkHead {
    return this.#heads.get(number, () => this.#rows.chunkHead(number));
  }

  #chunk(number: number): Chunk | null {
    if (number < 0 || number >= this.#chunkCount) return null;
    return this.#chunks.get(number, () => this.#read(number));
  }

  #read(number: number): Chunk {
    const { firstRank, positions } = this.#head(number);
    const entries = this.#rows.chunkEntries(number);
    const lanes = laneNumbers(this.#laneCount, entries.lanes);
    const ends = positions.slice();
    for (const lane of lanes) ends[lane]!++;
    const timeIndexes = new Uint16Array(entries.timeIndexes);
    const times = new Float64Array(entries.times);
    return { number, firstRank, lanes, positions, ends, timeIndexes, times };
  }
}

function* forward(chunk: Chunk, from: number, wanted: Uint8Array): Iterable<LanePlace> {
  const { lanes, firstRank } = chunk;
  const positions = chunk.positions.slice();
  for (let i = 0; i < lanes.length; i++) {
    const lane = lanes[i]!;
    const offset = positions[lane]!++;
    if (wanted[lane] === 1 && firstRank + i >= from) yield { rank: firstRank + i, lane, offset };
  }
}

function* backward(chunk: Chunk, from: number, wanted: Uint8Array): Iterable<LanePlace> {
  const { lanes, firstRank } = chunk;
  const positions = chunk.ends.slice();
  for (let i = lanes.length - 1; i >= 0; i--) {
    const lane = lanes[i]!;
    const offset = --positions[lane]!;
    if (wanted[lane] === 1 && firstRank + i <= from) yield { rank: firstRank + i, lane, offset };
  }
}
