/**
 * The limits of the embedded log, in one place.
 *
 * @module
 */

/** "Outc" in ASCII: marks a SQLite file as a log of ours. */
export const APPLICATION_ID = 0x4f757463;

/** The version of the file's layout. Another one is refused. */
export const LAYOUT_VERSION = 1;

/**
 * Bytes of a page of the file. A commit writes every page that it touched as a whole. Measured beside
 * other work: a floor at 1,000 orders a second writes about 35 MB a second with pages of 4 KiB and 70
 * with 8; a burst moves some tenth faster with 16 KiB than with 4.
 */
export const PAGE_BYTES = 4_096;

/** Offsets of one partition lie below it: about 2.7e11 records. */
export const OFFSETS_PER_PARTITION = 2 ** 38;

/** Partitions that one file may ever have had, so that partition and offset fit a safe integer. */
export const MAX_PARTITIONS_PER_FILE = 2 ** 15 - 1;

/** A row of the file holds at most so many records; a larger batch becomes several rows. */
export const MAX_ROW_RECORDS = 10_000;

/** A row is closed once its records have so many bytes. */
export const ROW_FULL_BYTES = 8 * 1_048_576;

/** One fetch stops after about so many bytes. */
export const FETCH_BYTES = 8 * 1_048_576;

/** Records asked for by the first fetch of a partition, whose record size is not known yet. */
export const FIRST_FETCH_RECORDS = 64;

/** Records per poll unless it says otherwise. */
export const DEFAULT_MAX_RECORDS = 1_000;

/** How long a call waits for the file's write lock before it fails with `log-locked`. */
export const LOCK_WAIT_MS = 5_000;

/** For so long the wait blocks the thread, because most locks are held for less than a millisecond. */
export const LOCK_SPIN_MS = 10;

/** Between attempts after that, with the thread free. */
export const LOCK_RETRY_MS = 5;

/**
 * When the write-ahead log is moved into the file: once it has `checkpoint` bytes, as a connection
 * finds that looks after every `check` bytes of its own. That takes tens of milliseconds, mostly of
 * waiting for the disk, which a connection in the background takes on itself before it comes to the
 * others.
 */
export const WAL_BYTES = {
  foreground: { check: 1_048_576, checkpoint: 64 * 1_048_576 },
  background: { check: 1, checkpoint: 24 * 1_048_576 },
} as const;

/** At this size nothing more is written before the write-ahead log could be moved into the file. */
export const WAL_LIMIT_BYTES = 512 * 1_048_576;

/** How soon a waiting reader looks for records of other processes: at first, and after a while. */
export const POLL_INTERVAL_MS = { first: 10, idle: 50 } as const;

/** A reader that is never idle looks at all its partitions, not only those it was told of, so often. */
export const SWEEP_INTERVAL_MS = 50;

/** Cleaning changes at most so many rows, or bytes, in one transaction. */
export const CLEAN_TRANSACTION = { rows: 64, bytes: 4 * 1_048_576 } as const;
