/**
 * Opening the actor log of a run.
 *
 * @module
 */

import { join } from "node:path";
import type { EventLog } from "../../kafka/event_log.ts";
import type { EventLogConfig } from "../../kafka/open_event_log.ts";
import type { ClusterValues } from "../command_line/cluster_arguments.ts";
import {
  findRun,
  hasLog,
  isThere,
  lockForReading,
  logOfRun,
  newestRun,
  openLogOfRun,
  UnreadableRunError,
} from "../find_run.ts";
import { DEFAULT_RUNS_DIRECTORY, type RunPaths, runPaths } from "../run_folder.ts";
import { isOfTheSystem } from "../system_error.ts";
import type { ActorLog } from "./actor_log.ts";
import { readyRunIndex } from "./index/ready_run_index.ts";
import { RecordReader } from "./record_reader.ts";
import { RunActorLog } from "./run_actor_log.ts";
import { readRunContents, type RunContents } from "./run_facts.ts";
import { readyStepFolder } from "./states/ready_step_folder.ts";

/** How far the making of an index has come. */
export interface IndexProgress {
  /** Records worked off, of the order and of the states together, and all of them. */
  readonly done: number;
  /** All there are. */
  readonly total: number;
}

/** Which run, and how it is opened. */
export interface OpenActorLogOptions {
  /** A run's id or its folder; null: the newest. */
  readonly run: string | null;
  /** Where runs are looked up by id. Default `runs`. */
  readonly runs?: string;
  /** What is said otherwise than in the run's manifest, as when its cluster has moved. */
  readonly cluster?: ClusterValues;
  /** What is to be done with it, for errors: "Cannot step through ...". */
  readonly what?: string;
  /** Told while an index is made, which happens once. */
  readonly onProgress?: (progress: IndexProgress) => void;
  /** Told why an index is made although there is one: it is stale, damaged, or of another version. */
  readonly onRebuild?: (why: string) => void;
  /** Ends the making of an index; what was made until then is removed. */
  readonly signal?: AbortSignal;
}

/**
 * Opens a run that nobody plays any more. Others may read it too; nobody can go on with it until it is
 * closed. The index is made when it is not there, or no longer tells of the run as it is, and kept in
 * the run's folder, in `steps/`.
 *
 * @throws {UnreadableRunError} when there is no such run, it is being played, empty, or of a version that
 * cannot be folded here
 * @throws {EventLogError} when its log cannot be read
 * @throws {DOMException} `AbortError`, when `signal` was given and ended it
 *
 * @example
 * ```ts ignore
 * import { openActorLog } from "./mod.ts";
 * await using actorLog = await openActorLog({ run: "burst-20260301-093000-x7k2" });
 * const step = await actorLog.step(
 *   { topic: "order-commands", partition: 3, offset: 117 },
 *   "order-gateway",
 * );
 * console.log(step.outcome, step.before, step.after, step.sent);
 * ```
 */
export async function openActorLog(options: OpenActorLogOptions): Promise<ActorLog> {
  const { what = "step through", runs = DEFAULT_RUNS_DIRECTORY, cluster = {} } = options;
  const directory = options.run === null ? await newestRun(runs, what) : await findRun({
    run: options.run,
    runs,
    what,
    isUsable: hasLog,
    lacks: "it has no log: it ended before it began, or it was played in virtual time and its " +
      "process ended before it did; play it again",
  });
  try {
    return await openRun(directory, { ...options, what, cluster });
  } catch (error) {
    if (!isOfTheSystem(error)) throw error;
    throw new UnreadableRunError(
      `Cannot ${what} ${directory}: its folder keeps a lock and the run's index, and cannot take ` +
        `them: ${error.message}; copy the run to where it can be written`,
      error,
    );
  }
}

async function openRun(
  directory: string,
  options: OpenActorLogOptions & { readonly what: string; readonly cluster: ClusterValues },
): Promise<ActorLog> {
  const { what, cluster } = options;
  const paths = runPaths(directory);
  await using opened = new AsyncDisposableStack();
  const lock = opened.use(
    await lockForReading(paths, {
      what,
      hint: `, or look on: deno task step --live ${directory}`,
    }),
  );
  const config = await logOfRun(paths, cluster);
  if (config === null) throw new UnreadableRunError(`Cannot ${what} ${directory}: its log is gone`);
  if (config.kind === "embedded" && Object.values(cluster).some((value) => value !== undefined)) {
    throw new UnreadableRunError(
      `Cannot ${what} ${directory}: its log is in its folder and on no cluster; leave --brokers and ` +
        "what goes with it out",
    );
  }
  const log = opened.use(await openLogOfRun(config));
  const contents = await readRunContents(paths, { log, what });
  const parts = await openParts({ paths, config, log, contents }, options);
  opened.move();
  return new RunActorLog({ ...contents, ...parts, log, lock, records: new RecordReader(log) });
}

/** The order and the states, each opened or made, side by side. */
async function openParts(
  { paths, config, log, contents }: {
    readonly paths: RunPaths;
    readonly config: EventLogConfig;
    readonly log: EventLog;
    readonly contents: RunContents;
  },
  { onProgress, onRebuild, signal }: OpenActorLogOptions,
) {
  const { ends, run } = contents;
  const steps = join(paths.directory, "steps");
  await Deno.mkdir(steps, { recursive: true });
  const stopping = new AbortController();
  const either = signal === undefined
    ? stopping.signal
    : AbortSignal.any([signal, stopping.signal]);
  const done = { order: 0, states: 0 };
  const total = 2 *
    [...ends].reduce((sum, [name, end]) => name.startsWith("snapshots/") ? sum : sum + end, 0);
  const tell = (part: keyof typeof done, share: number) => {
    done[part] = share * total / 2;
    onProgress?.({ done: Math.round(done.order + done.states), total });
  };
  const events = await isThere(paths.events, "isFile") ? paths.events : null;
  const common = {
    log,
    signal: either,
    ...(onRebuild === undefined ? {} : { onRebuild }),
  };
  const results = await Promise.allSettled([
    stopsOthers(
      stopping,
      readyRunIndex({
        ...common,
        events,
        file: join(steps, "order.sqlite"),
        onProgress: (share) => tell("order", share),
      }),
    ),
    stopsOthers(
      stopping,
      readyStepFolder({
        ...common,
        config,
        parameters: run.parameters,
        file: join(steps, "states"),
        onProgress: (share) => tell("states", share),
      }),
    ),
  ]);
  const [index, folder] = results;
  if (index.status === "fulfilled" && folder.status === "fulfilled") {
    return { index: index.value, folder: folder.value };
  }
  if (index.status === "fulfilled") index.value[Symbol.dispose]();
  if (folder.status === "fulfilled") await folder.value[Symbol.asyncDispose]();
  // Whoever failed first has stopped the other, which then fails with that.
  throw stopping.signal.reason;
}

async function stopsOthers<T>(stopping: AbortController, part: Promise<T>): Promise<T> {
  try {
    return await part;
  } catch (error) {
    if (!stopping.signal.aborted) stopping.abort(error);
    throw error;
  }
}
