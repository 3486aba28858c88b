/**
 * What all handles of one memory log share.
 *
 * @module
 */

import {
  EventLogError,
  type PublishedBatch,
  PublishError,
  type RecordBatch,
} from "../event_log.ts";
import type { LogClock } from "../log_clock.ts";
import { ConsumerGroup } from "./consumer_group.ts";
import { CallTime, type Latency } from "./latency.ts";
import { type MemoryBatch, prepareBatch } from "./memory_batch.ts";
import type { MemoryPartition } from "./memory_partition.ts";
import { MemoryTopics, partitionOf } from "./memory_topics.ts";
import { WaitingRoom } from "./waiting_room.ts";

/** A batch that may be appended. */
export interface PreparedBatch {
  readonly partition: MemoryPartition;
  readonly batch: MemoryBatch;
}

/** The records, groups and waits of one log. */
export class MemoryStore {
  readonly clock: LogClock;
  readonly time: CallTime;
  readonly room: WaitingRoom;
  readonly topics = new MemoryTopics();
  readonly #groups = new Map<string, ConsumerGroup>();
  readonly #handles = new Set<() => void>();
  #isClosed = false;

  constructor(clock: LogClock, latency: Latency | undefined) {
    this.clock = clock;
    this.time = new CallTime(clock, latency);
    this.room = new WaitingRoom(clock);
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** Tells `closed` when the log closes. */
  addHandle(closed: () => void): void {
    this.#handles.add(closed);
  }

  removeHandle(closed: () => void): void {
    this.#handles.delete(closed);
  }

  /** Made when somebody first asks for it. */
  group(name: string): ConsumerGroup {
    let group = this.#groups.get(name);
    if (group === undefined) this.#groups.set(name, group = new ConsumerGroup(name, this.topics));
    return group;
  }

  deleteTopics(names: readonly string[]): void {
    this.topics.delete(names);
    for (const group of this.#groups.values()) group.forgetTopics(names);
  }

  /** Checks and copies what is published. @throws {EventLogError} naming the first thing that is wrong */
  prepare(batches: readonly RecordBatch[]): readonly PreparedBatch[] {
    const now = () => this.clock.now();
    return batches.map((batch) => {
      const action = `publish to "${batch.topic}"/${batch.partition}`;
      const topic = this.topics.require(batch.topic, action);
      const partition = partitionOf(topic, batch.partition, action);
      return { partition, batch: prepareBatch(batch, { settings: topic.settings, now, action }) };
    });
  }

  /** Appends all batches or none. @throws {EventLogError} `unknown-topic` for one deleted meanwhile */
  append(prepared: readonly PreparedBatch[]): readonly PublishedBatch[] {
    for (const { partition: { topic, isDeleted } } of prepared) {
      if (!isDeleted) continue;
      throw new EventLogError(
        "unknown-topic",
        `Cannot publish to "${topic}": the topic has been deleted meanwhile`,
      );
    }
    const now = Math.trunc(this.clock.now());
    return prepared.map(({ partition, batch }) => ({
      topic: partition.topic,
      partition: partition.partition,
      baseOffset: partition.append(batch, now),
      count: batch.span,
    }));
  }

  /** Applies each topic's cleanup policy. How many records went. */
  clean(): number {
    let removed = 0;
    const now = this.clock.now();
    for (const { settings: { cleanup, retentionMs }, partitions } of this.topics.all) {
      for (const partition of partitions) {
        if (cleanup === "compact") removed += partition.compact();
        if (cleanup !== "delete" || retentionMs === null) continue;
        removed += partition.expire(now - retentionMs);
      }
    }
    return removed;
  }

  close(): void {
    this.#isClosed = true;
    this.room.close();
    for (const closed of [...this.#handles]) closed();
  }
}

/** The failure of a publish of which nothing was appended. */
export function rejected(batches: readonly RecordBatch[], cause: EventLogError): PublishError {
  const { code, retriable, message } = cause;
  return new PublishError(message, { published: [], rejected: batches, code, retriable, cause });
}
