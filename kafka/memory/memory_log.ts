/**
 * The event log in memory, for one thread: plain arrays behind the log's interface, in real time or in
 * the time of whoever passes a clock.
 *
 * @module
 */

import {
  type EventLog,
  EventLogError,
  type GroupDescription,
  type GroupMember,
  type JoinOptions,
  type LogReader,
  type PartitionLag,
  type PublishedBatch,
  type RecordBatch,
  type TopicDescription,
  type TopicDrift,
  type TopicPartitionOffset,
  type TopicSettings,
} from "../event_log.ts";
import { checkedJoin } from "../join_rules.ts";
import type { LogClock } from "../log_clock.ts";
import { findTopicDrift } from "../topic_drift.ts";
import { AppendOrder } from "./append_order.ts";
import type { Latency, LogCallKind } from "./latency.ts";
import { MemoryMember } from "./memory_member.ts";
import { MemoryReader, type ReaderParts } from "./memory_reader.ts";
import { type MemoryStore, rejected } from "./memory_store.ts";

/** How a log in memory is opened. */
export interface MemoryLogOptions {
  /** Stamps, sessions and waits go by it. Default: the machine's. */
  readonly clock?: LogClock;
  /**
   * Draws how long a call takes, in milliseconds of the clock. For simulation: drawn from a seed, so that
   * callers meet in another order by another seed. Two appends of one handle to one partition keep their
   * order. Default: calls take no time.
   */
  readonly latency?: Latency;
}

/** A log in memory, which ends with its first handle. */
export interface MemoryLog extends EventLog {
  /**
   * Another handle of the same log, as another process would have one: what its caller publishes is in
   * order by itself, and its members leave when it is closed.
   */
  handle(): EventLog;
}

/** One handle of a memory log. */
export class MemoryEventLog implements MemoryLog {
  readonly carriesMessages = true;
  readonly #store: MemoryStore;
  readonly #parts: ReaderParts;
  readonly #isFirst: boolean;
  readonly #order = new AppendOrder();
  readonly #members = new Set<MemoryMember>();
  readonly #readers = new Set<MemoryReader>();
  #isClosing = false;
  #isClosed = false;

  /** The first handle closes the log when it is closed. */
  constructor(store: MemoryStore, isFirst: boolean) {
    this.#store = store;
    this.#isFirst = isFirst;
    const { clock, time, room, topics } = store;
    this.#parts = { clock, time, room, topics, assertOpen: (action) => this.#assertOpen(action) };
    store.addHandle(this.#ended);
  }

  handle(): EventLog {
    this.#assertOpen("open another handle");
    return new MemoryEventLog(this.#store, false);
  }

  async createTopics(topics: readonly TopicSettings[]): Promise<void> {
    await this.#takeTime("commit", "create topics");
    this.#store.topics.create(topics);
  }

  async deleteTopics(names: readonly string[]): Promise<void> {
    await this.#takeTime("commit", "delete topics");
    this.#store.deleteTopics(names);
  }

  async describeTopics(names?: readonly string[]): Promise<readonly TopicDescription[]> {
    return await this.#read("describe topics", () => this.#store.topics.describe(names));
  }

  async partitionCount(topic: string): Promise<number> {
    const action = `count the partitions of "${topic}"`;
    return await this.#read(
      action,
      () => this.#store.topics.require(topic, action).settings.partitions,
    );
  }

  async findDrift(wanted: readonly TopicSettings[]): Promise<readonly TopicDrift[]> {
    return findTopicDrift(wanted, await this.describeTopics(wanted.map(({ name }) => name)));
  }

  async publish(batches: readonly RecordBatch[]): Promise<readonly PublishedBatch[]> {
    if (batches.length === 0) return [];
    try {
      const action = `publish to "${batches[0]!.topic}"`;
      this.#assertOpen(action);
      // Copied before anything is waited for: what the caller changes afterwards is its own.
      const prepared = this.#store.prepare(batches);
      const append = () => {
        this.#assertOpen(action);
        return this.#store.append(prepared);
      };
      if (this.#store.time.isNone) return append();
      const published = await this.#order.append(prepared.map(({ partition }) => partition), {
        travel: this.#store.time.of("publish"),
        body: append,
      });
      const acknowledging = this.#store.time.of("append");
      if (acknowledging !== null) await acknowledging;
      return published;
    } catch (error) {
      throw error instanceof EventLogError ? rejected(batches, error) : error;
    }
  }

  async join(options: JoinOptions): Promise<GroupMember> {
    const joining = checkedJoin(options);
    const action = `join group "${joining.group}"`;
    await this.#takeTime("join", action);
    for (const topic of joining.topics) this.#store.topics.require(topic, action);
    const member = new MemoryMember(this.#parts, this.#store.group(joining.group), joining);
    for (const each of this.#members) if (each.hasLeft) this.#members.delete(each);
    this.#members.add(member);
    return member;
  }

  async describeGroup(group: string): Promise<GroupDescription> {
    return await this.#read(
      `describe group "${group}"`,
      () => this.#store.group(group).describe(Math.trunc(this.#store.clock.now())),
    );
  }

  async lag(group: string): Promise<readonly PartitionLag[]> {
    return await this.#read(
      `read the lag of group "${group}"`,
      () => this.#store.group(group).lag(),
    );
  }

  openReader(positions: readonly TopicPartitionOffset[]): LogReader {
    this.#assertOpen("open a reader");
    const reader = new MemoryReader(this.#parts, {
      positions,
      closed: (reader) => this.#readers.delete(reader),
    });
    this.#readers.add(reader);
    return reader;
  }

  async clean(): Promise<{ readonly removedRecords: number }> {
    await this.#takeTime("commit", "clean the log");
    return { removedRecords: this.#store.clean() };
  }

  async close(): Promise<void> {
    if (this.#isClosing) return;
    this.#isClosing = true;
    for (const member of this.#members) await member.leave();
    this.#ended();
    if (this.#isFirst) this.#store.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  /** The log is closed, or this handle of it. */
  readonly #ended = (): void => {
    this.#isClosed = true;
    this.#store.removeHandle(this.#ended);
    for (const member of this.#members) member.logClosed();
    for (const reader of [...this.#readers]) reader.logClosed();
  };

  /** What was there when it was asked for; the answer takes its time. */
  async #read<T>(action: string, body: () => T): Promise<T> {
    this.#assertOpen(action);
    const answer = body();
    const reading = this.#store.time.of("read");
    if (reading !== null) await reading;
    return answer;
  }

  /** A change takes place when the time is over. */
  async #takeTime(call: LogCallKind, action: string): Promise<void> {
    this.#assertOpen(action);
    const taking = this.#store.time.of(call);
    if (taking === null) return;
    await taking;
    this.#assertOpen(action);
  }

  #assertOpen(action: string): void {
    if (!this.#isClosed && !this.#store.isClosed) return;
    throw new EventLogError("log-closed", `Cannot ${action}: the log is closed`);
  }
}
