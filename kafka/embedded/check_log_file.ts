/**
 * Reads a log's file from its first record to its last, and says what is damaged or missing: before a
 * run is gone on with whose file somebody, or something, may have cut.
 *
 * @module
 */

import type { DatabaseSync } from "node:sqlite";
import { EventLogError, type LostRecords, type TopicPartition } from "../event_log.ts";
import { readAcknowledgedEnds } from "./acknowledged_ends.ts";
import { openLogFile } from "./log_file.ts";
import { lastPartitionId } from "./lost_records.ts";
import { toEventLogError } from "./sqlite_errors.ts";
import { StoredBatch } from "./stored_batch.ts";
import { rowRange } from "./topic_catalog.ts";

/** Records that the file should hold and that cannot be read as they were written. */
export interface DamagedRecords extends TopicPartition {
  readonly from: number;
  /** Behind the last of them. */
  readonly to: number;
  readonly why: string;
}

/** What a check found. The file is whole when nothing is lost and nothing damaged. */
export interface LogFileCheck {
  /** Offsets read. */
  readonly records: number;
  /** Acknowledged once, and cut off since. */
  readonly lost: readonly LostRecords[];
  readonly damaged: readonly DamagedRecords[];
}

interface CheckedPartition extends TopicPartition {
  readonly id: number;
  readonly start: number;
  readonly compacted: boolean;
  /** Where it had ended, by what was acknowledged. */
  readonly acknowledged: number;
}

/**
 * Checks a file, which nobody may write to meanwhile.
 * @throws {EventLogError} `log-missing`, `log-foreign`, `log-version`, or `log-corrupt` when not even
 * its topics can be read
 */
export function checkLogFile(
  path: string,
  { create = false }: { /** Whether an empty file is made a log. */ readonly create?: boolean } =
    {},
): LogFileCheck {
  const { database, logId } = openLogFile(path, { durability: "process", create, loss: "ignore" });
  try {
    return checkDatabase(database, readAcknowledgedEnds(path, logId));
  } catch (error) {
    throw toEventLogError(error, `check the log "${path}"`);
  } finally {
    database.close();
  }
}

function checkDatabase(
  database: DatabaseSync,
  acknowledged: ReadonlyMap<number, number>,
): LogFileCheck {
  const lost: LostRecords[] = [];
  const damaged: DamagedRecords[] = [];
  let records = 0;
  const partitions = partitionsOf(database, acknowledged);
  const committed = committedOffsets(database);
  for (const partition of partitions) {
    const { topic, partition: number } = partition;
    const place = { topic, partition: number };
    const scan = new PartitionScan(database, partition);
    const end = scan.run();
    records += end - partition.start;
    damaged.push(...scan.damaged.map((range) => ({ ...place, ...range })));
    if (end < partition.acknowledged) {
      lost.push({ ...place, from: end, to: partition.acknowledged });
    }
    const to = committed.get(`${topic}/${number}`) ?? 0;
    if (to > end) damaged.push({ ...place, from: end, to, why: "a group has committed them" });
  }
  const last = lastPartitionId(database);
  for (const [id, to] of acknowledged) {
    if (id > last) lost.push({ topic: null, partition: id, from: 0, to });
  }
  return { records, lost, damaged };
}

function partitionsOf(
  database: DatabaseSync,
  acknowledged: ReadonlyMap<number, number>,
): readonly CheckedPartition[] {
  const rows = database.prepare(
    `SELECT partitions.id, name, partition, start_offset, cleanup
    FROM partitions JOIN topics ON topics.id = topic_id ORDER BY partitions.id`,
  ).all();
  return rows.map((row) => {
    const id = Number(row["id"]);
    return {
      id,
      topic: String(row["name"]),
      partition: Number(row["partition"]),
      start: Number(row["start_offset"]),
      compacted: row["cleanup"] === "compact",
      acknowledged: acknowledged.get(id) ?? 0,
    };
  });
}

/** The highest offset that any group has committed, by partition: nothing is committed unread. */
function committedOffsets(database: DatabaseSync): ReadonlyMap<string, number> {
  const rows = database.prepare(
    "SELECT topic, partition, max(next_offset) AS next FROM committed GROUP BY topic, partition",
  ).all();
  return new Map(rows.map((row) => [`${row["topic"]}/${row["partition"]}`, Number(row["next"])]));
}

type Range = Pick<DamagedRecords, "from" | "to" | "why">;

/** Goes through the rows of one partition. */
class PartitionScan {
  readonly damaged: Range[] = [];
  readonly #database: DatabaseSync;
  readonly #partition: CheckedPartition;
  /** The offset that comes next. */
  #next: number;

  constructor(database: DatabaseSync, partition: CheckedPartition) {
    this.#database = database;
    this.#partition = partition;
    this.#next = partition.start;
  }

  /** @returns where the partition ends */
  run(): number {
    for (;;) {
      try {
        this.#readOn();
        return this.#next;
      } catch (error) {
        const why = toEventLogError(error, "read");
        if (!(why instanceof EventLogError) || why.code !== "log-corrupt") throw error;
        const to = this.#readableAgain();
        if (to === null) {
          // How far it went only the acknowledgements know.
          const end = Math.max(this.#next + 1, this.#partition.acknowledged);
          this.#damage(end, "the file is damaged there");
          return end;
        }
        this.#damage(to, "the file is damaged there");
      }
    }
  }

  /** Row by row: a statement that iterates ends at a damaged page as if there were no more rows. */
  #readOn(): void {
    const { low, high } = rowRange(this.#partition.id);
    const following = this.#database.prepare(
      "SELECT id, span, timestamp, data FROM batches WHERE id >= ? AND id < ? ORDER BY id LIMIT 1",
    );
    for (;;) {
      const row = following.get(low + this.#next, high);
      if (row === undefined) return;
      const from = Number(row["id"]) - low;
      const span = Number(row["span"]);
      if (from > this.#next && !this.#partition.compacted) this.#damage(from, "they are missing");
      const whole = this.#isWhole({
        baseOffset: from,
        span,
        timestamp: Number(row["timestamp"]),
        // The table is strict.
        data: row["data"] as Uint8Array,
      });
      this.#next = from;
      if (whole) this.#next += span;
      else this.#damage(from + Math.max(1, span), "their row is damaged");
    }
  }

  #isWhole({ baseOffset, span, timestamp, data }: {
    readonly baseOffset: number;
    readonly span: number;
    readonly timestamp: number;
    readonly data: Uint8Array;
  }): boolean {
    const { topic, partition, compacted } = this.#partition;
    try {
      const batch = new StoredBatch({ topic, partition, baseOffset, timestamp }, data);
      return span > 0 && (compacted || batch.count === span);
    } catch (error) {
      if (error instanceof EventLogError) return false;
      throw error;
    }
  }

  /** The first offset behind the damage at which a row begins that can be found; null: none. */
  #readableAgain(): number | null {
    const { low, high } = rowRange(this.#partition.id);
    const find = (order: "ASC" | "DESC") =>
      this.#database.prepare(
        `SELECT id FROM batches WHERE id > ? AND id < ? ORDER BY id ${order} LIMIT 1`,
      );
    try {
      const after = find("ASC").get(low + this.#next, high);
      return after === undefined ? null : Number(after["id"]) - low;
    } catch {
      // The pages that lead on are damaged: from the other end the file may still be read.
    }
    let first: number | null = null;
    try {
      const before = find("DESC");
      for (let below = high;;) {
        const row = before.get(low + this.#next, below);
        if (row === undefined) return first;
        below = Number(row["id"]);
        first = below - low;
      }
    } catch {
      return first;
    }
  }

  #damage(to: number, why: string): void {
    const last = this.damaged.at(-1);
    if (last !== undefined && last.to === this.#next && last.why === why) {
      this.damaged[this.damaged.length - 1] = { ...last, to };
    } else {
      this.damaged.push({ from: this.#next, to, why });
    }
    this.#next = to;
  }
}
