/**
 * The rows of an index, read. Whatever SQLite finds wrong with the file is said as damage.
 *
 * @module
 */

import type { DatabaseSync, SQLInputValue, StatementSync } from "node:sqlite";
import { type ChannelNote, channelNote, firstNoteOf } from "./channel_blocks.ts";
import { blockId, ENTRY_END, type IdSet } from "./client_ids.ts";
import { damaged } from "./index_file.ts";
import { EVENTS_AT_ONCE } from "./limits.ts";

/** Notes of a lane lie below the next one's. */
const NOTES_PER_LANE = firstNoteOf(1);

/** The part of a chunk by which it is found. */
export interface ChunkHead {
  readonly firstRank: number;
  /** The latest time before it. */
  readonly timeBefore: number;
  readonly positions: Float64Array;
}

/** A row of the events. */
export interface EventRow {
  readonly rank: number;
  readonly json: string;
}

/** Which rows of the events, from where, which way. */
export interface EventRowsWanted {
  readonly from: number;
  readonly direction: "forward" | "backward";
  readonly kinds: readonly string[] | undefined;
  readonly actor: string | undefined;
}

type Row = Readonly<Record<string, unknown>>;

/** Reads the tables. */
export class IndexRows {
  readonly #database: DatabaseSync;
  readonly #file: string;
  readonly #statements = new Map<string, StatementSync>();

  constructor(database: DatabaseSync, file: string) {
    this.#database = database;
    this.#file = file;
  }

  chunkCount(): number {
    return Number(this.#get("SELECT coalesce(max(number) + 1, 0) AS n FROM chunks")?.["n"]);
  }

  chunkHead(number: number): ChunkHead {
    const sql = "SELECT first_rank, time_before, positions FROM chunks WHERE number = ?";
    const row = this.#get(sql, number) ?? this.#missing(`chunk ${number}`);
    return {
      firstRank: Number(row["first_rank"]),
      timeBefore: Number(row["time_before"]),
      positions: new Float64Array(bufferOf(row["positions"])),
    };
  }

  chunkEntries(number: number): {
    readonly lanes: ArrayBuffer;
    readonly timeIndexes: ArrayBuffer;
    readonly times: ArrayBuffer;
  } {
    const sql = "SELECT lanes, time_indexes, times FROM entries WHERE number = ?";
    const row = this.#get(sql, number) ?? this.#missing(`chunk ${number}`);
    return {
      lanes: bufferOf(row["lanes"]),
      timeIndexes: bufferOf(row["time_indexes"]),
      times: bufferOf(row["times"]),
    };
  }

  correlations(id: number): Uint8Array | null {
    const row = this.#get("SELECT entries FROM correlations WHERE id = ?", id);
    return row === null ? null : row["entries"] as Uint8Array; // The column is a BLOB.
  }

  /** How many notes there are of a lane's channels. */
  noteCount(lane: number): number {
    const first = firstNoteOf(lane);
    const sql = "SELECT max(id) AS last FROM channels WHERE id >= ? AND id < ?";
    const last = this.#get(sql, first, first + NOTES_PER_LANE)?.["last"];
    return last === null || last === undefined ? 0 : Number(last) - first + 1;
  }

  note(lane: number, number: number): ChannelNote {
    const sql = "SELECT start_offset, next, strays FROM channels WHERE id = ?";
    return noteOf(this.#get(sql, firstNoteOf(lane) + number) ?? this.#missing("a channel's note"));
  }

  /** Notes of a lane after which strays came, in order. */
  *notesWithStrays(lane: number): Iterable<ChannelNote> {
    const sql = "SELECT id, start_offset, next, strays FROM channels " +
      "WHERE strays IS NOT NULL AND id >= ? AND id < ? ORDER BY id LIMIT 1";
    const end = firstNoteOf(lane) + NOTES_PER_LANE;
    for (let from = firstNoteOf(lane);;) {
      const row = this.#get(sql, from, end);
      if (row === null) return;
      yield noteOf(row);
      from = Number(row["id"]) + 1;
    }
  }

  /** How many blocks each run of ids has. */
  idRuns(ids: IdSet): readonly number[] {
    const rows = this.#all("SELECT blocks FROM id_runs WHERE ids = ? ORDER BY run", ids);
    return rows.map(({ blocks }) => Number(blocks));
  }

  firstId(ids: IdSet, run: number, block: number): string {
    const row = this.#get("SELECT first FROM id_blocks WHERE id = ?", blockId(ids, run, block));
    return String((row ?? this.#missing("a block of ids"))["first"]);
  }

  idBlock(ids: IdSet, run: number, block: number): readonly string[] {
    const row = this.#get("SELECT entries FROM id_blocks WHERE id = ?", blockId(ids, run, block));
    return String((row ?? this.#missing("a block of ids"))["entries"]).split(ENTRY_END);
  }

  event(rank: number): string {
    const row = this.#get("SELECT json FROM events WHERE rank = ?", rank);
    return String((row ?? this.#missing(`event ${rank}`))["json"]);
  }

  rankOfEvent(number: number): number | null {
    const row = this.#get("SELECT min(rank) AS rank FROM events WHERE number = ?", number);
    return row?.["rank"] == null ? null : Number(row["rank"]);
  }

  /** At most {@link EVENTS_AT_ONCE} rows. */
  eventRows({ from, direction, kinds, actor }: EventRowsWanted): readonly EventRow[] {
    const conditions = [
      direction === "forward" ? "rank >= ?" : "rank <= ?",
      ...(kinds === undefined ? [] : [`kind IN (${kinds.map(() => "?").join(",")})`]),
      ...(actor === undefined ? [] : ["actor = ?"]),
    ];
    const sql = `SELECT rank, json FROM events WHERE ${conditions.join(" AND ")} ` +
      `ORDER BY rank ${direction === "forward" ? "ASC" : "DESC"} LIMIT ${EVENTS_AT_ONCE}`;
    const values = [from, ...(kinds ?? []), ...(actor === undefined ? [] : [actor])];
    return this.#all(sql, ...values).map(({ rank, json }) => ({
      rank: Number(rank),
      json: String(json),
    }));
  }

  close(): void {
    if (this.#database.isOpen) this.#database.close();
  }

  #get(sql: string, ...values: SQLInputValue[]): Row | null {
    return this.#read(sql, (statement) => statement.get(...values) ?? null);
  }

  #all(sql: string, ...values: SQLInputValue[]): readonly Row[] {
    return this.#read(sql, (statement) => statement.all(...values));
  }

  #read<T>(sql: string, read: (statement: StatementSync) => T): T {
    try {
      const statement = this.#statements.get(sql) ?? this.#database.prepare(sql);
      this.#statements.set(sql, statement);
      return read(statement);
    } catch (error) {
      throw damaged(this.#file, "it cannot be read", error);
    }
  }

  #missing(what: string): never {
    throw damaged(this.#file, `${what} is missing`);
  }
}

function noteOf(row: Row): ChannelNote {
  const strays = row["strays"];
  return channelNote({
    startOffset: Number(row["start_offset"]),
    next: bufferOf(row["next"]),
    strays: strays === null ? null : bufferOf(strays),
  });
}

/** A BLOB's bytes by themselves: numbers of several bytes may not stand anywhere. */
function bufferOf(blob: unknown): ArrayBuffer {
  // The columns asked for are BLOBs, and the tables are strict.
  const bytes = blob as Uint8Array<ArrayBuffer>;
  const isAlone = bytes.byteLength === bytes.buffer.byteLength;
  return isAlone ? bytes.buffer : bytes.slice().buffer;
}
