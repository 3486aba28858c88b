/**
 * What a session's log holds once its floor has been stopped.
 *
 * @module
 */

import type { Clock } from "../../actors/runtime/clock.ts";
import type { EventLog } from "../../kafka/event_log.ts";
import { auditRun } from "../auditor/audit_run.ts";
import type { Verdict } from "../auditor/verdict.ts";
import type { RunFolder } from "../run_folder.ts";
import type { SessionLog } from "./session_log.ts";

/** What was found. */
export interface AuditedSession {
  readonly verdicts: readonly Verdict[];
  /** All that were ever appended to the run's topics, also what its floor wrote as it was stopped. */
  readonly recordsAppended: number;
}

/** Reads the log of a session past all faults. @throws {EventLogError} when it cannot be read */
export async function auditSession(
  sessionLog: SessionLog,
  options: {
    readonly folder: RunFolder;
    readonly drained: boolean;
    readonly say: (text: string) => void;
    readonly clock: Clock;
  },
): Promise<AuditedSession> {
  await using log = await sessionLog.openAgain();
  const { drained, clock } = options;
  const report = await auditRun(log, {
    auditFolder: options.folder.paths.audit,
    drained,
    now: () => clock.now(),
  });
  options.say(
    `audited ${report.recordsRead} records in ${(report.tookMs / 1000).toFixed(1)} s`,
  );
  return { verdicts: report.verdicts, recordsAppended: await recordsAppended(log) };
}

async function recordsAppended(log: EventLog): Promise<number> {
  const topics = await log.describeTopics();
  return topics.flatMap(({ offsets }) => offsets).reduce((sum, { end }) => sum + end, 0);
}
