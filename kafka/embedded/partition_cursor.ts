/**
 * Where a reader is in one partition, and the reading on from there.
 *
 * @module
 */

import type { StatementSync } from "node:sqlite";
import {
  EventLogError,
  type FetchedBatch,
  type LogRecord,
  type TopicPartitionOffset,
} from "../event_log.ts";
import type { Connection } from "./connection.ts";
import { FETCH_BYTES, FIRST_FETCH_RECORDS } from "./limits.ts";
import { StoredBatch } from "./stored_batch.ts";
import { rowRange, type StoredTopic, type TopicCatalog } from "./topic_catalog.ts";

interface BatchRow {
  readonly id: number;
  readonly span: number;
  readonly timestamp: number;
  readonly data: Uint8Array;
}

/** The statements that cursors of one connection share. */
export class CursorStatements {
  readonly catalog: TopicCatalog;
  readonly #range: StatementSync;
  readonly #at: StatementSync;
  readonly #after: StatementSync;

  constructor(connection: Connection, catalog: TopicCatalog) {
    this.catalog = catalog;
    const { database } = connection;
    this.#range = database.prepare(
      "SELECT id, span, timestamp, data FROM batches WHERE id >= ? AND id < ? ORDER BY id",
    );
    this.#at = database.prepare(
      "SELECT id, span FROM batches WHERE id >= ? AND id <= ? ORDER BY id DESC LIMIT 1",
    );
    this.#after = database.prepare(
      "SELECT id FROM batches WHERE id >= ? AND id < ? ORDER BY id LIMIT 1",
    );
  }

  rows(low: number, high: number): readonly BatchRow[] {
    // The columns are the statement's own, and the table is strict.
    return this.#range.all(low, high) as unknown as readonly BatchRow[];
  }

  /** The key of the row that holds `key`, or `key` itself when none does. */
  rowOf(low: number, key: number): number {
    const row = this.#at.get(low, key);
    if (row === undefined) return key;
    const id = Number(row["id"]);
    return id + Number(row["span"]) > key ? id : key;
  }

  /** The key of the first row from `low` on, or null. */
  nextRow(low: number, high: number): number | null {
    const id = this.#after.get(low, high)?.["id"];
    return id === undefined ? null : Number(id);
  }
}

/** A place in one partition. Its methods read, inside a `Connection.read`. */
export class PartitionCursor {
  readonly topic: StoredTopic;
  readonly partition: number;
  readonly partitionId: number;
  /** The wake-up count when the partition was last read to its end; -1 for "look again". */
  seenCount = -1;
  #position: number;
  /** Whether the position is known to be a row's first offset or the end. */
  #aligned = false;
  #bytesPerRecord = FETCH_BYTES / FIRST_FETCH_RECORDS;
  readonly #statements: CursorStatements;

  constructor(
    statements: CursorStatements,
    topic: StoredTopic,
    place: TopicPartitionOffset,
  ) {
    this.#statements = statements;
    this.topic = topic;
    this.partition = place.partition;
    const action = `read "${place.topic}"/${place.partition}`;
    this.partitionId = statements.catalog.partitionId(topic, place.partition, action);
    this.#position = checkedOffset(place);
  }

  get position(): number {
    return this.#position;
  }

  get place(): TopicPartitionOffset {
    return {
      topic: this.topic.settings.name,
      partition: this.partition,
      offset: this.#position,
    };
  }

  seek(place: TopicPartitionOffset): void {
    this.#position = checkedOffset(place);
    this.#aligned = false;
    this.seenCount = -1;
  }

  /**
   * The next records, about `maxRecords`, or null at the end.
   * @throws {EventLogError} `offset-out-of-range`
   */
  fetch(maxRecords: number): FetchedBatch | null {
    const { low } = rowRange(this.partitionId);
    // Only where old records go can the start have moved past a reader.
    if (!this.#aligned || this.topic.settings.cleanup === "delete") this.#checkRange();
    let from = this.#aligned ? low + this.#position : this.#statements.rowOf(
      low,
      low + this.#position,
    );
    const records: LogRecord[] = [];
    const taken: BatchRow[] = [];
    let atEnd = false;
    for (let bytes = 0; !atEnd && bytes < FETCH_BYTES && records.length < maxRecords;) {
      const { rows, below } = this.#rowsFrom(from, maxRecords - records.length);
      if (rows.length === 0) break;
      for (const row of rows) {
        if (row.id !== from) this.#judgeHole(from - low, row.id - low);
        this.#take(row, records);
        taken.push(row);
        bytes += row.data.length;
        from = row.id + row.span;
      }
      // Rows follow one another without a gap, except where records are compacted away.
      atEnd = from < below && this.topic.settings.cleanup !== "compact";
      this.#bytesPerRecord = Math.max(1, bytes / Math.max(1, records.length));
    }
    if (records.length === 0) {
      if (!this.#aligned) this.#judgeSilence();
      return null;
    }
    this.#position = from - low;
    this.#aligned = true;
    return {
      topic: this.topic.settings.name,
      partition: this.partition,
      records,
      nextOffset: this.#position,
      endOffset: atEnd ? this.#position : this.#statements.catalog.endOffset(this.partitionId),
      release: () => taken.forEach(giveBack),
    };
  }

  /** Rows from the key `from` on, and the key below which these are all. */
  #rowsFrom(
    from: number,
    maxRecords: number,
  ): { readonly rows: readonly BatchRow[]; readonly below: number } {
    const { high } = rowRange(this.partitionId);
    const fitting = Math.max(1, Math.ceil(FETCH_BYTES / this.#bytesPerRecord));
    const step = Math.min(maxRecords, fitting);
    const below = Math.min(high, from + step);
    const rows = this.#statements.rows(from, below);
    if (rows.length > 0 || this.topic.settings.cleanup !== "compact") return { rows, below };
    const next = this.#statements.nextRow(from, high);
    if (next === null) return { rows, below };
    const belowNext = Math.min(high, next + step);
    return { rows: this.#statements.rows(next, belowNext), below: belowNext };
  }

  #take({ id, span, timestamp, data }: BatchRow, records: LogRecord[]): void {
    const baseOffset = id - rowRange(this.partitionId).low;
    const topic = this.topic.settings.name;
    const place = { topic, partition: this.partition, baseOffset, timestamp };
    const batch = new StoredBatch(place, data);
    if (batch.count !== span && this.topic.settings.cleanup !== "compact") throw batch.damaged();
    for (const record of batch.records(this.#position)) records.push(record);
  }

  /** Only compaction leaves holes; retention may have removed the front of the partition just now. */
  #judgeHole(from: number, to: number): void {
    if (to > from && this.topic.settings.cleanup === "compact") return;
    this.#checkRange();
    const what = to > from
      ? `its records ${from} to ${to - 1} are missing`
      : "its rows are mixed up";
    throw this.#damaged(from, what);
  }

  /** Nothing came, from before the end: only damage hides records from a statement. */
  #judgeSilence(): void {
    this.#checkRange();
    if (!this.#aligned) throw this.#damaged(this.#position, "no record can be found from there on");
  }

  #damaged(at: number, what: string): EventLogError {
    const { topic, partition } = this.place;
    return new EventLogError(
      "log-corrupt",
      `Cannot read "${topic}"/${partition} at ${at}: the file is damaged, ${what}`,
    );
  }

  /** A position that is the end is a row's first offset, once there is one. */
  #checkRange(): void {
    const { start, end } = this.#statements.catalog.offsets(this.partitionId);
    const { topic, partition, offset } = this.place;
    if (offset < start || offset > end) {
      throw new EventLogError(
        "offset-out-of-range",
        `Cannot read "${topic}"/${partition} at ${offset}: it has offsets ${start} to ${end}`,
      );
    }
    if (offset === end) this.#aligned = true;
  }
}

/** A row's bytes are its own, so nothing else goes with them. */
function giveBack({ data: { buffer } }: BatchRow): void {
  if (buffer instanceof ArrayBuffer && !buffer.detached) buffer.transfer(0);
}

function checkedOffset({ topic, partition, offset }: TopicPartitionOffset): number {
  if (Number.isSafeInteger(offset) && offset >= 0) return offset;
  throw new EventLogError(
    "offset-out-of-range",
    `Cannot read "${topic}"/${partition} at ${offset}: an offset is a whole number from 0`,
  );
}
