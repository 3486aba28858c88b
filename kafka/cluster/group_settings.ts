/**
 * Every number that decides how members of groups behave, with its reason.
 *
 * @module
 */

/** A group member's session unless it says otherwise. */
export const DEFAULT_SESSION_TIMEOUT_MS = 10_000;

/** The shortest session that Kafka takes with its default settings is 6_000; it decides itself. */
export const SESSION_TIMEOUT_RANGE_MS = { min: 10, max: 1_800_000 } as const;

/**
 * Heartbeats tell of a rebalance, so this is how fast the others take over from a member that left.
 * Ten in a session, so that a few may be lost; more often than every 100 ms is not worth the work.
 */
export const HEARTBEAT_MS = { perSession: 10, least: 100, most: 500 } as const;

/**
 * For how many sessions a rebalance waits for members that have not come again. A busy member whose
 * thread does not turn is expelled after one session, which is when the others want to go on. So the
 * session is to decide, and a member that hears of the rebalance late is still waited for.
 */
export const REBALANCE_SESSIONS = 2;

/** A heartbeat in the midst of long work waits so long for its answer: the work has to go on. */
export const HEARTBEAT_WAIT_MS = 500;

/** A look at a group that is being rebalanced is put off for so long at most. */
export const SETTLING_PATIENCE_MS = 30_000;
