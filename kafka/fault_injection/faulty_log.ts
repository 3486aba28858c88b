/**
 * A log that goes wrong on demand, for one actor: what surrounds a real log, so that the actor meets
 * what it would meet of one that fails. Without faults it is the log.
 *
 * @module
 */

import type {
  EventLog,
  GroupDescription,
  GroupMember,
  JoinOptions,
  LogReader,
  PartitionLag,
  PublishedBatch,
  RecordBatch,
  TopicDescription,
  TopicDrift,
  TopicPartitionOffset,
  TopicSettings,
} from "../event_log.ts";
import { FaultyCalls } from "./faulty_calls.ts";
import { FaultyMember } from "./faulty_member.ts";
import { FaultyPublisher } from "./faulty_publisher.ts";
import { FaultyReader } from "./faulty_reader.ts";
import type { FaultyLogOptions } from "./log_call.ts";

/**
 * The log as an actor with these faults meets it: the log itself, its members and its readers.
 *
 * @example An acknowledgement is lost
 * ```ts
 * import assert from "node:assert/strict";
 * import { faultyLog } from "./faulty_log.ts";
 * import { LogFaults } from "./log_faults.ts";
 * import { openMemoryLog } from "../open_event_log.ts";
 * import { topicSettings } from "../topics.ts";
 *
 * await using inner = await openMemoryLog();
 * await inner.createTopics(topicSettings({ partitions: { orders: 1 } }));
 * const faults = new LogFaults();
 * const clock = { now: () => 0, sleep: () => Promise.resolve() };
 * const log = faultyLog(inner, { faults, clock });
 * faults.begin({ id: "lost", kind: "lost-acknowledgement", times: 1 });
 * const batch = { topic: "orders", partition: 0, records: [{ key: "AAPL", value: "first" }] };
 * await assert.rejects(log.publish([batch]), { code: "publish-failed", retriable: true });
 * const [orders] = await log.describeTopics(["orders"]);
 * assert.equal(orders?.offsets[0]?.end, 1);
 * ```
 */
export function faultyLog(log: EventLog, options: FaultyLogOptions): EventLog {
  return new FaultyLog(log, options);
}

class FaultyLog implements EventLog {
  declare readonly system?: string;
  readonly carriesMessages: boolean;
  readonly #log: EventLog;
  readonly #calls: FaultyCalls;
  readonly #publisher: FaultyPublisher;

  constructor(log: EventLog, options: FaultyLogOptions) {
    if (log.system !== undefined) this.system = log.system;
    this.carriesMessages = log.carriesMessages ?? false;
    this.#log = log;
    this.#calls = new FaultyCalls(options);
    this.#publisher = new FaultyPublisher(log, this.#calls);
  }

  createTopics(topics: readonly TopicSettings[]): Promise<void> {
    return this.#ask(() => this.#log.createTopics(topics));
  }

  deleteTopics(names: readonly string[]): Promise<void> {
    return this.#ask(() => this.#log.deleteTopics(names));
  }

  describeTopics(names?: readonly string[]): Promise<readonly TopicDescription[]> {
    return this.#ask(() => this.#log.describeTopics(names));
  }

  partitionCount(topic: string): Promise<number> {
    return this.#ask(() => this.#log.partitionCount(topic));
  }

  findDrift(wanted: readonly TopicSettings[]): Promise<readonly TopicDrift[]> {
    return this.#ask(() => this.#log.findDrift(wanted));
  }

  describeGroup(group: string): Promise<GroupDescription> {
    return this.#ask(() => this.#log.describeGroup(group));
  }

  lag(group: string): Promise<readonly PartitionLag[]> {
    return this.#ask(() => this.#log.lag(group));
  }

  clean(): Promise<{ readonly removedRecords: number }> {
    return this.#ask(() => this.#log.clean());
  }

  publish(batches: readonly RecordBatch[]): Promise<readonly PublishedBatch[]> {
    return this.#publisher.publish(batches);
  }

  join(options: JoinOptions): Promise<GroupMember> {
    const touched = options.topics.map((topic) => ({ topic }));
    return this.#calls.run({ operation: "join", places: [], touched }, async () => {
      await this.#calls.untilReachable();
      const member = await this.#log.join(options);
      return new FaultyMember(member, { log: this.#log, calls: this.#calls });
    });
  }

  openReader(positions: readonly TopicPartitionOffset[]): LogReader {
    return new FaultyReader(this.#log.openReader(positions), this.#calls);
  }

  close(): Promise<void> {
    return this.#calls.settle(() => this.#log.close());
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /** A question about the log as a whole: neither a crash point nor told to who watches. */
  #ask<T>(ask: () => Promise<T>): Promise<T> {
    return this.#calls.settle(async () => {
      if (!this.#calls.faults.isEmpty) {
        await this.#calls.delay("slow", { places: [], touched: [] });
        await this.#calls.untilReachable();
      }
      return await ask();
    });
  }
}
