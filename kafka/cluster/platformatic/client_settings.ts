/**
 * What this client asks of its library besides what every client does, each with its reason.
 *
 * @module
 */

/**
 * The library's own timer, which cannot be set by request: never the first to end. Ours, which knows
 * how long a request may wait, does.
 */
export const LIBRARY_REQUEST_TIMEOUT_MS = 600_000;

/**
 * Requests on the wire to one broker at a time. The broker works them off in order, so more only saves
 * the way back and forth; enough for one send to each of a topic's partitions.
 */
export const REQUESTS_IN_FLIGHT = 16;
