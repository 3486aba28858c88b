/**
 * Builds the index of a run: one pass over its log, all partitions at once, and over its runtime events.
 *
 * @module
 */

import { dirname } from "node:path";
import { type ProcessLock, waitForLock } from "../../../actors/floor/process_lock.ts";
import type { EventLog } from "../../../kafka/event_log.ts";
import { EventSource, linesOf, noLines } from "./event_source.ts";
import {
  createIndexDatabase,
  finishIndexDatabase,
  type IndexFacts,
  installIndex,
  removeUnfinished,
} from "./index_file.ts";
import { IndexWriter } from "./index_writer.ts";
import { LaneColumns } from "./lane_columns.ts";
import { laneBatches, LaneSource, readAheadOf, type Source } from "./lane_source.ts";
import { lanesOf, type LaneTable } from "./lanes.ts";
import { INDEX_VERSION } from "./limits.ts";
import { bytesOfEvents } from "./open_run_index.ts";
import { OrderMerge, type TakeEntry } from "./merge_order.ts";
import { ProducerProgress } from "./producer_progress.ts";
import { RecordClaims } from "./record_claims.ts";
import { RunIndexError } from "./run_index_error.ts";

/** The code of what `node:sqlite` throws. */
const SQLITE_ERROR = "ERR_SQLITE_ERROR";

/** How far building has come. */
export interface BuildProgress {
  readonly recordsRead: number;
  readonly recordsTotal: number;
}

/** What an index is built from, and where to. */
export interface BuildOptions {
  readonly log: EventLog;
  /** The path of the run's runtime events; null when it keeps none. */
  readonly events: string | null;
  /** The index. Its folder is made when it is missing. */
  readonly file: string;
  readonly signal?: AbortSignal;
  /** Told after every batch of records. */
  readonly onProgress?: (progress: BuildProgress) => void;
}

/** What was built. */
export type BuiltIndex = Pick<IndexFacts, "length" | "records" | "unreadableEventLines">;

/**
 * Builds an index anew, of the log and the events as they are now. It is installed when it is whole;
 * whoever interrupts it leaves nothing that could be taken for one. Of two processes that build at once
 * one waits for the other.
 *
 * @throws {RunIndexError} `cannot-write`, `too-many-partitions`
 * @throws {EventLogError} when the log cannot be read
 * @throws the signal's reason
 */
export async function buildRunIndex(options: BuildOptions): Promise<BuiltIndex> {
  using _lock = await lockIndex(options);
  return await buildLocked(options);
}

/** Keeps other processes from building. `onWait` is told when one is at it. */
export async function lockIndex(
  { file, signal, onWait }: Pick<BuildOptions, "file" | "signal"> & { onWait?: () => void },
): Promise<ProcessLock> {
  try {
    await Deno.mkdir(dirname(file), { recursive: true });
    return await waitForLock(`${file}-lock`, {
      signal,
      ...(onWait === undefined ? {} : { onWait }),
    });
  } catch (error) {
    signal?.throwIfAborted();
    throw cannotWrite(file, error);
  }
}

/** As {@link buildRunIndex}, by whoever holds the lock. */
export async function buildLocked(options: BuildOptions): Promise<BuiltIndex> {
  const { file } = options;
  const unfinished = `${file}-unfinished`;
  let isInstalled = false;
  try {
    const facts = await writeIndex(unfinished, options);
    writing(file, () => installIndex(unfinished, file));
    isInstalled = true;
    return facts;
  } finally {
    if (!isInstalled) removeUnfinished(unfinished);
  }
}

async function writeIndex(path: string, options: BuildOptions): Promise<IndexFacts> {
  const { log, events, file } = options;
  const eventBytes = await bytesOfEvents(events);
  const table = await lanesOf(log);
  const database = writing(file, () => createIndexDatabase(path));
  try {
    const lines = events === null ? noLines() : linesOf(events, eventBytes);
    const eventSource = new EventSource(lines, table);
    const writer = new IndexWriter(database, table);
    await merge(table, eventSource, options, (lane, columns) => writer.take(lane, columns));
    writer.finish();
    const facts: IndexFacts = {
      version: INDEX_VERSION,
      lanes: table.lanes,
      eventBytes,
      length: writer.length,
      records: writer.records,
      unreadableEventLines: eventSource.unreadableLines,
    };
    finishIndexDatabase(database, facts);
    return facts;
  } catch (error) {
    // Of the index's own database: errors of the log are of another kind.
    const isOfSqlite = error instanceof Error && Reflect.get(error, "code") === SQLITE_ERROR;
    throw isOfSqlite ? cannotWrite(file, error) : error;
  } finally {
    if (database.isOpen) database.close();
  }
}

async function merge(
  table: LaneTable,
  eventSource: EventSource,
  { log, signal, onProgress }: BuildOptions,
  take: TakeEntry,
): Promise<void> {
  const claims = new RecordClaims(table);
  const maxRecords = readAheadOf(table);
  const recordsTotal = table.records;
  let recordsRead = 0;
  const onRead = (records: number) => {
    recordsRead += records;
    onProgress?.({ recordsRead, recordsTotal });
  };
  const sources: Source[] = table.lanes.map((lane, number) => {
    const batches = laneBatches(log, lane, maxRecords);
    return new LaneSource(batches, { lane, number, claims, onRead });
  });
  sources.push(eventSource);
  const columns = sources.map(() => new LaneColumns());
  const lookThroughIntents = (producers: ProducerProgress) =>
    noteIntents(log, table, producers, signal);
  try {
    await new OrderMerge({ table, sources, columns, take, lookThroughIntents, signal }).run();
  } finally {
    for (const source of sources) await source.close();
  }
}

async function noteIntents(
  log: EventLog,
  table: LaneTable,
  producers: ProducerProgress,
  signal: AbortSignal | undefined,
): Promise<void> {
  const claims = new RecordClaims(table);
  for (const lane of table.lanes) {
    if (lane.topic !== "intents") continue;
    for await (const records of laneBatches(log, lane, readAheadOf(table))) {
      signal?.throwIfAborted();
      for (const record of records) {
        claims.read(record, lane.topic);
        if (claims.producer !== null) producers.note(claims.producer, claims.number);
      }
    }
  }
}

function writing<T>(file: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw cannotWrite(file, error);
  }
}

function cannotWrite(file: string, cause: unknown): RunIndexError {
  const why = cause instanceof Error ? cause.message : String(cause);
  return new RunIndexError("cannot-write", `Cannot write the index ${file}: ${why}`, cause);
}
