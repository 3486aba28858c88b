/**
 * The topics of a log's file: made, deleted, described, and known without asking again.
 *
 * @module
 */

import type { StatementSync } from "node:sqlite";
import {
  type CleanupPolicy,
  EventLogError,
  type TimestampType,
  type TopicDescription,
  type TopicSettings,
} from "../event_log.ts";
import { describeDifferences } from "../topic_drift.ts";
import type { Connection } from "./connection.ts";
import { MAX_PARTITIONS_PER_FILE, OFFSETS_PER_PARTITION } from "./limits.ts";
import { checkTopicSettings } from "../topic_rules.ts";

/** A topic with the ids by which the file knows it. */
export interface StoredTopic {
  readonly id: number;
  readonly settings: TopicSettings;
  /** One a partition, in order. */
  readonly partitionIds: readonly number[];
}

/** The keys of a partition's rows: from `low` to below `high`. */
export function rowRange(partitionId: number): { readonly low: number; readonly high: number } {
  const low = partitionId * OFFSETS_PER_PARTITION;
  return { low, high: low + OFFSETS_PER_PARTITION };
}

interface TopicRow {
  readonly id: number;
  readonly name: string;
  readonly partitions: number;
  readonly cleanup: CleanupPolicy;
  readonly retention_ms: number | null;
  readonly timestamp_type: TimestampType;
}

/** The topics of one file, as one connection knows them. */
export class TopicCatalog {
  readonly #connection: Connection;
  readonly #statements: ReturnType<typeof prepareStatements>;
  #byName: ReadonlyMap<string, StoredTopic> = new Map();
  #version = -1;

  constructor(connection: Connection) {
    this.#connection = connection;
    this.#statements = prepareStatements(connection);
  }

  /** The topic, from memory if it is known. @throws {EventLogError} `unknown-topic` */
  async require(name: string, action: string): Promise<StoredTopic> {
    const known = this.#byName.get(name);
    if (known !== undefined) return known;
    await this.#connection.read(action, () => this.refresh());
    return this.find(name) ?? this.#unknown(name, action);
  }

  /** The topic if it is known from memory. */
  find(name: string): StoredTopic | undefined {
    return this.#byName.get(name);
  }

  /** The id of a partition. @throws {EventLogError} `unknown-partition` */
  partitionId(topic: StoredTopic, partition: number, action: string): number {
    const id = topic.partitionIds[partition];
    if (id !== undefined) return id;
    const { name, partitions } = topic.settings;
    throw new EventLogError(
      "unknown-partition",
      `Cannot ${action}: topic "${name}" has partitions 0 to ${partitions - 1}, not ${partition}`,
    );
  }

  /** Reads the topics again if they changed; synchronous, for use inside a transaction. */
  refresh(): boolean {
    const version = Number(this.#statements.version.get()?.["topics_version"]);
    if (version === this.#version) return false;
    const byName = new Map<string, StoredTopic>();
    // The file is ours and its tables are strict, so a row is what the schema says.
    for (const row of this.#statements.topics.all() as unknown as TopicRow[]) {
      byName.set(row.name, {
        id: row.id,
        settings: {
          name: row.name,
          partitions: row.partitions,
          cleanup: row.cleanup,
          retentionMs: row.retention_ms,
          timestampType: row.timestamp_type,
        },
        partitionIds: this.#statements.partitions.all(row.id).map((each) => Number(each["id"])),
      });
    }
    this.#byName = byName;
    this.#version = version;
    return true;
  }

  /** All topics, read again if they changed. */
  async all(action: string): Promise<readonly StoredTopic[]> {
    await this.#connection.read(action, () => this.refresh());
    return [...this.#byName.values()];
  }

  async create(topics: readonly TopicSettings[]): Promise<void> {
    topics.forEach(checkTopicSettings);
    const action = `create topics ${quote(topics.map(({ name }) => name))}`;
    // Every worker of a floor asks for the same topics: only the first has something to write.
    await this.#connection.read(action, () => this.refresh());
    if (this.#missing(topics).length === 0) return;
    await this.#connection.write(action, () => {
      this.refresh();
      for (const topic of this.#missing(topics)) this.#insert(topic);
      this.#statements.changed.run();
    });
    await this.#connection.read(action, () => this.refresh());
  }

  /** Deletes topics with their records. Inside a transaction. @throws `unknown-topic` */
  delete(names: readonly string[]): void {
    this.refresh();
    for (const name of names) {
      const topic = this.#byName.get(name) ?? this.#unknown(name, `delete topic "${name}"`);
      for (const partitionId of topic.partitionIds) {
        const { low, high } = rowRange(partitionId);
        this.#statements.deleteRows.run(low, high);
      }
      this.#statements.deletePartitions.run(topic.id);
      this.#statements.deleteTopic.run(topic.id);
    }
    this.#statements.changed.run();
  }

  /** The partition's start and end. Inside a read. */
  offsets(partitionId: number): { readonly start: number; readonly end: number } {
    return { start: this.startOffset(partitionId), end: this.endOffset(partitionId) };
  }

  /** Where the partition begins, since retention has removed what was before. */
  startOffset(partitionId: number): number {
    return Number(this.#statements.start.get(partitionId)?.["start_offset"] ?? 0);
  }

  /** The offset that the next append will get. */
  endOffset(partitionId: number): number {
    const { low, high } = rowRange(partitionId);
    const end = this.#statements.end.get(low, high)?.["next"];
    return end === undefined ? this.startOffset(partitionId) : Number(end) - low;
  }

  async describe(names?: readonly string[]): Promise<readonly TopicDescription[]> {
    const topics = await this.all("describe topics");
    const wanted = names === undefined
      ? topics
      : topics.filter(({ settings }) => names.includes(settings.name));
    return await this.#connection.read("describe topics", () =>
      wanted.map((topic) => ({
        ...topic.settings,
        offsets: topic.partitionIds.map((id) => this.offsets(id)),
      })));
  }

  #insert(topic: TopicSettings): void {
    const { lastInsertRowid } = this.#statements.insertTopic.run(
      topic.name,
      topic.partitions,
      topic.cleanup,
      topic.retentionMs,
      topic.timestampType,
    );
    for (let partition = 0; partition < topic.partitions; partition++) {
      const added = this.#statements.insertPartition.run(lastInsertRowid, partition);
      if (added.lastInsertRowid <= MAX_PARTITIONS_PER_FILE) continue;
      throw new EventLogError(
        "invalid-topic",
        `Cannot create topic "${topic.name}": the file has had its ${MAX_PARTITIONS_PER_FILE} partitions`,
      );
    }
  }

  /** Those that do not exist. @throws {EventLogError} `topic-drift` when one exists otherwise */
  #missing(topics: readonly TopicSettings[]): readonly TopicSettings[] {
    return topics.filter((wanted) => {
      const found = this.#byName.get(wanted.name);
      if (found === undefined) return true;
      const differences = describeDifferences(wanted, found.settings);
      if (differences.length === 0) return false;
      throw new EventLogError(
        "topic-drift",
        `Cannot create topic "${wanted.name}": it exists, and ${differences.join(" and ")}`,
      );
    });
  }

  #unknown(name: string, action: string): never {
    const names = [...this.#byName.keys()];
    const there = names.length === 0 ? "there are none" : `there are ${quote(names)}`;
    throw new EventLogError(
      "unknown-topic",
      `Cannot ${action}: there is no topic "${name}"; ${there}`,
    );
  }
}

function quote(names: readonly string[]): string {
  return names.map((name) => `"${name}"`).join(", ");
}

function prepareStatements({ database }: Connection): {
  readonly [
    name in
      | "version"
      | "changed"
      | "topics"
      | "partitions"
      | "insertTopic"
      | "insertPartition"
      | "deleteRows"
      | "deletePartitions"
      | "deleteTopic"
      | "start"
      | "end"
  ]: StatementSync;
} {
  const sql = (text: string) => database.prepare(text);
  return {
    version: sql("SELECT topics_version FROM log"),
    changed: sql("UPDATE log SET topics_version = topics_version + 1"),
    topics: sql("SELECT * FROM topics ORDER BY name"),
    partitions: sql("SELECT id FROM partitions WHERE topic_id = ? ORDER BY partition"),
    insertTopic: sql(
      "INSERT INTO topics (name, partitions, cleanup, retention_ms, timestamp_type) VALUES (?, ?, ?, ?, ?)",
    ),
    insertPartition: sql("INSERT INTO partitions (topic_id, partition) VALUES (?, ?)"),
    deleteRows: sql("DELETE FROM batches WHERE id >= ? AND id < ?"),
    deletePartitions: sql("DELETE FROM partitions WHERE topic_id = ?"),
    deleteTopic: sql("DELETE FROM topics WHERE id = ?"),
    start: sql("SELECT start_offset FROM partitions WHERE id = ?"),
    end: sql(
      "SELECT id + span AS next FROM batches WHERE id >= ? AND id < ? ORDER BY id DESC LIMIT 1",
    ),
  };
}
