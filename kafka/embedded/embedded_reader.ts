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
  type TopicPartitionOffset,
} from "../event_log.ts";
import type { Connection } from "./connection.ts";
import { FetchRound } from "./fetch_round.ts";
import { DEFAULT_MAX_RECORDS } from "./limits.ts";
import { type CursorStatements, PartitionCursor } from "./partition_cursor.ts";
import { PollLoop } from "./poll_loop.ts";
import { type Slot, topicSlot, type WakeBoard } from "./wake_board.ts";

/** What a reader works with. */
export interface ReaderParts {
  readonly connection: Connection;
  readonly cursors: CursorStatements;
  readonly board: WakeBoard;
}

/** The embedded log's {@link LogReader}. Its topics are looked up at the first poll. */
export class EmbeddedReader implements LogReader {
  readonly #parts: ReaderParts;
  readonly #round: FetchRound;
  readonly #loop: PollLoop;
  readonly #wanted: Map<string, TopicPartitionOffset>;
  #slots: readonly Slot[] = [];
  #opened = false;
  #closed = false;

  constructor(parts: ReaderParts, positions: readonly TopicPartitionOffset[]) {
    this.#parts = parts;
    this.#round = new FetchRound(parts.board);
    this.#loop = new PollLoop(parts.board);
    this.#wanted = new Map(positions.map((place) => [nameOf(place), place]));
  }

  get positions(): readonly TopicPartitionOffset[] {
    if (!this.#opened) return [...this.#wanted.values()];
    return this.#round.cursors.map(({ place }) => place);
  }

  async poll(options: PollOptions): Promise<readonly FetchedBatch[]> {
    this.#assertOpen();
    if (!this.#opened) await this.#open();
    const maxRecords = options.maxRecords ?? DEFAULT_MAX_RECORDS;
    const found = await this.#loop.poll({
      slots: () => this.#slots,
      attempt: (sweep) => this.#attempt(maxRecords, sweep),
    }, options);
    return found ?? [];
  }

  seek(place: TopicPartitionOffset): void {
    this.#assertOpen();
    const name = nameOf(place);
    if (!this.#wanted.has(name)) {
      throw new EventLogError("not-assigned", `Cannot seek in ${name}: it is not being read`);
    }
    if (this.#opened) {
      this.#round.cursors.find((cursor) => nameOf(cursor.place) === name)?.seek(place);
    } else this.#wanted.set(name, place);
  }

  /** Idempotent. A poll under way ends with what it has. */
  close(): void {
    this.#closed = true;
    for (const slot of this.#slots) this.#parts.board.signal(slot);
  }

  async #open(): Promise<void> {
    const { cursors: statements } = this.#parts;
    const cursors: PartitionCursor[] = [];
    for (const place of this.#wanted.values()) {
      const topic = await statements.catalog.require(place.topic, `read "${place.topic}"`);
      cursors.push(new PartitionCursor(statements, topic, place));
    }
    this.#round.cursors = cursors;
    this.#slots = [...new Set(cursors.map(({ topic }) => topicSlot(topic.id)))];
    this.#opened = true;
  }

  async #attempt(maxRecords: number, sweep: boolean): Promise<readonly FetchedBatch[] | null> {
    if (this.#closed) return [];
    const { connection, cursors: { catalog } } = this.#parts;
    const batches = await connection.read("read records", () => {
      if (sweep && catalog.refresh()) this.#checkTopics();
      return this.#round.collect(maxRecords, sweep);
    });
    return batches.length === 0 ? null : batches;
  }

  #checkTopics(): void {
    for (const { topic } of this.#round.cursors) {
      const { name } = topic.settings;
      if (this.#parts.cursors.catalog.find(name)?.id === topic.id) continue;
      throw new EventLogError("unknown-topic", `Cannot read "${name}": the topic was deleted`);
    }
  }

  #assertOpen(): void {
    this.#parts.connection.assertOpen("read records");
    if (this.#closed) {
      throw new EventLogError("log-closed", "Cannot read records: the reader is closed");
    }
  }
}

function nameOf({ topic, partition }: { topic: string; partition: number }): string {
  return `"${topic}"/${partition}`;
}
