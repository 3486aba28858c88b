/**
 * What this client hands to its library and to brokers besides `cluster_settings.ts`, and why.
 *
 * @module
 */

/** The protocol wants one of a producer without transactions too, and ignores it. */
export const TRANSACTION_TIMEOUT_MS = 60_000;

/** Probes of an idle connection, so that a peer that vanished is noticed. */
export const KEEP_ALIVE_MS = 60_000;
