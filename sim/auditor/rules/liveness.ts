/**
 * `liveness`: once the load was over and everything had healed, the floor came to rest within its bound:
 * no group has a record left to work off.
 *
 * @module
 */

import type { EventLog } from "../../../kafka/event_log.ts";
import { formatDuration } from "../../duration.ts";
import type { Findings } from "../findings.ts";

const RULE = "liveness";

/** The groups that work off topics. */
const GROUPS = [
  "order-gateway",
  "trading-engine",
  "portfolio-manager",
  "notifier",
  "audit-logger",
] as const;

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
    for (const { topic, partition, offset, lag } of lags) {
      findings.check(RULE);
      if (lag === 0) continue;
      const text = `${group} had ${lag} records of ${topic}/${partition} left to work off`;
      findings.miss(RULE, text, [{ topic, partition, offset }]);
    }
  }
  if (stuckAfterMs !== undefined) {
    const waited = formatDuration(stuckAfterMs);
    findings.violate(RULE, `the floor had not come to rest ${waited} after the load ended`, []);
  }
  if (!drained) findings.undecide(RULE, "the run was ended before the floor had come to rest");
  if (groups === 0) findings.undecide(RULE, "no group has committed anything");
}
