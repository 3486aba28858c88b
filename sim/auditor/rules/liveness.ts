/**
 * `liveness`: once the load was over and everything had healed, the floor came to rest within its bound:
 * no group has a record left to work off.
 *
 * @module
 */

import type { EventLog } from "../../../kafka/event_log.ts";
import type { Findings } from "../findings.ts";
import { firstLeftOver } from "./left_over.ts";

const RULE = "liveness";

/** The groups that work off topics. */
const GROUPS = [
  "order-gateway",
  "trading-engine",
  "portfolio-manager",
  "notifier",
  "audit-logger",
] as const;

/**
 * Whether every group has worked off all there is, as the log says of a run that is over. Where no group
 * has committed anything nobody can tell.
 */
export async function hasDrained(log: EventLog): Promise<boolean> {
  const byGroup = await Promise.all(GROUPS.map((group) => log.lag(group)));
  const played = byGroup.filter((lags) => lags.some(({ offset }) => offset > 0));
  if (played.length === 0) return false;
  for (const lag of played.flat()) if (await firstLeftOver(log, lag) !== null) return false;
  return true;
}

/** What is known of a run's end besides its log. */
export interface RestFacts {
  /** Whether every group had caught up when the run was ended. */
  readonly drained: boolean;
  /** Set when it was waited for so long, in ms, and in vain. */
  readonly stuckAfterMs?: number | undefined;
}

/**
 * Looks how far each group has come. A role that nobody played has no group, and leaves nothing undone.
 *
 * @throws {EventLogError} when the log cannot be read
 */
export async function judgeLiveness(
  log: EventLog,
  findings: Findings,
  { drained, stuckAfterMs }: RestFacts,
): Promise<void> {
  let groups = 0;
  for (const group of GROUPS) {
    const lags = await log.lag(group);
    if (lags.every(({ offset }) => offset === 0)) continue;
    groups++;
    for (const lag of lags) {
      findings.check(RULE);
      const offset = await firstLeftOver(log, lag);
      if (offset === null) continue;
      const { topic, partition } = lag;
      const text = `${group} had ${lag.lag} records of ${topic}/${partition} left to work off`;
      findings.miss(RULE, text, [{ topic, partition, offset }]);
    }
  }
  if (stuckAfterMs !== undefined) {
    const waited = `${Math.round(stuckAfterMs / 1_000)} s`;
    findings.violate(RULE, `the floor had not come to rest ${waited} after the load ended`, []);
  }
  if (!drained) findings.undecide(RULE, "the run was ended before the floor had come to rest");
  if (groups === 0) findings.undecide(RULE, "no group has committed anything");
}
