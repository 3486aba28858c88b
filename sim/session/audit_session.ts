/**
 * What a session's log holds once its floor has been stopped.
 *
 * @module
 */

import type { EventLog } from "../../kafka/event_log.ts";
import { auditLog } from "../auditor/audit_log_in_threads.ts";
import { checkAuditor } from "../auditor/self_check/self_check.ts";
import type { Verdict } from "../auditor/verdict.ts";
import type { RunFolder } from "../run_folder.ts";
import type { SessionGround } from "./session_ground.ts";

/** What was found. */
export interface AuditedSession {
  readonly verdicts: readonly Verdict[];
  /** All that were ever appended to the run's topics, also what its floor wrote as it was stopped. */
  readonly recordsAppended: number;
}

/** Reads the log of a session past all faults. @throws {EventLogError} when it cannot be read */
export async function auditSession(
  ground: Pick<SessionGround, "openAgain" | "logConfig">,
  options: {
    readonly folder: Pick<RunFolder, "paths">;
    readonly drained: boolean;
    /** How long the floor was waited for in vain. */
    readonly stuckAfterMs: number | undefined;
    /** Of the session and of those that repeated it. */
    readonly digests: readonly string[];
    readonly say: (text: string) => void;
  },
): Promise<AuditedSession> {
  await using log = await ground.openAgain();
  const { drained, stuckAfterMs, digests, say } = options;
  let isSaid = false;
  const report = await auditLog(log, {
    config: ground.logConfig,
    auditFolder: options.folder.paths.audit,
    drained,
    ...(stuckAfterMs === undefined ? {} : { stuckAfterMs }),
    digests,
    selfCheck: await checkAuditor(),
    onProgress({ judgesAgain }) {
      if (judgesAgain && !isSaid) {
        say("judging once more, in one pass: two halves left something open");
      }
      isSaid = judgesAgain;
    },
  });
  say(
    `audited ${report.recordsRead} records in ${(report.tookMs / 1000).toFixed(1)} s`,
  );
  return { verdicts: report.verdicts, recordsAppended: await recordsAppended(log) };
}

async function recordsAppended(log: EventLog): Promise<number> {
  const topics = await log.describeTopics();
  return topics.flatMap(({ offsets }) => offsets).reduce((sum, { end }) => sum + end, 0);
}
