/**
 * Every number that decides how the log speaks to a cluster, with its reason.
 *
 * @module
 */

/** A broker that has restarted, and elected and loaded what it leads, is back well within it. */
export const OUTAGE_PATIENCE_MS = 120_000;

/** Between attempts: `first`, doubled up to `most`, so that a returning broker is found in a second. */
export const RETRY_BACKOFF_MS = { first: 25, most: 1_000 } as const;

/** A topic just created is not known to every broker at once; for so long an absence is doubted. */
export const ABSENCE_PATIENCE_MS = 500;

/** Between looks at something that the cluster is doing: electing leaders, deleting. */
export const PROGRESS_INTERVAL_MS = 20;

/** A connection, with TLS and SASL, takes milliseconds; a host that drops packets takes for ever. */
export const CONNECT_TIMEOUT_MS = 3_000;

/** No answer for so long: the broker hangs. Long polls and joins come on top of it. */
export const REQUEST_TIMEOUT_MS = 10_000;

/**
 * One attempt to append: how long the leader may wait for its replicas, and how long we wait for it. A
 * leader that is frozen is given up before its successor is elected, with Kafka's own settings (9 s).
 */
export const APPEND_LIMITS = { replicationMs: 5_000, answerMs: 8_000 } as const;

/**
 * A batch is sent again, under its old number, until then. Brokers recognise it, which they cannot when
 * a new producer sends it. So this outlives the change of a leader; a longer outage is the caller's to
 * bridge.
 */
export const SEND_PATIENCE_MS = 15_000;

/** Within it every broker has heard of a topic that was just made; after it, there is none. */
export const TOPIC_SPREAD_MS = 1_000;

/** A command that is to use a cluster says within it what is wrong. */
export const CHECK_DEADLINE_MS = 8_000;

/** One probe of one address. */
export const PROBE_TIMEOUT_MS = 2_500;

/**
 * A request of the long poll waits so long for a first byte. It answers as soon as there is one:
 * measured, latency is the same for 5 and 5,000 ms, and below 50 ms an idle reader costs processor.
 */
export const FETCH_MAX_WAIT_MS = 500;

/** One answer to a fetch, and of it one partition. */
export const FETCH_BYTES = { answer: 4 * 1_048_576, partition: 1_048_576 } as const;

/**
 * A reader asks for more once it has less than this at hand. So at most this and one answer of each
 * broker wait in its memory.
 */
export const PREFETCH_BELOW = { bytes: 2 * 1_048_576, records: 10_000 } as const;

/**
 * Connection sets of one reader. A long poll under way that lacks a partition just assigned or sought
 * is left to run out on one of them, while the other asks for it.
 */
export const MAX_FETCH_LANES = 2;

/** Records per poll unless it says otherwise. */
export const DEFAULT_MAX_RECORDS = 1_000;

/** Key, value and headers of one record together: as on the embedded log. */
export const MAX_RECORD_BYTES = 1_048_576;

/** The topic setting `max.message.bytes`: of one batch as the broker stores it. */
export const MAX_MESSAGE_BYTES = 8 * 1_048_576;

/** One send: well below {@link MAX_MESSAGE_BYTES}, so that lengths and headers never matter. */
export const MAX_SEND = { bytes: 4 * 1_048_576, records: 10_000 } as const;

/** Batches of one request together: far below what a broker takes (`socket.request.max.bytes`, 100 MiB). */
export const MAX_REQUEST_BYTES = 16 * 1_048_576;

/** What a record takes in a batch besides key, value and headers: more than it ever is. */
export const RECORD_OVERHEAD_BYTES = 64;

/** What may wait to be sent in one handle's memory. A publish beyond it is rejected as retriable. */
export const MAX_QUEUED_BYTES = 128 * 1_048_576;

/** Replicas of a topic where the cluster has as many brokers. */
export const REPLICATION_FACTOR = 3;

/** Closing waits so long for members to say that they leave; then their sessions end by themselves. */
export const CLOSE_PATIENCE_MS = 2_000;

/**
 * A failure that nobody has met again for so long does not count as one any more: whoever needs what
 * failed tries again sooner.
 */
export const FAILURE_MEMORY_MS = 15_000;

/** How brokers name us in their logs and quotas. */
export const CLIENT_ID = "outcry";

/** How long the controller may work on the creation or deletion of topics before it answers. */
export const TOPIC_CHANGE_MS = 10_000;

/** A follower's assignment waits for the leader, which may have died just then. */
export const SYNC_WAIT_MS = 20_000;
