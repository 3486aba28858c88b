/**
 * Reads partitions without a group.
 *
 * @module
 */

import {
  EventLogError,
  type FetchedBatch,
  type LogReader,
  type PollOptions,
  type TopicPartition,
  type TopicPartitionOffset,
} from "../event_log.ts";
import { FetchRound } from "./fetch_round.ts";
import { DEFAULT_MAX_RECORDS } from "./limits.ts";
import { type MemoryTopics, partitionOf } from "./memory_topics.ts";
import { type PollParts, PollWait } from "./poll_wait.ts";

/** What a reader works with. */
export interface ReaderParts extends PollParts {
  readonly topics: MemoryTopics;
  /** @throws {EventLogError} `log-closed` */
  readonly assertOpen: (action: string) => void;
}

/** The memory log's {@link LogReader}. Its topics are looked up at the first poll. */
export class MemoryReader implements LogReader {
  readonly #parts: ReaderParts;
  readonly #wanted: Map<string, TopicPartitionOffset>;
  readonly #closed: (reader: MemoryReader) => void;
  readonly #wait: PollWait<readonly FetchedBatch[]>;
  readonly #round = new FetchRound(() => this.#wait.wake());
  #maxRecords = DEFAULT_MAX_RECORDS;
  #isOpened = false;
  #isClosed = false;

  /** `closed` is told once when it is closed. */
  constructor(
    parts: ReaderParts,
    { positions, closed }: {
      readonly positions: readonly TopicPartitionOffset[];
      readonly closed: (reader: MemoryReader) => void;
    },
  ) {
    this.#parts = parts;
    this.#wanted = new Map(positions.map((place) => [nameOf(place), place]));
    this.#closed = closed;
    this.#wait = new PollWait(parts, {
      look: () => this.#look(),
      lookAgainAt: () => Infinity,
    });
  }

  get positions(): readonly TopicPartitionOffset[] {
    if (!this.#isOpened) return [...this.#wanted.values()];
    return this.#round.cursors.map(({ place }) => place);
  }

  async poll(options: PollOptions): Promise<readonly FetchedBatch[]> {
    this.#assertOpen();
    if (!this.#isOpened) this.#open();
    this.#maxRecords = options.maxRecords ?? DEFAULT_MAX_RECORDS;
    return await this.#wait.poll(options) ?? [];
  }

  seek(place: TopicPartitionOffset): void {
    this.#assertOpen();
    const name = nameOf(place);
    if (!this.#wanted.has(name)) {
      throw new EventLogError("not-assigned", `Cannot seek in ${name}: it is not being read`);
    }
    if (!this.#isOpened) this.#wanted.set(name, place);
    else this.#round.cursors.find((each) => nameOf(each.partition) === name)?.seek(place.offset);
  }

  /** Idempotent. A poll under way ends with what it has. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#round.rest();
    this.#wait.close();
    this.#closed(this);
  }

  /** Lets a poll under way find out that its log is closed. */
  logClosed(): void {
    this.#round.rest();
    this.#wait.close();
  }

  #open(): void {
    const { topics } = this.#parts;
    const cursors = [...this.#wanted.values()].map(({ topic, partition, offset }) => {
      const found = topics.require(topic, `read "${topic}"`);
      const action = `read "${topic}"/${partition}`;
      return this.#round.cursor(partitionOf(found, partition, action), offset);
    });
    this.#round.take(cursors);
    this.#isOpened = true;
  }

  #look(): readonly FetchedBatch[] | null {
    if (this.#isClosed) return [];
    this.#parts.assertOpen("read records");
    const batches = this.#round.collect(this.#maxRecords);
    return batches.length === 0 ? null : batches;
  }

  #assertOpen(): void {
    this.#parts.assertOpen("read records");
    if (!this.#isClosed) return;
    throw new EventLogError("log-closed", "Cannot read records: the reader is closed");
  }
}

function nameOf({ topic, partition }: TopicPartition): string {
  return `"${topic}"/${partition}`;
}
