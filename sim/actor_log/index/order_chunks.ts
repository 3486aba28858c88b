/**
 * The order itself, in chunks: of each entry its lane, a byte or two; where every lane stood when the
 * chunk began; and at which entries time went on.
 *
 * @module
 */

import type { DatabaseSync, StatementSync } from "node:sqlite";
import { CHUNK_ENTRIES } from "./limits.ts";

/** The tables of the chunks: what is searched, and what is read when it is found. */
export const CHUNK_TABLES = `
CREATE TABLE chunks (
  number INTEGER PRIMARY KEY,
  first_rank INTEGER NOT NULL,
  time_before REAL NOT NULL,
  positions BLOB NOT NULL
) STRICT;
CREATE TABLE entries (
  number INTEGER PRIMARY KEY,
  lanes BLOB NOT NULL,
  time_indexes BLOB NOT NULL,
  times BLOB NOT NULL
) STRICT;
`;

/** Lanes are bytes up to so many. */
const MAX_BYTE_LANES = 256;

/** The lanes of entries, as narrow as they can be. */
export type LaneNumbers = Uint8Array | Uint16Array;

/** An array for lanes' numbers below `lanes`. */
export function laneNumbers(lanes: number, buffer: ArrayBuffer): LaneNumbers {
  return lanes <= MAX_BYTE_LANES ? new Uint8Array(buffer) : new Uint16Array(buffer);
}

/** Bytes of a lane's number. */
export function bytesPerLane(lanes: number): number {
  return lanes <= MAX_BYTE_LANES ? 1 : 2;
}

/** Writes the order. */
export class OrderWriter {
  /** Entries so far. */
  rank = 0;
  readonly #insertChunk: StatementSync;
  readonly #insertEntries: StatementSync;
  readonly #lanes: LaneNumbers;
  /** By lane: the offset that comes next. */
  readonly #positions: Float64Array;
  readonly #timeIndexes = new Uint16Array(CHUNK_ENTRIES);
  readonly #times = new Float64Array(CHUNK_ENTRIES);
  #startPositions: Float64Array;
  #number = 0;
  #count = 0;
  #timeCount = 0;
  #time = -Infinity;
  #timeBefore = -Infinity;

  /** `starts` says by lane where it begins; the last one is the events'. */
  constructor(database: DatabaseSync, starts: readonly number[]) {
    this.#insertChunk = database.prepare("INSERT INTO chunks VALUES (?, ?, ?, ?)");
    this.#insertEntries = database.prepare("INSERT INTO entries VALUES (?, ?, ?, ?)");
    const lanes = starts.length;
    this.#lanes = laneNumbers(lanes, new ArrayBuffer(CHUNK_ENTRIES * bytesPerLane(lanes)));
    this.#positions = Float64Array.from(starts);
    this.#startPositions = this.#positions.slice();
  }

  /** Adds an entry; an offset that is not the lane's next one has left a hole before it. */
  add(lane: number, offset: number, time: number): void {
    if (offset !== this.#positions[lane]) {
      // Within a chunk offsets are counted.
      this.flush();
      this.#positions[lane] = offset;
      this.#startPositions[lane] = offset;
    }
    this.#positions[lane] = offset + 1;
    if (time > this.#time) {
      this.#time = time;
      this.#timeIndexes[this.#timeCount] = this.#count;
      this.#times[this.#timeCount++] = time;
    }
    this.#lanes[this.#count++] = lane;
    this.rank++;
    if (this.#count === CHUNK_ENTRIES) this.flush();
  }

  /** Ends the chunk. */
  flush(): void {
    if (this.#count === 0) return;
    const first = this.rank - this.#count;
    this.#insertChunk.run(this.#number, first, this.#timeBefore, bytesOf(this.#startPositions));
    this.#insertEntries.run(
      this.#number,
      bytesOf(this.#lanes.subarray(0, this.#count)),
      bytesOf(this.#timeIndexes.subarray(0, this.#timeCount)),
      bytesOf(this.#times.subarray(0, this.#timeCount)),
    );
    this.#number++;
    this.#count = 0;
    this.#timeCount = 0;
    this.#timeBefore = this.#time;
    this.#startPositions = this.#positions.slice();
  }
}

/** The bytes of an array of numbers. All machines that this runs on are little-endian. */
export function bytesOf(numbers: ArrayBufferView): Uint8Array {
  return new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength);
}
