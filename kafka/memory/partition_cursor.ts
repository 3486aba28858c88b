/**
 * Where a reader is in one partition, and the reading on from there.
 *
 * @module
 */

import { EventLogError, type FetchedBatch, type TopicPartitionOffset } from "../event_log.ts";
import type { MemoryPartition, PartitionWatcher } from "./memory_partition.ts";

/** A place in one partition. */
export class PartitionCursor implements PartitionWatcher {
  readonly partition: MemoryPartition;
  readonly #ready: (cursor: PartitionCursor) => void;
  #position: number;
  #isReady = true;

  /** `ready` is told once when there may be something to fetch, until it is fetched. */
  constructor(
    partition: MemoryPartition,
    { offset, ready }: {
      readonly offset: number;
      readonly ready: (cursor: PartitionCursor) => void;
    },
  ) {
    this.partition = partition;
    this.#ready = ready;
    this.#position = this.#checked(offset);
  }

  get place(): TopicPartitionOffset {
    const { topic, partition } = this.partition;
    return { topic, partition, offset: this.#position };
  }

  changed(): void {
    if (this.#isReady) return;
    this.#isReady = true;
    this.#ready(this);
  }

  /** @throws {EventLogError} `offset-out-of-range` for what is no offset */
  seek(offset: number): void {
    this.#position = this.#checked(offset);
    this.changed();
  }

  /**
   * The next records, about `maxRecords`, or null at the end: then `ready` is told of the next ones.
   * @throws {EventLogError} `offset-out-of-range`, `unknown-topic`; the next fetch throws it again
   */
  fetch(maxRecords: number): FetchedBatch | null {
    this.#checkRange();
    const { topic, partition, end } = this.partition;
    const read = this.partition.read(this.#position, maxRecords);
    if (read !== null) this.#position = read.nextOffset;
    this.#isReady = read !== null && this.#position < end;
    return read === null ? null : { topic, partition, ...read, endOffset: end };
  }

  /** Whether the last fetch has left something. */
  get hasMore(): boolean {
    return this.#isReady;
  }

  #checkRange(): void {
    const { topic, partition, start, end, isDeleted } = this.partition;
    if (isDeleted) {
      throw new EventLogError("unknown-topic", `Cannot read "${topic}": the topic was deleted`);
    }
    if (this.#position >= start && this.#position <= end) return;
    throw new EventLogError(
      "offset-out-of-range",
      `Cannot read "${topic}"/${partition} at ${this.#position}: it has offsets ${start} to ${end}`,
    );
  }

  #checked(offset: number): number {
    if (Number.isSafeInteger(offset) && offset >= 0) return offset;
    const { topic, partition } = this.partition;
    throw new EventLogError(
      "offset-out-of-range",
      `Cannot read "${topic}"/${partition} at ${offset}: an offset is a whole number from 0`,
    );
  }
}
