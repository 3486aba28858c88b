/**
 * The embedded event log: one SQLite file behind the log's interface.
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
import { findTopicDrift } from "../topic_drift.ts";
import type { AcknowledgedEnds } from "./acknowledged_ends.ts";
import { Appender } from "./appender.ts";
import { Compaction } from "./compaction.ts";
import { Connection } from "./connection.ts";
import { EmbeddedMember } from "./embedded_member.ts";
import { EmbeddedReader } from "./embedded_reader.ts";
import { GroupStore } from "./group_store.ts";
import { LOCK_WAIT_MS } from "./limits.ts";
import type { LogDatabase } from "./log_file.ts";
import { CursorStatements } from "./partition_cursor.ts";
import { Retention } from "./retention.ts";
import { TopicCatalog } from "./topic_catalog.ts";
import { groupSlot, topicSlot, WakeBoard } from "./wake_board.ts";
import { WakeSharing } from "./wake_sharing.ts";

/** What a log is made of. */
export interface EmbeddedLogParts extends LogDatabase {
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** How long a call waits for the lock of others, in milliseconds. */
  readonly lockWaitMs?: number;
  /** Whether its owner is in no hurry, so that it does the log's upkeep. Default false. */
  readonly background?: boolean;
}

/** One handle of an embedded log. */
export class EmbeddedEventLog implements EventLog {
  readonly #now: () => number;
  readonly #connection: Connection;
  readonly #board = new WakeBoard();
  readonly #sharing: WakeSharing;
  readonly #catalog: TopicCatalog;
  readonly #groups: GroupStore;
  readonly #cursors: CursorStatements;
  readonly #ends: AcknowledgedEnds;
  readonly #appender: Appender;
  readonly #members = new Set<EmbeddedMember>();
  #closing = false;

  constructor(parts: EmbeddedLogParts) {
    const { database, logId, now, lockWaitMs = LOCK_WAIT_MS, background = false } = parts;
    this.#now = now;
    this.#connection = new Connection(database, { lockWaitMs, background });
    this.#catalog = new TopicCatalog(this.#connection);
    this.#groups = new GroupStore(this.#connection, this.#catalog);
    this.#cursors = new CursorStatements(this.#connection, this.#catalog);
    this.#ends = parts.ends;
    this.#appender = new Appender({
      connection: this.#connection,
      catalog: this.#catalog,
      board: this.#board,
      ends: this.#ends,
      now,
    });
    this.#sharing = new WakeSharing(logId, this.#board);
  }

  createTopics(topics: readonly TopicSettings[]): Promise<void> {
    return this.#catalog.create(topics);
  }

  async deleteTopics(names: readonly string[]): Promise<void> {
    const before = await this.#catalog.all("delete topics");
    const doomed = before.filter(({ settings }) => names.includes(settings.name));
    const groups = await this.#connection.write("delete topics", () => {
      this.#catalog.delete(names);
      return this.#groups.forgetTopics(names);
    });
    // Else this handle would go on knowing what is gone.
    await this.#connection.read("delete topics", () => this.#catalog.refresh());
    for (const id of groups) this.#board.signal(groupSlot(id));
    for (const { id } of doomed) this.#board.signal(topicSlot(id));
  }

  describeTopics(names?: readonly string[]): Promise<readonly TopicDescription[]> {
    return this.#catalog.describe(names);
  }

  async partitionCount(topic: string): Promise<number> {
    const action = `count the partitions of "${topic}"`;
    this.#connection.assertOpen(action);
    return (await this.#catalog.require(topic, action)).settings.partitions;
  }

  async findDrift(wanted: readonly TopicSettings[]): Promise<readonly TopicDrift[]> {
    return findTopicDrift(wanted, await this.describeTopics(wanted.map(({ name }) => name)));
  }

  publish(batches: readonly RecordBatch[]): Promise<readonly PublishedBatch[]> {
    return this.#appender.publish(batches);
  }

  async join(options: JoinOptions): Promise<GroupMember> {
    const member = checkedJoin(options);
    const action = `join group "${member.group}"`;
    for (const topic of member.topics) await this.#catalog.require(topic, action);
    const joinedAt = this.#now();
    const key = await this.#connection.write(action, () => this.#groups.join(member, joinedAt));
    this.#board.signal(groupSlot(key.groupId));
    const parts = {
      connection: this.#connection,
      cursors: this.#cursors,
      groups: this.#groups,
      board: this.#board,
      now: this.#now,
    };
    const joined = new EmbeddedMember(parts, member, key, joinedAt);
    for (const each of this.#members) if (each.hasLeft) this.#members.delete(each);
    this.#members.add(joined);
    return joined;
  }

  async describeGroup(group: string): Promise<GroupDescription> {
    return await this.#connection.read(
      `describe group "${group}"`,
      () => this.#groups.describe(group, Math.trunc(this.#now())),
    );
  }

  async lag(group: string): Promise<readonly PartitionLag[]> {
    return await this.#connection.read(`read the lag of group "${group}"`, () => {
      this.#catalog.refresh();
      return this.#groups.lag(group);
    });
  }

  openReader(positions: readonly TopicPartitionOffset[]): LogReader {
    this.#connection.assertOpen("open a reader");
    return new EmbeddedReader(
      { connection: this.#connection, cursors: this.#cursors, board: this.#board },
      positions,
    );
  }

  async clean(): Promise<{ readonly removedRecords: number }> {
    let removedRecords = 0;
    const compaction = new Compaction(this.#connection);
    const retention = new Retention(this.#connection);
    for (const { settings, partitionIds } of await this.#catalog.all("clean the log")) {
      const { name: topic, cleanup, retentionMs } = settings;
      for (const [partition, partitionId] of partitionIds.entries()) {
        const place = { topic, partition, partitionId };
        if (cleanup === "compact") removedRecords += await compaction.compact(place);
        if (cleanup !== "delete" || retentionMs === null) continue;
        removedRecords += await retention.expire(place, this.#now() - retentionMs);
      }
    }
    return { removedRecords };
  }

  async close(): Promise<void> {
    if (this.#closing) return;
    this.#closing = true;
    for (const member of this.#members) {
      try {
        await member.leave();
      } catch (error) {
        // A file that cannot be written must not keep its handle from closing; the member's session
        // then ends by itself.
        if (!(error instanceof EventLogError)) throw error;
      }
    }
    this.#connection.close();
    this.#ends[Symbol.dispose]();
    this.#sharing.close();
    this.#board.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}
