/**
 * The thread of one part of an audit: opens the log for itself, reads, judges, and tells what it found.
 *
 * @module
 */

import { EventLogError } from "../../kafka/event_log.ts";
import { type EventLogConfig, openEventLog } from "../../kafka/open_event_log.ts";
import { auditPart, type AuditPartOptions, type AuditPartReport } from "./audit_part.ts";

/** Records after which progress is told: for every portion it would keep a third thread busy. */
const RECORDS_TOLD_TOGETHER = 5_000;

/** What a thread is given. */
export interface AuditTask {
  readonly log: EventLogConfig;
  readonly part: Omit<AuditPartOptions, "onProgress">;
}

/** What it tells. */
export type AuditNews =
  | {
    readonly kind: "progress";
    readonly at: { readonly topic: string; readonly partition: number };
    readonly records: number;
  }
  | { readonly kind: "done"; readonly report: AuditPartReport }
  | {
    readonly kind: "failed";
    readonly message: string;
    /** Of an error of the log. */
    readonly code?: EventLogError["code"];
  };

/** Tells of records once there are enough of them. */
class ProgressTeller {
  #at: Progress["at"] | null = null;
  #records = 0;

  add(at: Progress["at"], records: number): void {
    this.#at = at;
    this.#records += records;
    if (this.#records >= RECORDS_TOLD_TOGETHER) this.tellRest();
  }

  tellRest(): void {
    if (this.#at !== null) tell({ kind: "progress", at: this.#at, records: this.#records });
    this.#at = null;
    this.#records = 0;
  }
}

type Progress = Extract<AuditNews, { kind: "progress" }>;

async function work({ log: config, part }: AuditTask): Promise<AuditNews> {
  try {
    await using log = await openEventLog(config, { create: false });
    const progress = new ProgressTeller();
    const report = await auditPart(log, {
      ...part,
      onProgress: (at, records) => progress.add(at, records),
    });
    progress.tellRest();
    return { kind: "done", report };
  } catch (error) {
    if (error instanceof EventLogError) {
      return { kind: "failed", message: error.message, code: error.code };
    }
    return { kind: "failed", message: error instanceof Error ? error.message : String(error) };
  }
}

/** The part of a worker's global scope that is used here, which the library of windows lacks. */
interface WorkerScope {
  postMessage(news: AuditNews): void;
  onmessage: ((event: MessageEvent<AuditTask>) => void) | null;
}

// This module is only ever loaded by a worker.
const scope = globalThis as unknown as WorkerScope;

function tell(news: AuditNews): void {
  scope.postMessage(news);
}

scope.onmessage = async ({ data }) => tell(await work(data));
