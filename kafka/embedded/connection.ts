/**
 * One connection to a log's database: short transactions, waits for the lock of others, and keeps
 * the write-ahead log within its limit.
 *
 * A transaction's body is synchronous and holds no code of an actor, because a worker that spins
 * inside one cannot be stopped and would lock everybody out.
 *
 * @module
 */

import type { DatabaseSync, StatementSync } from "node:sqlite";
import { EventLogError } from "../event_log.ts";
import {
  LOCK_RETRY_MS,
  LOCK_SPIN_MS,
  LOCK_WAIT_MS,
  PAGE_BYTES,
  WAL_BYTES,
  WAL_LIMIT_BYTES,
} from "./limits.ts";
import { isLocked, toEventLogError } from "./sqlite_errors.ts";

/** Pauses between attempts while the thread is blocked, in milliseconds; the last one repeats. */
const SPIN_PAUSES_MS = [0, 0.05, 0.1, 0.2, 0.5, 1] as const;

const pauseCell = new Int32Array(new SharedArrayBuffer(4));

type Attempt<T> = { readonly value: T } | "locked";

/** Bounds of the write-ahead log, in bytes. */
export interface WalBounds {
  /** After so many bytes of its own, a connection looks at the log's size. */
  readonly checkBytes: number;
  /** From this size on the log is moved into the file. */
  readonly checkpointBytes: number;
  /** Above it nothing more is written until that has succeeded. */
  readonly limitBytes: number;
}

/** How long and how far a connection goes; the named limits where it is left out. */
export interface ConnectionOptions {
  /** How long a call waits for the lock of others, in milliseconds. */
  readonly lockWaitMs?: number;
  /** Whether its owner is in no hurry, so that it should empty the write-ahead log. Default false. */
  readonly background?: boolean;
  /** Default: as `background` says. */
  readonly wal?: WalBounds;
}

/** A connection that others may share a file with. */
export class Connection {
  readonly database: DatabaseSync;
  readonly #begin: StatementSync;
  readonly #commit: StatementSync;
  readonly #rollback: StatementSync;
  readonly #checkpoints: {
    readonly look: StatementSync;
    readonly passive: StatementSync;
    readonly restart: StatementSync;
  };
  readonly #lockWaitMs: number;
  readonly #wal: WalBounds;
  #writtenBytes = 0;
  #walIsFull = false;
  #closed = false;
  /** The last of those that wait for the lock: nobody overtakes another. */
  #queue: Promise<unknown> | null = null;

  constructor(database: DatabaseSync, options: ConnectionOptions = {}) {
    this.database = database;
    this.#lockWaitMs = options.lockWaitMs ?? LOCK_WAIT_MS;
    const { check, checkpoint } = WAL_BYTES[options.background ? "background" : "foreground"];
    this.#wal = options.wal ??
      { checkBytes: check, checkpointBytes: checkpoint, limitBytes: WAL_LIMIT_BYTES };
    this.#begin = database.prepare("BEGIN IMMEDIATE");
    this.#commit = database.prepare("COMMIT");
    this.#rollback = database.prepare("ROLLBACK");
    this.#checkpoints = {
      // NOOP moves nothing and tells the write-ahead log's length.
      look: database.prepare("PRAGMA wal_checkpoint(NOOP)"),
      passive: database.prepare("PRAGMA wal_checkpoint(PASSIVE)"),
      restart: database.prepare("PRAGMA wal_checkpoint(RESTART)"),
    };
  }

  /** @throws {EventLogError} `log-closed` */
  assertOpen(action: string): void {
    if (this.#closed) throw new EventLogError("log-closed", `Cannot ${action}: the log is closed`);
  }

  /**
   * Runs `body` in a write transaction of its own; what it throws rolls everything back.
   * @throws {EventLogError} `log-locked` when the wait was in vain, and whatever the file's state is
   */
  async write<T>(action: string, body: () => T, bytes = 0): Promise<T> {
    const value = await this.#inTurn(action, () => this.#transaction(body));
    this.#writtenBytes += bytes + 2 * PAGE_BYTES;
    if (this.#writtenBytes >= this.#wal.checkBytes) this.#boundWal();
    return value;
  }

  /** Runs `body`, which only reads and so overtakes whoever waits to write. Errors as with {@link write}. */
  async read<T>(action: string, body: () => T): Promise<T> {
    this.assertOpen(action);
    const done = this.#spin(action, body, LOCK_SPIN_MS);
    return done === "locked" ? await this.#waitForLock(action, body) : done.value;
  }

  /** Idempotent. Whoever still waits for the lock gets `log-closed`. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.database.close();
  }

  /** Takes its turn among those that wait to write, if anybody does. */
  async #inTurn<T>(action: string, body: () => T): Promise<T> {
    this.assertOpen(action);
    if (this.#queue === null) {
      const done = this.#spin(action, body, LOCK_SPIN_MS);
      if (done !== "locked") return done.value;
    }
    const turn = (this.#queue ?? Promise.resolve()).then(() => this.#waitForLock(action, body));
    // Kept free of failures, which belong to their own caller only.
    const settled = turn.then(() => {}, () => {});
    this.#queue = settled;
    try {
      return await turn;
    } finally {
      if (this.#queue === settled) this.#queue = null;
    }
  }

  async #waitForLock<T>(action: string, body: () => T): Promise<T> {
    for (let waitedMs = 0; waitedMs < this.#lockWaitMs; waitedMs += LOCK_RETRY_MS) {
      this.assertOpen(action);
      const done = this.#spin(action, body, 1);
      if (done !== "locked") return done.value;
      await new Promise((resolve) => setTimeout(resolve, LOCK_RETRY_MS));
    }
    throw new EventLogError(
      "log-locked",
      `Cannot ${action}: the log's file has been locked by another for ${this.#lockWaitMs} ms`,
      { retriable: true },
    );
  }

  /** Attempts again and again, with the thread blocked in between, for about `spinMs`. */
  #spin<T>(action: string, body: () => T, spinMs: number): Attempt<T> {
    let waitedMs = 0;
    for (let attempt = 0;; attempt++) {
      const done = this.#attempt(action, body);
      if (done !== "locked" || waitedMs >= spinMs) return done;
      const pauseMs = SPIN_PAUSES_MS[Math.min(attempt, SPIN_PAUSES_MS.length - 1)]!;
      if (pauseMs > 0) Atomics.wait(pauseCell, 0, 0, pauseMs);
      waitedMs += pauseMs;
    }
  }

  #attempt<T>(action: string, body: () => T): Attempt<T> {
    try {
      return { value: body() };
    } catch (error) {
      if (isLocked(error)) return "locked";
      throw toEventLogError(error, action);
    }
  }

  #transaction<T>(body: () => T): T {
    if (this.#walIsFull) this.#refuseOrRecover();
    this.#begin.run();
    try {
      const value = body();
      this.#commit.run();
      return value;
    } catch (error) {
      // SQLite rolls back by itself when, for one, the disk is full.
      if (this.database.isTransaction) this.#rollback.run();
      throw error;
    }
  }

  #refuseOrRecover(): void {
    this.#boundWal();
    if (!this.#walIsFull) return;
    throw new EventLogError(
      "log-locked",
      `Cannot write to the log: its write-ahead log has more than ${this.#wal.limitBytes} bytes, and a reader that ` +
        "does not go on keeps it from being emptied",
      { retriable: true },
    );
  }

  #boundWal(): void {
    this.#writtenBytes = 0;
    this.#walIsFull = false;
    try {
      if (walBytes(this.#checkpoints.look) < this.#wal.checkpointBytes) return;
      // The first moves pages while others go on writing; the second, which keeps writers out, then
      // finds little left to do, and lets the next writer begin at the front again.
      this.#checkpoints.passive.get();
      this.#walIsFull = !this.#restartWal() &&
        walBytes(this.#checkpoints.look) > this.#wal.limitBytes;
    } catch (error) {
      // The write before this is durable already, so it must not fail for what ails the checkpoint:
      // the next write meets the same state and reports it.
      this.#walIsFull = !isLocked(error) && walBytes(this.#checkpoints.look) > this.#wal.limitBytes;
    }
  }

  /** Whether writers begin at the front again; otherwise somebody was in the way each time. */
  #restartWal(): boolean {
    for (const pauseMs of SPIN_PAUSES_MS) {
      if (Number(this.#checkpoints.restart.get()?.["busy"]) === 0) return true;
      if (pauseMs > 0) Atomics.wait(pauseCell, 0, 0, pauseMs);
    }
    return false;
  }
}

function walBytes(look: StatementSync): number {
  return Number(look.get()?.["log"]) * PAGE_BYTES;
}
