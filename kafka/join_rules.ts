/**
 * What a member may join a group with, on every log of our own.
 *
 * @module
 */

import type { JoinOptions } from "./event_log.ts";
import { checkName } from "./topic_rules.ts";

/** A group member's session unless it says otherwise. */
export const DEFAULT_SESSION_TIMEOUT_MS = 10_000;

/** The shortest and the longest session. */
export const SESSION_TIMEOUT_RANGE_MS = { min: 10, max: 3_600_000 } as const;

/** Heartbeats are written this often within a session. */
export const HEARTBEATS_PER_SESSION = 3;

/** What a member joins with. */
export interface CheckedJoin {
  readonly group: string;
  readonly instanceId: string;
  /** None of them twice. */
  readonly topics: readonly string[];
  readonly sessionTimeoutMs: number;
}

/**
 * @throws {EventLogError} `invalid-topic` for a name that may not be
 * @throws {RangeError} for a session that may not be
 */
export function checkedJoin(options: JoinOptions): CheckedJoin {
  checkName("name", options.group);
  checkName("member's instance id", options.instanceId);
  const sessionTimeoutMs = options.sessionTimeoutMs ?? DEFAULT_SESSION_TIMEOUT_MS;
  const { min, max } = SESSION_TIMEOUT_RANGE_MS;
  if (!Number.isInteger(sessionTimeoutMs) || sessionTimeoutMs < min || sessionTimeoutMs > max) {
    throw new RangeError(
      `Cannot join group "${options.group}": a session takes ${min} to ${max} whole milliseconds, ` +
        `not ${sessionTimeoutMs}`,
    );
  }
  const { group, instanceId } = options;
  return { group, instanceId, topics: [...new Set(options.topics)], sessionTimeoutMs };
}
