/**
 * Retention: rows whose records have all become too old go, from the partition's start on. The
 * newest row stays in any case, so that the partition's end never goes back.
 *
 * @module
 */

import type { StatementSync } from "node:sqlite";
import type { PartitionToClean } from "./compaction.ts";
import type { Connection } from "./connection.ts";
import { CLEAN_TRANSACTION } from "./limits.ts";
import { rowRange } from "./topic_catalog.ts";

/** Expires partitions of one file. */
export class Retention {
  readonly #connection: Connection;
  readonly #rows: StatementSync;
  readonly #delete: StatementSync;
  readonly #moveStart: StatementSync;

  constructor(connection: Connection) {
    this.#connection = connection;
    const { database } = connection;
    this.#rows = database.prepare(
      "SELECT id, span, timestamp FROM batches WHERE id >= ? AND id < ? ORDER BY id LIMIT ?",
    );
    this.#delete = database.prepare("DELETE FROM batches WHERE id >= ? AND id < ?");
    this.#moveStart = database.prepare("UPDATE partitions SET start_offset = ? WHERE id = ?");
  }

  /** Removes what is older than `horizon`, in milliseconds since the epoch; how many records went. */
  async expire(place: PartitionToClean, horizon: number): Promise<number> {
    const action = `expire records of "${place.topic}"/${place.partition}`;
    let removed = 0;
    for (;;) {
      const { count, more } = await this.#connection.write(
        action,
        () => this.#expireSome(place.partitionId, horizon),
      );
      removed += count;
      if (!more) return removed;
    }
  }

  #expireSome(partitionId: number, horizon: number): { count: number; more: boolean } {
    const { low, high } = rowRange(partitionId);
    // One more than may go, so that the last one seen is never the partition's newest.
    const rows = this.#rows.all(low, high, CLEAN_TRANSACTION.rows + 1);
    let count = 0;
    let expired = 0;
    while (expired < rows.length - 1 && Number(rows[expired]!["timestamp"]) < horizon) {
      count += Number(rows[expired]!["span"]);
      expired++;
    }
    if (expired === 0) return { count: 0, more: false };
    const start = Number(rows[expired]!["id"]);
    this.#delete.run(low, start);
    this.#moveStart.run(start - low, partitionId);
    return { count, more: expired === CLEAN_TRANSACTION.rows };
  }
}
