/**
 * The limits of a run's index, in one place. What is kept in memory, while building and while looking
 * things up, is bounded by them and not by the run.
 *
 * @module
 */

/** "Outi" in ASCII: marks a SQLite file as an index of ours. */
export const APPLICATION_ID = 0x4f757469;

/** The version of the order and of the file's layout. An index of another one is built anew. */
export const INDEX_VERSION = 2;

/** Partitions of all topics together; each has a number of its own, and buffers while building. */
export const MAX_LANES = 2_000;

/** Entries of the order in one chunk. Looking up a rank or a place reads one and counts through it. */
export const CHUNK_ENTRIES = 8_192;

/** Chunks kept for looking at again, a few bytes an entry. */
export const KEPT_CHUNKS = 16;

/** Heads of chunks, and notes of channels, kept for the next search: some hundred bytes each. */
export const KEPT_HEADS = 1_024;
export const KEPT_NOTES = 1_024;

/** Records of one partition between two notes of how far its channels have come. */
export const CHANNEL_STRIDE = 1_024;

/** Entries whose correlation ids are sorted together. A power of two. */
export const SEGMENT_ENTRIES = 2 ** 18;

/** A segment is cut into so many pieces of some 3 KB, of which a question reads one. A power of two. */
export const SEGMENT_BUCKETS = 512;

/** Buckets kept for the next question, some 3 KB each: all of two segments, for who reads on over their border. */
export const KEPT_BUCKETS = 2 * SEGMENT_BUCKETS;

/** Records that are read ahead, of all partitions together, and at least and at most of each. */
export const READ_AHEAD_RECORDS = { all: 65_536, least: 64, most: 2_000 } as const;

/** One line of the runtime events. A longer one is none. */
export const MAX_EVENT_LINE_CHARACTERS = 1_048_576;

/** Producers whose commands are put behind their intents. Those of others go by their stamps. */
export const MAX_PRODUCERS = 65_536;

/**
 * Remembered so as not to write it down twice: users, and what intents named whose commands are still to
 * come. Under overload intents, whose stamps are when they were due, are far ahead of their commands.
 */
export const REMEMBERED_USERS = 32_768;
export const REMEMBERED_COMMANDS = 2 ** 20;

/** Ids that are sorted together, and those of them that are read together. */
export const ID_RUN_ENTRIES = 65_536;
export const ID_BLOCK_ENTRIES = 128;

/** Bytes of a page of the file: room for several blocks of ids. */
export const PAGE_BYTES = 16_384;

/** SQLite's page cache, in KiB: while building, where every table grows at its end, and while looking up. */
export const CACHE_KIB = 4_096;

/** Orders of one id that are listed: as many users as may well have used it. */
export const MAX_ORDERS_LISTED = 1_000;

/** Ids that are named for one that is not there, out of so many neighbours on either side; or, unlike it. */
export const NEAREST = { named: 5, neighbours: 32, unlike: 2 } as const;

/** Runtime events that are read at once. */
export const EVENTS_AT_ONCE = 256;
