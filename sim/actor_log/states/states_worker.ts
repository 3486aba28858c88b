/**
 * A thread that builds states: opens the log for itself, folds, and tells how far it is.
 *
 * @module
 */

import { EventLogError } from "../../../kafka/event_log.ts";
import { type EventLogConfig, openEventLog } from "../../../kafka/open_event_log.ts";
import { foldIntoFiles } from "./fold_into_files.ts";
import { StatesError } from "./states_error.ts";
import type { FoldedRole } from "./step_folder.ts";

/** What the thread is given. */
export interface StatesTask {
  readonly log: EventLogConfig;
  readonly file: string;
  readonly roles: readonly FoldedRole[];
  readonly checkpointRecords?: number | undefined;
}

/** What it tells. */
export type StatesNews =
  | { readonly kind: "progress"; readonly folded: number; readonly of: number }
  | { readonly kind: "done" }
  | {
    readonly kind: "failed";
    readonly message: string;
    /** Of an error of the log, or of the file. */
    readonly code?: EventLogError["code"] | "cannot-write";
  };

async function work({ log: config, ...task }: StatesTask): Promise<StatesNews> {
  try {
    await using log = await openEventLog(config, { create: false });
    await foldIntoFiles(log, {
      ...task,
      onProgress: (folded, of) => tell({ kind: "progress", folded, of }),
    });
    return { kind: "done" };
  } catch (error) {
    if (error instanceof EventLogError) {
      return { kind: "failed", message: error.message, code: error.code };
    }
    if (error instanceof StatesError) {
      // Only what was told after the colon: the error is made again.
      return { kind: "failed", message: error.state, code: "cannot-write" };
    }
    return { kind: "failed", message: error instanceof Error ? error.message : String(error) };
  }
}

/** The part of a worker's global scope that is used here, which the library of windows lacks. */
interface WorkerScope {
  postMessage(news: StatesNews): void;
  onmessage: ((event: MessageEvent<StatesTask>) => void) | null;
}

// This module is only ever loaded by a worker.
const scope = globalThis as unknown as WorkerScope;

function tell(news: StatesNews): void {
  scope.postMessage(news);
}

scope.onmessage = async ({ data }) => tell(await work(data));
