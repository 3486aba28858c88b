/**
 * Reads on in several partitions, fairly: each poll begins after the partition served last.
 *
 * @module
 */

import { EventLogError, type FetchedBatch } from "../event_log.ts";
import type { PartitionCursor } from "./partition_cursor.ts";
import { partitionSlot, type WakeBoard } from "./wake_board.ts";

/** Partitions read in turn. */
export class FetchRound {
  #cursors: readonly PartitionCursor[] = [];
  #first = 0;
  #epoch = -1;
  readonly #board: WakeBoard;

  constructor(board: WakeBoard) {
    this.#board = board;
  }

  get cursors(): readonly PartitionCursor[] {
    return this.#cursors;
  }

  set cursors(cursors: readonly PartitionCursor[]) {
    this.#cursors = cursors;
    this.#first = 0;
  }

  /**
   * What is there, about `maxRecords` in all. Without `sweep` only partitions that the board tells
   * of are looked at. Inside a `Connection.read`.
   * @throws {EventLogError} `offset-out-of-range` of a partition, once the others have been read
   */
  collect(maxRecords: number, sweep: boolean): FetchedBatch[] {
    const cursors = this.#cursors;
    const all = sweep || this.#board.epoch !== this.#epoch;
    this.#epoch = this.#board.epoch;
    const batches: FetchedBatch[] = [];
    let left = maxRecords;
    for (let i = 0, first = this.#first; i < cursors.length && left > 0; i++) {
      const index = (first + i) % cursors.length;
      const cursor = cursors[index]!;
      // Counted before the fetch: an append in between is looked for again, never missed.
      const count = this.#board.count(partitionSlot(cursor.partitionId));
      if (!all && count === cursor.seenCount) continue;
      const batch = this.#fetch(cursor, left, batches.length > 0);
      if (batch === "failed") {
        this.#first = index;
        break;
      }
      cursor.seenCount = batch === null || batch.nextOffset === batch.endOffset ? count : -1;
      if (batch === null) continue;
      batches.push(batch);
      left -= batch.records.length;
      this.#first = (index + 1) % cursors.length;
    }
    return batches;
  }

  /** A failure must not lose what other partitions have given: it is met again at the next poll. */
  #fetch(
    cursor: PartitionCursor,
    maxRecords: number,
    othersRead: boolean,
  ): FetchedBatch | null | "failed" {
    try {
      return cursor.fetch(maxRecords);
    } catch (error) {
      cursor.seenCount = -1;
      if (othersRead && error instanceof EventLogError) return "failed";
      throw error;
    }
  }
}
