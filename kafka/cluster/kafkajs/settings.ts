/**
 * What this client hands to its library and to brokers besides `cluster_settings.ts`, and why.
 *
 * @module
 */

/** How brokers name us in their logs and quotas. */
export const CLIENT_ID = "outcry";

/** How long a broker may work on the creation or deletion of topics before it answers. */
export const TOPIC_TIMEOUT_MS = 10_000;

/** How long a leader may wait for its followers before it answers. */
export const REPLICATION_TIMEOUT_MS = 5_000;

/**
 * How long a send goes on by itself, with the same sequence number, so that a batch whose answer was
 * lost is not written twice. After that who sends decides, with a fresh producer.
 */
export const SEND_PATIENCE_MS = 8_000;

/** Within it every broker has heard of a topic that was just made; after it, there is none. */
export const TOPIC_SPREAD_MS = 1_000;

/** The first pause between two attempts of a send; each is twice the one before it, up to the last. */
export const SEND_PAUSE_MS = { first: 50, last: 1_000 } as const;

/** The protocol wants one of a producer without transactions too, and ignores it. */
export const TRANSACTION_TIMEOUT_MS = 60_000;

/** Probes of an idle connection, so that a peer that vanished is noticed. */
export const KEEP_ALIVE_MS = 60_000;
