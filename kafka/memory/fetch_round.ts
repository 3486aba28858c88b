/**
 * Reads on in several partitions, in the order in which they got something to read: whoever has been
 * served goes to the end of the line.
 *
 * @module
 */

import { EventLogError, type FetchedBatch } from "../event_log.ts";
import type { MemoryPartition } from "./memory_partition.ts";
import { PartitionCursor } from "./partition_cursor.ts";

/** Partitions read in turn. */
export class FetchRound {
  readonly #wake: () => void;
  #cursors: readonly PartitionCursor[] = [];
  /** Those that may have something; each once. */
  #line: PartitionCursor[] = [];

  /** `wake` is called when a partition gets something to read. */
  constructor(wake: () => void) {
    this.#wake = wake;
  }

  get cursors(): readonly PartitionCursor[] {
    return this.#cursors;
  }

  /** A cursor for {@link take}. @throws {EventLogError} `offset-out-of-range` */
  cursor(partition: MemoryPartition, offset: number): PartitionCursor {
    return new PartitionCursor(partition, { offset, ready: this.#queue });
  }

  /** Reads these from now on; those that it had go on where they are. */
  take(cursors: readonly PartitionCursor[]): void {
    this.rest();
    this.#cursors = cursors;
    this.#line = cursors.filter(({ hasMore }) => hasMore);
    for (const cursor of cursors) cursor.partition.watch(cursor);
  }

  /** Is not woken any more. */
  rest(): void {
    for (const cursor of this.#cursors) cursor.partition.unwatch(cursor);
  }

  /**
   * What is there, about `maxRecords` in all.
   * @throws {EventLogError} of one partition, once the others have been read
   */
  collect(maxRecords: number): FetchedBatch[] {
    const batches: FetchedBatch[] = [];
    let left = maxRecords;
    while (this.#line.length > 0 && left > 0) {
      const cursor = this.#line[0]!;
      let batch: FetchedBatch | null;
      try {
        batch = cursor.fetch(left);
      } catch (error) {
        // It must not lose what others have given: it is met again at the next poll.
        if (batches.length > 0 && error instanceof EventLogError) break;
        throw error;
      }
      this.#line.shift();
      if (cursor.hasMore) this.#line.push(cursor);
      if (batch === null) continue;
      batches.push(batch);
      left -= batch.records.length;
    }
    return batches;
  }

  readonly #queue = (cursor: PartitionCursor): void => {
    this.#line.push(cursor);
    this.#wake();
  };
}
