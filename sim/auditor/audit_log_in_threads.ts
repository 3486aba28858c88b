/**
 * Audits of logs that other threads can open too, in two threads where that is worth it.
 *
 * @module
 */

import { type EventLog, EventLogError } from "../../kafka/event_log.ts";
import { type EventLogConfig, openEventLog } from "../../kafka/open_event_log.ts";
import type { AuditPartOptions, AuditPartReport } from "./audit_part.ts";
import { topicsOf } from "./audit_part.ts";
import {
  type AuditOptions,
  auditRun,
  judgeByHalves,
  judgeRun,
  partOptions,
  progressOf,
} from "./audit_run.ts";
import type { AuditNews, AuditTask } from "./audit_worker.ts";
import type { RuleFamily } from "./rule_families.ts";
import type { AuditReport } from "./verdict.ts";

/** With fewer records a second thread takes longer to start than it saves. */
const MIN_RECORDS_FOR_THREADS = 50_000;

/**
 * Judges a run in as many threads as it is worth. Without `config`, by which threads can open the log for
 * themselves, in the caller's. Errors as with {@link auditLogInThreads}.
 */
export async function auditLog(
  log: EventLog,
  options: AuditOptions & { readonly config?: EventLogConfig | undefined },
): Promise<AuditReport> {
  const { config } = options;
  const ends = (await log.describeTopics()).flatMap(({ offsets }) => offsets);
  const records = ends.reduce((sum, { start, end }) => sum + end - start, 0);
  const isSmall = config === undefined || records < MIN_RECORDS_FOR_THREADS;
  return isSmall ? await auditRun(log, options) : await auditLogInThreads(config, options);
}

/**
 * Judges a run as `auditRun` does, in two threads that each open the log for themselves. Only a run that
 * breaks a rule is judged again, in one.
 *
 * @throws {RangeError} when a partition is longer than the auditor can hold places of
 * @throws {EventLogError} when the log cannot be read
 */
export async function auditLogInThreads(
  config: EventLogConfig,
  options: AuditOptions = {},
): Promise<AuditReport> {
  await using log = await openEventLog(config, { create: false });
  return await judgeRun(log, options, async (topics) => {
    const partOf = (family: RuleFamily) => ({ family, topics, ...partOptions(options) });
    const halves = (["users", "engines"] as const).map((family) => topicsOf(partOf(family)));
    const tellHalves = progressOf(options, halves);
    const tellWhole = progressOf(options, [topicsOf(partOf("all"))], { judgesAgain: true });
    const threads: AuditThread[] = [];
    try {
      return await judgeByHalves((family) => {
        const thread = new AuditThread(
          { log: config, part: partOf(family) },
          family === "all" ? tellWhole : tellHalves,
        );
        threads.push(thread);
        return thread.report;
      });
    } finally {
      for (const thread of threads) thread.end();
    }
  });
}

/** One part in a thread of its own. */
class AuditThread {
  readonly report: Promise<AuditPartReport>;
  readonly #worker: Worker;

  constructor(task: AuditTask, onProgress: NonNullable<AuditPartOptions["onProgress"]>) {
    const worker = new Worker(new URL("./audit_worker.ts", import.meta.url), { type: "module" });
    this.#worker = worker;
    this.report = new Promise((resolve, reject) => {
      worker.onmessage = ({ data: news }: MessageEvent<AuditNews>) => {
        if (news.kind === "progress") {
          onProgress(news.at, news.records);
          return;
        }
        // A pass over all that may follow is not to share the memory with what a half held.
        this.end();
        if (news.kind === "done") resolve(news.report);
        else reject(errorOf(news));
      };
      worker.onerror = (event) => {
        // Else it would end the whole process.
        event.preventDefault();
        reject(new Error(`Cannot audit: its thread failed: ${event.message}`));
      };
    });
    worker.postMessage(task);
  }

  end(): void {
    this.#worker.terminate();
  }
}

function errorOf({ message, code }: Extract<AuditNews, { kind: "failed" }>): Error {
  return code === undefined ? new Error(message) : new EventLogError(code, message);
}
