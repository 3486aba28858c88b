/**
 * What a log's file lacks of what was acknowledged: its end was cut off, or an older copy is in its
 * place.
 *
 * @module
 */

import type { DatabaseSync } from "node:sqlite";
import { EventLogError, type LostRecords } from "../event_log.ts";
import type { PartitionEnd } from "./acknowledged_ends.ts";
import { rowRange } from "./topic_catalog.ts";

/** Partitions that a message names; the others are counted. */
const MOST_NAMED = 8;

/** Where every partition of the file ends, by its id. */
export function partitionEnds(database: DatabaseSync): readonly PartitionEnd[] {
  const last = database.prepare(
    "SELECT id + span AS next FROM batches WHERE id >= ? AND id < ? ORDER BY id DESC LIMIT 1",
  );
  return database.prepare("SELECT id, start_offset FROM partitions ORDER BY id").all().map(
    (row) => {
      const partitionId = Number(row["id"]);
      const { low, high } = rowRange(partitionId);
      const next = last.get(low, high)?.["next"];
      return {
        partitionId,
        end: next === undefined ? Number(row["start_offset"]) : Number(next) - low,
      };
    },
  );
}

/**
 * The highest id that any partition of the file ever had: one up to it that is not there was deleted
 * with its topic, one beyond it was made in what is gone.
 */
export function lastPartitionId(database: DatabaseSync): number {
  const row = database.prepare("SELECT seq FROM sqlite_sequence WHERE name = 'partitions'").get();
  return Number(row?.["seq"] ?? 0);
}

/** The records that were acknowledged and are not in the file any more, by partition. */
export function findLostRecords(
  database: DatabaseSync,
  acknowledged: ReadonlyMap<number, number>,
): readonly LostRecords[] {
  if (acknowledged.size === 0) return [];
  const ends = new Map(partitionEnds(database).map(({ partitionId, end }) => [partitionId, end]));
  const last = lastPartitionId(database);
  const short = [...acknowledged].flatMap(([partitionId, to]) => {
    const from = ends.get(partitionId) ?? (partitionId > last ? 0 : to);
    return from < to ? [{ partitionId, from, to }] : [];
  });
  if (short.length === 0) return [];
  const name = database.prepare(
    "SELECT name, partition FROM partitions JOIN topics ON topics.id = topic_id WHERE partitions.id = ?",
  );
  return short.map(({ partitionId, from, to }) => {
    const row = name.get(partitionId);
    // The topic itself was made in what is gone.
    if (row === undefined) return { topic: null, partition: partitionId, from, to };
    return { topic: String(row["name"]), partition: Number(row["partition"]), from, to };
  });
}

/** The refusal of a log that has lost records. */
export function incompleteLog(action: string, lost: readonly LostRecords[]): EventLogError {
  return new EventLogError("log-incomplete", `Cannot ${action}: ${describeLost(lost)}`);
}

/** Says how many records are gone, and from where. */
export function describeLost(lost: readonly LostRecords[]): string {
  const count = lost.reduce((sum, { from, to }) => sum + to - from, 0);
  const named = lost.slice(0, MOST_NAMED).map(({ topic, partition, from, to }) =>
    topic === null
      ? `a partition of a topic that is not there any more had ${to}`
      : `"${topic}"/${partition} ends at ${from} and had ${to}`
  );
  const others = lost.length - named.length;
  const more = others > 0 ? `, and ${others} more partitions` : "";
  const records = count === 1 ? "1 record is gone that was" : `${count} records are gone that were`;
  return `${records} acknowledged: ${named.join(", ")}${more}`;
}
