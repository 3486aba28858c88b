/**
 * Publishes: checks and encodes first, then writes all rows in one short transaction.
 *
 * @module
 */

import type { StatementSync } from "node:sqlite";
import {
  EventLogError,
  type PublishedBatch,
  PublishError,
  type RecordBatch,
  type RecordToPublish,
} from "../event_log.ts";
import { checkedSize, checkKey, stampsOf } from "../record_rules.ts";
import type { AcknowledgedEnds, PartitionEnd } from "./acknowledged_ends.ts";
import { encodeBatch, sealRow } from "./batch_encoder.ts";
import type { Connection } from "./connection.ts";
import { MAX_ROW_RECORDS, ROW_FULL_BYTES } from "./limits.ts";
import { partitionEnds } from "./lost_records.ts";
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
  /** Where it is written down what was acknowledged. */
  readonly ends: AcknowledgedEnds;
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
      await this.#noteEnds(prepared, published);
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
      const stamps = stampedByLog ? null : stampsOf(records, { now, action });
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
        const at = { baseOffset: key - low, timestamp: timestamp ?? now };
        this.#insert.run(key, span, at.timestamp, sealRow(data, at));
        key += span;
      }
      const { topic, partition, records } = batch;
      return { topic, partition, baseOffset: first - low, count: records.length };
    });
  }

  async #noteEnds(
    prepared: readonly PreparedBatch[],
    published: readonly PublishedBatch[],
  ): Promise<void> {
    const { ends, connection } = this.#parts;
    ends.note(published.map(({ baseOffset, count }, i): PartitionEnd => ({
      partitionId: prepared[i]!.partitionId,
      end: baseOffset + count,
    })));
    if (!ends.isLong) return;
    try {
      const { database } = connection;
      await connection.write(
        "shorten the list of ends",
        () => ends.rewrite(partitionEnds(database)),
      );
    } catch {
      // Upkeep only: the records above are durable, and the next publish tries again.
    }
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
    if (keyed) checkKey(record, { index: i, action });
    bytes += checkedSize(record, { index: i, action });
    if (bytes < ROW_FULL_BYTES && i - from + 1 < MAX_ROW_RECORDS) continue;
    rows.push(records.slice(from, i + 1));
    from = i + 1;
    bytes = 0;
  }
  if (from === 0) return [records];
  if (from < records.length) rows.push(records.slice(from));
  return rows;
}
