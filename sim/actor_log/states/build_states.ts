/**
 * The states of a run, built: every folded partition is folded once, silently, and what it holds is
 * written down every so many records.
 *
 * @module
 */

import { type EventLog, EventLogError } from "../../../kafka/event_log.ts";
import type { EventLogConfig } from "../../../kafka/open_event_log.ts";
import { foldIntoFiles } from "./fold_into_files.ts";
import { FOLDED_ROLES } from "./folded_roles.ts";
import { StatesError } from "./states_error.ts";
import { removeStates, statesPath } from "./states_writer.ts";
import type { FoldedRole } from "./step_folder.ts";
import type { StatesNews, StatesTask } from "./states_worker.ts";

/** With fewer records threads take longer to start than they save. */
const MIN_RECORDS_FOR_THREADS = 20_000;

/** Roles by thread: the gateway takes about as long as the others together. */
const THREADS: readonly (readonly FoldedRole[])[] = [
  ["order-gateway"],
  ["trading-engine", "portfolio-manager"],
];

/** How states are built. */
export interface BuildStatesOptions {
  /** The run's log, which nobody writes to any more. */
  readonly log: EventLog;
  /** How threads open the log for themselves; without it the caller's thread builds. */
  readonly config?: EventLogConfig | undefined;
  /** What the names of the files begin with, one for each role. Their folder must exist. */
  readonly file: string;
  /** Ends it early, with the signal's reason; nothing is left behind then. */
  readonly signal?: AbortSignal | undefined;
  /** Told now and then how many records have been folded, and of how many. */
  readonly onProgress?: ((folded: number, of: number) => void) | undefined;
  /** Records between two checkpoints, at least. Default {@link CHECKPOINT_RECORDS}. */
  readonly checkpointRecords?: number | undefined;
}

/**
 * Builds them, each role's whole or not at all: in threads of their own where that is worth it.
 *
 * A partition that cannot be folded to its end has checkpoints up to where it can; asking for a step
 * behind that throws what its fold throws.
 *
 * @throws {EventLogError} when the log cannot be read
 * @throws {StatesError} `cannot-write`
 */
export async function buildStates(options: BuildStatesOptions): Promise<void> {
  options.signal?.throwIfAborted();
  const { config, log, file, signal, onProgress, checkpointRecords } = options;
  const common = { file, checkpointRecords };
  try {
    if (config === undefined || (await recordsIn(log)) < MIN_RECORDS_FOR_THREADS) {
      await foldIntoFiles(log, { ...common, roles: FOLDED_ROLES, signal, onProgress });
    } else {
      const tasks = THREADS.map((roles) => ({ ...common, log: config, roles }));
      await inThreads(tasks, { signal, onProgress });
    }
  } catch (error) {
    // What one role has is right, but all of them are built or none.
    for (const role of FOLDED_ROLES) removeStates(statesPath(file, role));
    throw error;
  }
}

async function recordsIn(log: EventLog): Promise<number> {
  const described = await log.describeTopics();
  return described.flatMap(({ offsets }) => offsets)
    .reduce((sum, { start, end }) => sum + end - start, 0);
}

async function inThreads(
  tasks: readonly StatesTask[],
  { signal, onProgress }: Pick<BuildStatesOptions, "signal" | "onProgress">,
): Promise<void> {
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const abort = () => reject(signal?.reason);
  signal?.addEventListener("abort", abort);
  const progress = tasks.map(() => ({ folded: 0, of: 0 }));
  const tell = (task: number, news: { readonly folded: number; readonly of: number }) => {
    progress[task] = news;
    // Before each has told once, nobody knows how many there are.
    if (progress.some(({ of }) => of === 0)) return;
    const sum = (what: "folded" | "of") => progress.reduce((all, one) => all + one[what], 0);
    onProgress?.(sum("folded"), sum("of"));
  };
  const threads = tasks.map((task, i) => new StatesThread(task, (news) => tell(i, news)));
  try {
    await Promise.race([aborted, Promise.all(threads.map(({ done }) => done))]);
  } finally {
    signal?.removeEventListener("abort", abort);
    for (const thread of threads) thread.end();
  }
}

/** Some of the roles in a thread of their own. */
class StatesThread {
  readonly done: Promise<void>;
  readonly #worker: Worker;

  constructor(
    task: StatesTask,
    onProgress: (news: Extract<StatesNews, { kind: "progress" }>) => void,
  ) {
    const worker = new Worker(new URL("./states_worker.ts", import.meta.url), { type: "module" });
    this.#worker = worker;
    this.done = new Promise((resolve, reject) => {
      worker.onmessage = ({ data: news }: MessageEvent<StatesNews>) => {
        if (news.kind === "progress") onProgress(news);
        else if (news.kind === "done") resolve();
        else reject(errorOf(news));
      };
      worker.onerror = (event) => {
        // Else it would end the whole process.
        event.preventDefault();
        reject(new Error(`Cannot build the states of the run: a thread failed: ${event.message}`));
      };
    });
    worker.postMessage(task);
  }

  end(): void {
    this.#worker.terminate();
  }
}

function errorOf({ message, code }: Extract<StatesNews, { kind: "failed" }>): Error {
  if (code === "cannot-write") return new StatesError(code, message);
  return code === undefined ? new Error(message) : new EventLogError(code, message);
}
