/**
 * Opens the SQLite file of a log, and makes sure first that it is one. A file that is something else
 * is never changed, not even touched by SQLite.
 *
 * @module
 */

import { DatabaseSync } from "node:sqlite";
import { EventLogError } from "../event_log.ts";
import { AcknowledgedEnds, endsPath, readAcknowledgedEnds } from "./acknowledged_ends.ts";
import { APPLICATION_ID, LAYOUT_VERSION, LOCK_WAIT_MS, PAGE_BYTES } from "./limits.ts";
import { findLostRecords, incompleteLog, partitionEnds } from "./lost_records.ts";
import { CREATE_SCHEMA } from "./schema.ts";
import { toEventLogError } from "./sqlite_errors.ts";
import { pagesInWal } from "./wal_pages.ts";

/** What a log promises of an acknowledged record: it outlives the process, or a power loss too. */
export type Durability = "process" | "disk";

/**
 * What is done with a file that lacks records which were acknowledged: it is refused as
 * `log-incomplete`; or opened as it is, and refused again the next time; or opened, and what is gone is
 * forgotten: from then on its partitions end where they end now.
 */
export type LossPolicy = "refuse" | "ignore" | "accept";

/** How a log's database is opened. */
export interface OpenDatabaseOptions {
  readonly durability: Durability;
  /** Whether a missing file is made; otherwise it is `log-missing`. */
  readonly create: boolean;
  /** Default `refuse`. */
  readonly loss?: LossPolicy;
}

/** An opened database of a log. */
export interface LogDatabase {
  readonly database: DatabaseSync;
  /** Identifies the file among all others, for whoever wakes its readers. */
  readonly logId: string;
  /** Where it is written down what was acknowledged. */
  readonly ends: AcknowledgedEnds;
}

/** Bytes of SQLite's file header (sqlite.org/fileformat.html). */
const HEADER_BYTES = 100;
const MAGIC = "SQLite format 3\0";

/** The page at this byte is for locks, and never written. */
const LOCK_BYTE = 0x40000000;

/**
 * Opens, and where allowed creates, the log's file.
 * @throws {EventLogError} `log-missing`, `log-foreign`, `log-version`, `log-corrupt`,
 * `log-incomplete`, `log-locked`, `log-full`, `log-unavailable`
 */
export function openLogFile(path: string, options: OpenDatabaseOptions): LogDatabase {
  const action = `open the log "${path}"`;
  const found = inspect(path, action);
  if (found === "missing" && !options.create) {
    throw new EventLogError(
      "log-missing",
      `Cannot ${action}: there is no such file, or it is empty`,
    );
  }
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(path);
    database.exec(`PRAGMA busy_timeout = ${LOCK_WAIT_MS}`);
    // Empty too: what a creator left that died before its first commit.
    if (options.create && isEmpty(database)) createSchema(database, action);
    const logId = prepare(database, action, options.durability);
    judgeLoss(database, { path, logId, action, loss: options.loss ?? "refuse" });
    // From here on the connection waits for locks by itself, without blocking the thread for long.
    database.exec("PRAGMA busy_timeout = 0");
    return { database, logId, ends: new AcknowledgedEnds(path, logId) };
  } catch (error) {
    database?.close();
    throw toEventLogError(error, action);
  }
}

function judgeLoss(database: DatabaseSync, log: {
  readonly path: string;
  readonly logId: string;
  readonly action: string;
  readonly loss: LossPolicy;
}): void {
  if (log.loss === "ignore") return;
  // Read before the partitions' ends are looked at: those may only grow meanwhile.
  const acknowledged = readAcknowledgedEnds(log.path, log.logId);
  const lost = findLostRecords(database, acknowledged);
  if (lost.length === 0) return;
  if (log.loss === "refuse") throw incompleteLog(log.action, lost);
  database.exec("BEGIN IMMEDIATE");
  using ends = new AcknowledgedEnds(log.path, log.logId);
  ends.rewrite(partitionEnds(database));
  database.exec("COMMIT");
}

/** Makes a database ready for use. @returns the log's id */
function prepare(database: DatabaseSync, action: string, durability: Durability): string {
  const version = database.prepare("PRAGMA user_version").get()?.["user_version"];
  if (version !== LAYOUT_VERSION) {
    throw new EventLogError(
      "log-version",
      `Cannot ${action}: it has layout version ${version}, and this program knows ${LAYOUT_VERSION}`,
    );
  }
  // A rollback journal is left only by a creator that died before it got so far.
  database.exec("PRAGMA journal_mode = WAL");
  // NORMAL syncs at checkpoints only: a power loss may take the newest commits, never the file.
  database.exec(`PRAGMA synchronous = ${durability === "disk" ? "FULL" : "NORMAL"}`);
  // The connection decides itself when to move the write-ahead log into the file.
  database.exec("PRAGMA wal_autocheckpoint = 0");
  const logId = database.prepare("SELECT id FROM log").get()?.["id"];
  if (typeof logId !== "string") {
    throw new EventLogError("log-corrupt", `Cannot ${action}: its table "log" is empty`);
  }
  return logId;
}

function isEmpty(database: DatabaseSync): boolean {
  return database.prepare("SELECT count(*) AS count FROM sqlite_schema").get()?.["count"] === 0;
}

function createSchema(database: DatabaseSync, action: string): void {
  database.exec(`PRAGMA page_size = ${PAGE_BYTES}`);
  // Not yet in WAL mode, so that one commit puts header and tables into the file itself.
  database.exec("BEGIN EXCLUSIVE");
  if (isEmpty(database)) {
    database.exec(CREATE_SCHEMA);
    database.prepare("INSERT INTO log VALUES (?, 0)").run(crypto.randomUUID());
  } else if (
    // Another process may have been quicker since the file was looked at.
    database.prepare("PRAGMA application_id").get()?.["application_id"] !== APPLICATION_ID
  ) {
    database.exec("ROLLBACK");
    throw foreign(action, "it is a database of another program");
  }
  database.exec("COMMIT");
}

/** Whether the file is there, judged by its first bytes alone. @throws what {@link openLogFile} does */
function inspect(path: string, action: string): "missing" | "present" {
  let file: Deno.FsFile;
  try {
    file = Deno.openSync(path, { read: true });
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return "missing";
    throw new EventLogError("log-unavailable", `Cannot ${action}: ${messageOf(error)}`, {
      cause: error,
    });
  }
  try {
    const stat = file.statSync();
    if (!stat.isFile) throw foreign(action, "it is not a file");
    if (stat.size === 0) {
      if (hasBytes(`${path}-wal`) || hasBytes(endsPath(path))) throw torn(action);
      return "missing";
    }
    const header = new Uint8Array(HEADER_BYTES);
    let read = 0;
    for (let n: number | null = 0; n !== null && read < HEADER_BYTES; read += n ?? 0) {
      n = file.readSync(header.subarray(read));
    }
    checkHeader(header.subarray(0, read), action);
    checkSize(header, file, path, action);
    return "present";
  } finally {
    file.close();
  }
}

function checkHeader(header: Uint8Array, action: string): void {
  const magic = String.fromCharCode(...header.subarray(0, MAGIC.length));
  if (magic !== MAGIC) throw foreign(action, "it is no SQLite database");
  if (header.length < HEADER_BYTES) throw torn(action);
  const view = new DataView(header.buffer, header.byteOffset);
  if (view.getUint32(68) !== APPLICATION_ID) {
    throw foreign(action, "it is a database of another program");
  }
}

/**
 * Pages that were moved into the file are in it, unless a move was cut short by the death of its
 * process: then the write-ahead log still has them.
 */
function checkSize(header: Uint8Array, file: Deno.FsFile, path: string, action: string): void {
  // A rollback journal beside the file holds what the file lacks.
  if (hasBytes(`${path}-journal`)) return;
  const view = new DataView(header.buffer, header.byteOffset);
  const pageBytes = view.getUint16(16) === 1 ? 65_536 : view.getUint16(16);
  const pageCount = view.getUint32(28);
  for (;;) {
    const { size } = file.statSync();
    if (size >= pageBytes * pageCount) return;
    const inWal = pagesInWal(`${path}-wal`, pageBytes);
    const whole = hasPages(inWal, {
      from: Math.floor(size / pageBytes) + 1,
      to: pageCount,
      lockPage: LOCK_BYTE / pageBytes + 1,
    });
    if (whole) return;
    // Unless somebody moves pages into the file just now.
    if (file.statSync().size === size) throw torn(action);
  }
}

function hasPages(
  pages: ReadonlySet<number>,
  { from, to, lockPage }: {
    readonly from: number;
    readonly to: number;
    readonly lockPage: number;
  },
): boolean {
  for (let page = from; page <= to; page++) {
    if (page !== lockPage && !pages.has(page)) return false;
  }
  return true;
}

function hasBytes(path: string): boolean {
  try {
    return Deno.statSync(path).size > 0;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

function foreign(action: string, state: string): EventLogError {
  return new EventLogError("log-foreign", `Cannot ${action}: ${state}, and was left as it is`);
}

function torn(action: string): EventLogError {
  return new EventLogError("log-corrupt", `Cannot ${action}: the file is cut off`);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
