/**
 * Publishes: checks and encodes first, then writes all rows in one short transaction.
 *
 * @module
 */

import { Buffer } from "node:buffer";
import type { StatementSync } from "node:sqlite";
import {
  EventLogError,
  type PublishedBatch,
  PublishError,
  type RecordBatch,
  type RecordToPublish,
} from "../event_log.ts";
import { encodeBatch } from "./batch_encoder.ts";
import type { Connection } from "./connection.ts";
import { MAX_RECORD_BYTES, MAX_ROW_RECORDS, ROW_FULL_BYTES } from "./limits.ts";
import { rowRange, type StoredTopic, type TopicCatalog } from "./topic_catalog.ts";
import { partitionSlot, topicSlot, type WakeBoard } from "./wake_board.ts";

interface Row {
  readonly partitionId: number;
  readonly span: number;
  /** Null: the log stamps it at the append. */
  readonly timestamp: number | null;
  readonly data: Uint8Array;
}

interface PreparedBatch {
  readonly batch: RecordBatch;
  readonly topic: StoredTopic;
  readonly partitionId: number;
  readonly rows: readonly Row[];
}

/** What an appender works with. */
export interface AppenderParts {
  readonly connection: Connection;
  readonly catalog: TopicCatalog;
  readonly board: WakeBoard;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/** Appends to the partitions of one file. */
export class Appender {
  readonly #parts: AppenderParts;
  readonly #end: StatementSync;
  readonly #start: StatementSync;
  readonly #insert: StatementSync;

  constructor(parts: AppenderParts) {
    this.#parts = parts;
    // Measured: a statement for each costs half of one that does all and returns the id.
    const { database } = parts.connection;
    this.#end = database.prepare(
      "SELECT id + span AS next FROM batches WHERE id >= ? AND id < ? ORDER BY id DESC LIMIT 1",
    );
    this.#start = database.prepare("SELECT start_offset FROM partitions WHERE id = ?");
    this.#insert = database.prepare(
      "INSERT INTO batches (id, span, timestamp, data) VALUES (?, ?, ?, ?)",
    );
  }

  /** All batches or none. @throws {PublishError} */
  async publish(batches: readonly RecordBatch[]): Promise<readonly PublishedBatch[]> {
    if (batches.length === 0) return [];
    try {
      const prepared: PreparedBatch[] = [];
      for (const batch of batches) prepared.push(await this.#prepare(batch));
      const action = `publish to "${batches[0]!.topic}"`;
      const bytes = prepared.reduce((sum, { rows }) => sum + totalBytes(rows), 0);
      const { connection } = this.#parts;
      const published = await connection.write(action, () => this.#append(prepared), bytes);
      this.#wake(prepared);
      return published;
    } catch (error) {
      if (!(error instanceof EventLogError)) throw error;
      const { code, retriable, message } = error;
      throw new PublishError(message, {
        published: [],
        rejected: batches,
        code,
        retriable,
        cause: error,
      });
    }
  }

  async #prepare(batch: RecordBatch): Promise<PreparedBatch> {
    const { catalog, now } = this.#parts;
    const action = `publish to "${batch.topic}"/${batch.partition}`;
    const topic = await catalog.require(batch.topic, action);
    const partitionId = catalog.partitionId(topic, batch.partition, action);
    if (batch.records.length === 0) {
      throw new EventLogError("publish-failed", `Cannot ${action}: the batch has no records`);
    }
    const keyed = topic.settings.cleanup === "compact";
    const stampedByLog = topic.settings.timestampType === "log-append-time";
    const rows = cutIntoRows(batch.records, keyed, action).map((records) => {
      const stamps = stampedByLog ? null : stampsOf(records, now, action);
      return {
        partitionId,
        span: records.length,
        timestamp: stamps === null ? null : stamps.latest,
        data: encodeBatch(records, { timestamps: stamps?.each }),
      };
    });
    return { batch, topic, partitionId, rows };
  }

  #append(prepared: readonly PreparedBatch[]): PublishedBatch[] {
    const now = Math.trunc(this.#parts.now());
    return prepared.map(({ batch, partitionId, rows }) => {
      const { low } = rowRange(partitionId);
      const first = this.#nextKey(partitionId, batch.topic);
      let key = first;
      for (const { span, timestamp, data } of rows) {
        this.#insert.run(key, span, timestamp ?? now, data);
        key += span;
      }
      const { topic, partition, records } = batch;
      return { topic, partition, baseOffset: first - low, count: records.length };
    });
  }

  /** The key of the partition's next row. Where there are rows, there is the partition. */
  #nextKey(partitionId: number, topic: string): number {
    const { low, high } = rowRange(partitionId);
    const next = this.#end.get(low, high)?.["next"];
    if (next !== undefined) return Number(next);
    const start = this.#start.get(partitionId)?.["start_offset"];
    // Deleted meanwhile, whatever this connection remembers.
    if (start === undefined) throw this.#gone(topic);
    return low + Number(start);
  }

  #gone(topic: string): EventLogError {
    this.#parts.catalog.refresh();
    return new EventLogError(
      "unknown-topic",
      `Cannot publish to "${topic}": the topic has been deleted meanwhile`,
    );
  }

  #wake(prepared: readonly PreparedBatch[]): void {
    const { board } = this.#parts;
    const topics = new Set<number>();
    for (const { topic, partitionId } of prepared) {
      board.mark(partitionSlot(partitionId));
      topics.add(topic.id);
    }
    for (const id of topics) board.signal(topicSlot(id));
  }
}

function totalBytes(rows: readonly Row[]): number {
  return rows.reduce((sum, { data }) => sum + data.length, 0);
}

/** Checks every record's size and key, and closes a row when it is full. */
function cutIntoRows(
  records: readonly RecordToPublish[],
  keyed: boolean,
  action: string,
): readonly (readonly RecordToPublish[])[] {
  const rows: (readonly RecordToPublish[])[] = [];
  let from = 0;
  let bytes = 0;
  for (let i = 0; i < records.length; i++) {
    const record = records[i]!;
    if (keyed && record.key === null) {
      throw new EventLogError(
        "publish-failed",
        `Cannot ${action}: record ${i} has no key, and the topic keeps the last record of every key`,
      );
    }
    bytes += checkedSize(record, i, action);
    if (bytes < ROW_FULL_BYTES && i - from + 1 < MAX_ROW_RECORDS) continue;
    rows.push(records.slice(from, i + 1));
    from = i + 1;
    bytes = 0;
  }
  if (from === 0) return [records];
  if (from < records.length) rows.push(records.slice(from));
  return rows;
}

/** A UTF-16 unit is at most so many bytes of UTF-8. */
const MAX_UTF8_BYTES = 3;

function checkedSize(record: RecordToPublish, index: number, action: string): number {
  const { key, value, headers } = record;
  const keyLength = key === null ? 0 : key.length;
  const valueLength = value === null ? 0 : value.length;
  // Most records are far too small to be worth measuring.
  if (headers === undefined && (keyLength + valueLength) * MAX_UTF8_BYTES <= MAX_RECORD_BYTES) {
    return keyLength + valueLength;
  }
  let bytes = key === null ? 0 : Buffer.byteLength(key);
  if (value !== null) bytes += typeof value === "string" ? Buffer.byteLength(value) : valueLength;
  if (headers !== undefined) bytes += Buffer.byteLength(JSON.stringify(headers));
  if (bytes <= MAX_RECORD_BYTES) return bytes;
  throw new EventLogError(
    "record-too-large",
    `Cannot ${action}: record ${index} has ${bytes} bytes, and at most ${MAX_RECORD_BYTES} are allowed`,
  );
}

/** The records' timestamps: one for all where they are the same. */
function stampsOf(
  records: readonly RecordToPublish[],
  now: () => number,
  action: string,
): { readonly latest: number; readonly each: readonly number[] | undefined } {
  let unstamped: number | null = null;
  const stamp = (record: RecordToPublish, index: number): number => {
    const ms = Math.trunc(record.timestamp ?? (unstamped ??= now()));
    if (Number.isSafeInteger(ms) && ms >= 0) return ms;
    throw new EventLogError(
      "publish-failed",
      `Cannot ${action}: record ${index} has timestamp ${record.timestamp}, which is no time`,
    );
  };
  const first = stamp(records[0]!, 0);
  let latest = first;
  let same = true;
  for (let i = 1; i < records.length; i++) {
    const ms = stamp(records[i]!, i);
    if (ms !== first) same = false;
    if (ms > latest) latest = ms;
  }
  return { latest, each: same ? undefined : records.map(stamp) };
}
