/**
 * The file of an index: made under another name, sealed by a checksum over all its bytes, and installed
 * by a rename. So it is there whole or not at all, and one that was cut or changed is noticed.
 *
 * @module
 */

import { DatabaseSync } from "node:sqlite";
import { crc32 } from "node:zlib";
import type { Lane } from "./lanes.ts";
import { CHANNEL_TABLE } from "./channel_blocks.ts";
import { ID_TABLES } from "./client_ids.ts";
import { CORRELATION_TABLE } from "./correlation_segments.ts";
import { APPLICATION_ID, CACHE_KIB, INDEX_VERSION, PAGE_BYTES } from "./limits.ts";
import { CHUNK_TABLES } from "./order_chunks.ts";
import { RunIndexError } from "./run_index_error.ts";

const EVENT_TABLE = `
CREATE TABLE events (
  rank INTEGER PRIMARY KEY,
  number INTEGER NOT NULL,
  kind TEXT NOT NULL,
  actor TEXT NOT NULL,
  json TEXT NOT NULL
) STRICT;
CREATE TABLE facts (json TEXT NOT NULL) STRICT;
`;

const EVENT_INDEXES = `
CREATE INDEX events_by_number ON events (number);
CREATE INDEX events_by_actor ON events (actor, rank);
CREATE INDEX events_by_kind ON events (kind, rank);
`;

/** What an index says of itself. */
export interface IndexFacts {
  readonly version: number;
  /** What it was made from: every partition, and how far it went. */
  readonly lanes: readonly Lane[];
  /** Bytes of the file of runtime events; 0 without one. */
  readonly eventBytes: number;
  /** Entries of the order, and the records among them. */
  readonly length: number;
  readonly records: number;
  /** Lines of the runtime events that are none. */
  readonly unreadableEventLines: number;
}

/** Where SQLite keeps a number that is its user's: here, the checksum of all other bytes. */
const SEAL_AT = 60;
const SEAL_BYTES = 4;
const READ_BYTES = 1_048_576;

/** A new database, for building only: nobody else sees it, and a crash leaves nothing of worth. */
export function createIndexDatabase(path: string): DatabaseSync {
  removeFile(path);
  const database = new DatabaseSync(path);
  try {
    database.exec(`
      PRAGMA page_size = ${PAGE_BYTES};
      PRAGMA journal_mode = OFF;
      PRAGMA synchronous = OFF;
      PRAGMA locking_mode = EXCLUSIVE;
      PRAGMA cache_size = -${CACHE_KIB};
      PRAGMA application_id = ${APPLICATION_ID};
      BEGIN;
    `);
    database.exec(CHUNK_TABLES + CORRELATION_TABLE + CHANNEL_TABLE + ID_TABLES + EVENT_TABLE);
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

/** Writes the last of it and closes it. */
export function finishIndexDatabase(database: DatabaseSync, facts: IndexFacts): void {
  database.exec(EVENT_INDEXES);
  database.prepare("INSERT INTO facts VALUES (?)").run(JSON.stringify(facts));
  database.exec("COMMIT");
  database.close();
}

/** Removes what building has left. */
export function removeUnfinished(path: string): void {
  removeFile(path);
}

/** Seals a finished file and gives it its name. */
export function installIndex(unfinished: string, file: string): void {
  const seal = new Uint8Array(SEAL_BYTES);
  new DataView(seal.buffer).setUint32(0, checksumOf(unfinished));
  {
    using handle = Deno.openSync(unfinished, { write: true });
    handle.seekSync(SEAL_AT, Deno.SeekMode.Start);
    handle.writeSync(seal);
    handle.syncSync();
  }
  Deno.renameSync(unfinished, file);
}

/** A finished index, to be read. @throws {RunIndexError} `missing`, `damaged`, `version` */
export function openIndexDatabase(
  file: string,
): { readonly database: DatabaseSync; readonly facts: IndexFacts; readonly bytes: number } {
  const bytes = demandWhole(file);
  let database: DatabaseSync | null = null;
  try {
    database = new DatabaseSync(file, { readOnly: true });
    database.exec(`PRAGMA cache_size = -${CACHE_KIB}`);
    const facts = factsOf(database);
    if (facts.version !== INDEX_VERSION) {
      throw new RunIndexError(
        "version",
        `Cannot use the index ${file}: it has version ${facts.version}, this program makes version ` +
          `${INDEX_VERSION}`,
      );
    }
    return { database, facts, bytes };
  } catch (error) {
    database?.close();
    if (error instanceof RunIndexError) throw error;
    throw damaged(file, "it cannot be read", error);
  }
}

/** The error of a file that is not as it was written. */
export function damaged(file: string, what: string, cause?: unknown): RunIndexError {
  return new RunIndexError("damaged", `Cannot use the index ${file}: ${what}`, cause);
}

function factsOf(database: DatabaseSync): IndexFacts {
  const json = database.prepare("SELECT json FROM facts").get()?.["json"];
  // The file is as this program, or another version of it, has written it: its checksum agrees.
  return JSON.parse(String(json)) as IndexFacts;
}

/** The size of a file that is as it was sealed. */
function demandWhole(file: string): number {
  let size: number;
  let seal: number;
  try {
    const head = new Uint8Array(SEAL_AT + SEAL_BYTES);
    using handle = Deno.openSync(file);
    size = handle.statSync().size;
    if (handle.readSync(head) !== head.length) throw damaged(file, "it is cut off");
    seal = new DataView(head.buffer).getUint32(SEAL_AT);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) {
      throw new RunIndexError("missing", `Cannot use the index ${file}: there is none`, error);
    }
    if (error instanceof RunIndexError) throw error;
    throw damaged(file, (error as Error).message, error); // Deno throws errors only.
  }
  if (checksumOf(file) === seal) return size;
  throw damaged(file, "its checksum does not agree, so it was cut or changed");
}

/** Of all bytes but the seal's own. */
function checksumOf(file: string): number {
  using handle = Deno.openSync(file);
  const buffer = new Uint8Array(READ_BYTES);
  let checksum = 0;
  for (let at = 0;;) {
    const count = handle.readSync(buffer);
    if (count === null) return checksum;
    // The first read reaches past the seal.
    if (at === 0) buffer.fill(0, SEAL_AT, SEAL_AT + SEAL_BYTES);
    checksum = crc32(buffer.subarray(0, count), checksum);
    at += count;
  }
}

function removeFile(path: string): void {
  try {
    Deno.removeSync(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}
