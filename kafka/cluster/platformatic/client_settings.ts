/**
 * What this client asks of its library besides what every client does, each with its reason.
 *
 * @module
 */

/** How the broker's own logs and quotas call us. */
export const CLIENT_ID = "outcry";

/** A follower's assignment waits for the leader, which may have died just then. */
export const SYNC_WAIT_MS = 20_000;

/** How long the controller may take over creating or deleting topics. */
export const TOPIC_CHANGE_WAIT_MS = 10_000;

/**
 * How long a leader may wait for its replicas before it says so. The batch is then sent again under its
 * old number, so nothing is stored twice; and a leader that is frozen is noticed so much the sooner.
 */
export const REPLICATION_WAIT_MS = 8_000;

/**
 * A batch is sent again, under its old number, until then. The broker recognises it, which it cannot
 * when a new producer sends it. So this outlives the change of a leader with Kafka's own settings
 * (9 s); a longer outage is the caller's to bridge.
 */
export const SEND_PATIENCE_MS = 15_000;

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
