/**
 * Compaction: of every key the last record stays. Offsets never change, so holes are left.
 *
 * First all rows are read to learn each key's last offset; then rows are written again without what
 * was overtaken, oldest first, a few in a transaction. The keys of one partition are held in memory.
 *
 * A tombstone goes when nothing older of its key was left at the beginning: whoever reads on from an
 * older record thus meets the tombstone for at least one cleaning more. The newest record of a
 * partition stays in any case, so that the partition's end never goes back.
 *
 * @module
 */

import type { StatementSync } from "node:sqlite";
import type { LogRecord } from "../event_log.ts";
import { encodeBatch, sealRow } from "./batch_encoder.ts";
import type { Connection } from "./connection.ts";
import { CLEAN_TRANSACTION } from "./limits.ts";
import { StoredBatch } from "./stored_batch.ts";
import { rowRange } from "./topic_catalog.ts";

/** A partition to be cleaned. */
export interface PartitionToClean {
  readonly topic: string;
  readonly partition: number;
  readonly partitionId: number;
}

interface BatchRow {
  readonly id: number;
  readonly span: number;
  readonly timestamp: number;
  readonly data: Uint8Array;
}

interface KeyHistory {
  last: number;
  /** Whether there was a record before the last one. */
  older: boolean;
}

interface StoredRow {
  readonly id: number;
  readonly baseOffset: number;
  readonly span: number;
  readonly bytes: number;
  readonly records: readonly LogRecord[];
}

interface Rewrite {
  readonly id: number;
  readonly bytesBefore: number;
  readonly removed: number;
  /** Null: nothing of the row is left. */
  readonly after: { readonly timestamp: number; readonly data: Uint8Array } | null;
}

/** Rows per read; each is at most a few megabytes. */
const ROWS_PER_READ = Math.max(1, Math.floor(CLEAN_TRANSACTION.rows / 4));

/** Compacts partitions of one file. */
export class Compaction {
  readonly #connection: Connection;
  readonly #rows: StatementSync;
  readonly #update: StatementSync;
  readonly #delete: StatementSync;

  constructor(connection: Connection) {
    this.#connection = connection;
    const { database } = connection;
    this.#rows = database.prepare(
      "SELECT id, span, timestamp, data FROM batches WHERE id >= ? AND id < ? ORDER BY id LIMIT ?",
    );
    // A row only ever shrinks: one of another length has been compacted by somebody else meanwhile,
    // and must not get back what that removed.
    this.#update = database.prepare(
      "UPDATE batches SET timestamp = ?, data = ? WHERE id = ? AND length(data) = ?",
    );
    this.#delete = database.prepare("DELETE FROM batches WHERE id = ? AND length(data) = ?");
  }

  /** How many records went. */
  async compact(place: PartitionToClean): Promise<number> {
    const { keys, end } = await this.#readKeys(place);
    let removed = 0;
    let rewrites: Rewrite[] = [];
    let bytes = 0;
    for await (const row of this.#read(place, end)) {
      const rewrite = rewriteRow(row, keys, end - 1);
      if (rewrite === null) continue;
      rewrites.push(rewrite);
      bytes += rewrite.after?.data.length ?? 0;
      if (rewrites.length < CLEAN_TRANSACTION.rows && bytes < CLEAN_TRANSACTION.bytes) continue;
      removed += await this.#apply(place, rewrites, bytes);
      rewrites = [];
      bytes = 0;
    }
    return removed + await this.#apply(place, rewrites, bytes);
  }

  async #readKeys(
    place: PartitionToClean,
  ): Promise<{ keys: Map<string, KeyHistory>; end: number }> {
    const keys = new Map<string, KeyHistory>();
    let end = 0;
    for await (const { baseOffset, span, records } of this.#read(place, Infinity)) {
      for (const { key, offset } of records) {
        if (key === null) continue;
        const history = keys.get(key);
        if (history === undefined) keys.set(key, { last: offset, older: false });
        else {
          history.last = offset;
          history.older = true;
        }
      }
      end = baseOffset + span;
    }
    return { keys, end };
  }

  async *#read(place: PartitionToClean, end: number): AsyncGenerator<StoredRow> {
    const { low, high } = rowRange(place.partitionId);
    const limit = Math.min(high, low + end);
    for (let from = low; from < limit;) {
      const rows = await this.#connection.read(
        `compact "${place.topic}"/${place.partition}`,
        () => this.#rows.all(from, limit, ROWS_PER_READ),
      );
      if (rows.length === 0) return;
      for (const row of rows) {
        // The columns are the statement's own, and the table is strict.
        const { id, span, timestamp, data } = row as unknown as BatchRow;
        const baseOffset = id - low;
        const batch = new StoredBatch({ ...place, baseOffset, timestamp }, data);
        yield { id, baseOffset, span, bytes: data.length, records: batch.records(0) };
        from = id + span;
      }
    }
  }

  async #apply(
    place: PartitionToClean,
    rewrites: readonly Rewrite[],
    bytes: number,
  ): Promise<number> {
    if (rewrites.length === 0) return 0;
    return await this.#connection.write(`compact "${place.topic}"/${place.partition}`, () => {
      let removed = 0;
      for (const { id, bytesBefore, after, removed: count } of rewrites) {
        const { changes } = after === null
          ? this.#delete.run(id, bytesBefore)
          : this.#update.run(after.timestamp, after.data, id, bytesBefore);
        if (changes !== 0) removed += count;
      }
      return removed;
    }, bytes);
  }
}

/** The row without what was overtaken; null when all of it stays. */
function rewriteRow(
  row: StoredRow,
  keys: ReadonlyMap<string, KeyHistory>,
  newest: number,
): Rewrite | null {
  const kept = row.records.filter((record) => isKept(record, keys, newest));
  const removed = row.records.length - kept.length;
  if (removed === 0) return null;
  const rewrite = { id: row.id, bytesBefore: row.bytes, removed };
  if (kept.length === 0) return { ...rewrite, after: null };
  const timestamps = kept.map(({ timestamp }) => timestamp);
  const data = encodeBatch(
    kept.map(({ key, value, text, headers }) => ({ key, value: text ?? value, headers })),
    { timestamps, offsetDeltas: kept.map(({ offset }) => offset - row.baseOffset) },
  );
  const timestamp = Math.max(...timestamps);
  sealRow(data, { baseOffset: row.baseOffset, timestamp });
  return { ...rewrite, after: { timestamp, data } };
}

function isKept(
  { key, offset, value }: LogRecord,
  keys: ReadonlyMap<string, KeyHistory>,
  newest: number,
): boolean {
  const history = key === null ? undefined : keys.get(key);
  if (history === undefined || offset === newest) return true;
  if (offset < history.last) return false;
  return value !== null || history.older;
}
