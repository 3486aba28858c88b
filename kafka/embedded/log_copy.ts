/**
 * Keeps a log in a file of its own as it stands: equal offsets, holes of compaction among them, equal
 * stamps, keys, headers and bytes, and how far each group had come.
 *
 * Written beside the file and renamed at the end, so it is there whole or not at all; and since nobody
 * else has it open, in one transaction without a journal.
 *
 * @module
 */

import type { DatabaseSync, StatementSync } from "node:sqlite";
import type {
  EventLog,
  FetchedBatch,
  LogRecord,
  RecordToPublish,
  TopicDescription,
} from "../event_log.ts";
import { encodeBatch, sealRow } from "./batch_encoder.ts";
import { MAX_ROW_RECORDS, ROW_FULL_BYTES } from "./limits.ts";
import { openLogFile } from "./log_file.ts";
import { rowRange } from "./topic_catalog.ts";

/** Records asked for at once: most rows get about so many. */
const RECORDS_AT_ONCE = 5_000;

/**
 * Copies a log that nobody writes to into a new file. `groups` are those whose committed offsets are
 * kept. Resolves with how many records there were.
 *
 * @throws {EventLogError} when the log cannot be read, or the file not be written
 */
export async function keepLogInFile(
  log: EventLog,
  path: string,
  options: { readonly groups?: readonly string[] } = {},
): Promise<number> {
  const beside = `${path}.new`;
  removeLog(beside);
  const { database } = openLogFile(beside, { create: true, durability: "process" });
  let records = 0;
  try {
    database.exec("PRAGMA journal_mode = OFF");
    database.exec("PRAGMA synchronous = OFF");
    database.exec("BEGIN");
    const copy = new LogCopy(database);
    for (const topic of await log.describeTopics()) records += await copy.topic(log, topic);
    for (const group of options.groups ?? []) await copy.group(log, group);
    database.exec("COMMIT");
  } catch (error) {
    database.close();
    removeLog(beside);
    throw error;
  }
  database.close();
  Deno.renameSync(beside, path);
  return records;
}

/** Writes rows of one new file. */
class LogCopy {
  readonly #insertTopic: StatementSync;
  readonly #insertPartition: StatementSync;
  readonly #insertRow: StatementSync;
  readonly #insertGroup: StatementSync;
  readonly #insertCommitted: StatementSync;

  constructor(database: DatabaseSync) {
    this.#insertTopic = database.prepare(
      "INSERT INTO topics (name, partitions, cleanup, retention_ms, timestamp_type) VALUES (?, ?, ?, ?, ?)",
    );
    this.#insertPartition = database.prepare(
      "INSERT INTO partitions (topic_id, partition, start_offset) VALUES (?, ?, ?)",
    );
    this.#insertRow = database.prepare(
      "INSERT INTO batches (id, span, timestamp, data) VALUES (?, ?, ?, ?)",
    );
    this.#insertGroup = database.prepare("INSERT INTO groups (name, generation) VALUES (?, ?)");
    this.#insertCommitted = database.prepare(
      "INSERT INTO committed (group_id, topic, partition, next_offset) VALUES (?, ?, ?, ?)",
    );
  }

  /** How many records the topic has. */
  async topic(log: EventLog, topic: TopicDescription): Promise<number> {
    const { name, partitions, cleanup, retentionMs, timestampType, offsets } = topic;
    const topicId = this.#insertTopic
      .run(name, partitions, cleanup, retentionMs, timestampType).lastInsertRowid;
    let records = 0;
    for (const [partition, { start, end }] of offsets.entries()) {
      const id = this.#insertPartition.run(topicId, partition, start).lastInsertRowid;
      const { low } = rowRange(Number(id));
      const place = { topic: name, partition, start, end };
      for await (const { records: some, nextOffset } of batchesOf(log, place)) {
        this.#rows(low, some, nextOffset);
        records += some.length;
      }
    }
    return records;
  }

  async group(log: EventLog, group: string): Promise<void> {
    const lags = await log.lag(group);
    if (lags.length === 0) return;
    const { generation } = await log.describeGroup(group);
    const id = this.#insertGroup.run(group, generation).lastInsertRowid;
    for (const { topic, partition, offset } of lags) {
      this.#insertCommitted.run(id, topic, partition, offset);
    }
  }

  /** Rows of a batch; a hole at its end belongs to the last one. */
  #rows(low: number, records: readonly LogRecord[], nextOffset: number): void {
    let from = 0;
    let bytes = 0;
    for (let i = 0; i < records.length; i++) {
      bytes += sizeOf(records[i]!);
      const isLast = i === records.length - 1;
      const isFull = bytes >= ROW_FULL_BYTES || i - from + 1 >= MAX_ROW_RECORDS;
      if (!isLast && !isFull) continue;
      this.#row(low, records.slice(from, i + 1), isLast ? nextOffset : records[i + 1]!.offset);
      from = i + 1;
      bytes = 0;
    }
  }

  #row(low: number, records: readonly LogRecord[], nextOffset: number): void {
    const base = records[0]!.offset;
    const isDense = records.at(-1)!.offset - base === records.length - 1;
    const stamps = records.map(({ timestamp }) => timestamp);
    const latest = stamps.reduce((max, stamp) => Math.max(max, stamp), 0);
    const data = encodeBatch(
      records.map(toPublish),
      {
        timestamps: stamps.every((stamp) => stamp === latest) ? undefined : stamps,
        offsetDeltas: isDense ? undefined : records.map(({ offset }) => offset - base),
      },
    );
    sealRow(data, { baseOffset: base, timestamp: latest });
    this.#insertRow.run(low + base, nextOffset - base, latest, data);
  }
}

/** Text where there is text: a record in memory that was published as text has its bytes made for it. */
function toPublish(record: LogRecord): RecordToPublish {
  const { key, text, headers } = record;
  return { key, value: text ?? record.value, headers };
}

/** Characters and bytes: about how large it is. */
function sizeOf(record: LogRecord): number {
  const { key, text } = record;
  return (key?.length ?? 0) + (text?.length ?? record.value?.length ?? 0);
}

interface Place {
  readonly topic: string;
  readonly partition: number;
  readonly start: number;
  readonly end: number;
}

/** A partition's batches up to its end; one after which only a hole remains reaches to the end. */
async function* batchesOf(log: EventLog, place: Place): AsyncGenerator<FetchedBatch> {
  const { topic, partition, start, end } = place;
  if (start >= end) return;
  const reader = log.openReader([{ topic, partition, offset: start }]);
  try {
    let at = start;
    while (at < end) {
      const [batch] = await reader.poll({ timeoutMs: 0, maxRecords: RECORDS_AT_ONCE });
      const before = at;
      at = reader.positions[0]!.offset;
      if (batch !== undefined) yield batch;
      else if (at === before) {
        throw new Error(`Cannot copy "${topic}"/${partition}: it ends at ${end}, read up to ${at}`);
      }
    }
  } finally {
    reader.close();
  }
}

function removeLog(path: string): void {
  for (const name of [path, `${path}-wal`, `${path}-shm`]) {
    try {
      Deno.removeSync(name);
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
  }
}
