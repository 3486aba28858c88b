/**
 * The limits of the memory log, in one place.
 *
 * @module
 */

/** Records per poll unless it says otherwise. */
export const DEFAULT_MAX_RECORDS = 1_000;

/** A session's end is noticed so long after it, so that it has surely passed. */
export const EXPIRY_MARGIN_MS = 1;
