/**
 * Judges a run that nobody plays any more, by its log: also by what its groups have worked off.
 *
 * @module
 */

import type { EventLog } from "../kafka/event_log.ts";
import type { EventLogConfig } from "../kafka/open_event_log.ts";
import { auditLog } from "./auditor/audit_log_in_threads.ts";
import type { AuditOptions, AuditProgress } from "./auditor/audit_run.ts";
import { hasDrained } from "./auditor/rules/liveness.ts";
import { checkAuditor } from "./auditor/self_check/self_check.ts";
import type { AuditReport } from "./auditor/verdict.ts";
import { percentDone } from "./command_line/progress_line.ts";
import { formatCount } from "./report/figures.ts";

/** What is to be judged, and how. */
export interface FinishedRun {
  /** Where the log is, for threads that open it for themselves. */
  readonly config: EventLogConfig;
  /** Null: there is no audit log. */
  readonly auditFolder: string | null;
  readonly openFloor: boolean;
  /** Shows how far it has come; "" when it is over. */
  readonly showProgress?: (line: string) => void;
}

/** Judges. @throws {EventLogError} when the log cannot be read */
export async function auditFinishedRun(
  log: EventLog,
  { config, auditFolder, openFloor, showProgress }: FinishedRun,
): Promise<AuditReport> {
  const options: AuditOptions = {
    ...(auditFolder === null ? {} : { auditFolder }),
    openFloor,
    drained: await hasDrained(log),
    selfCheck: await checkAuditor(),
    onProgress: everyPercent((line) => showProgress?.(line)),
  };
  try {
    return await auditLog(log, { ...options, config });
  } finally {
    showProgress?.("");
  }
}

function everyPercent(show: (line: string) => void): (progress: AuditProgress) => void {
  let shown = "";
  return ({ topic, partition, recordsRead, recordsTotal, judgesAgain }) => {
    const done = percentDone(recordsRead, recordsTotal) +
      (judgesAgain ? " once more, in one pass" : "");
    if (done === shown) return;
    shown = done;
    show(
      `${done}: ${formatCount(recordsRead)} of ${formatCount(recordsTotal)} records, ` +
        `${topic}/${partition}`,
    );
  };
}
