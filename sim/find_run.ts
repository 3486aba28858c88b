/**
 * Finding a run by its id or its folder, for the commands that read one that nobody plays any more.
 *
 * @module
 */

import { join } from "node:path";
import { lockFile } from "../actors/floor/process_lock.ts";
import { checkCluster } from "../kafka/cluster/check_cluster.ts";
import type { EventLog } from "../kafka/event_log.ts";
import { type EventLogConfig, openEventLog } from "../kafka/open_event_log.ts";
import { findRuns } from "./clean_command.ts";
import { clusterConfigAgain, type ClusterValues } from "./command_line/cluster_arguments.ts";
import { suggestion } from "./nearest.ts";
import { isRunId, type RunPaths, runPaths } from "./run_folder.ts";
import { readManifest } from "./run_manifest.ts";

/** Newest runs named when the one asked for is not there. */
const RUNS_NAMED = 5;

/** Of so many newest runs the one most like what was asked for is named. */
const RUNS_COMPARED = 1_000;

/** A run that cannot be read; the message says what would be right. */
export class UnreadableRunError extends Error {
  /** The message is action, colon, state, and what would be right. */
  constructor(message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = "UnreadableRunError";
  }
}

/** What a command needs of a run. */
export interface RunWanted {
  /** A run's id, or its folder. */
  readonly run: string;
  /** Where runs are looked up by id. */
  readonly runs: string;
  /** What is to be done with it, as in "Cannot audit run". */
  readonly what: string;
  /** Whether a folder has what is needed. */
  readonly isUsable: (paths: RunPaths) => Promise<boolean>;
  /** What a folder without it lacks. */
  readonly lacks: string;
}

/** The folder of a run. @throws {UnreadableRunError} when it is not there or lacks what is needed */
export async function findRun({ run, runs, what, isUsable, lacks }: RunWanted): Promise<string> {
  const candidates = isRunId(run) ? [join(runs, run), run] : [run];
  for (const directory of candidates) {
    if (await isUsable(runPaths(directory))) return directory;
  }
  for (const directory of candidates) {
    if (!await isThere(directory, "isDirectory")) continue;
    throw new UnreadableRunError(`Cannot ${what} ${directory}: ${lacks}`);
  }
  const ids = (await findRuns(runs)).map(({ runId }) => runId).reverse();
  const known = ids.length === 0
    ? `there are no runs in ${runs}`
    : `the latest runs are ${ids.slice(0, RUNS_NAMED).join(", ")}` +
      suggestion(run, ids.slice(0, RUNS_COMPARED));
  throw new UnreadableRunError(
    `Cannot ${what} run ${JSON.stringify(run)}: it is not there; ${known}`,
  );
}

/** The folder of the newest run. @throws {UnreadableRunError} when there is none */
export async function newestRun(runs: string, what: string): Promise<string> {
  const newest = (await findRuns(runs)).at(-1);
  if (newest !== undefined) return newest.directory;
  throw new UnreadableRunError(
    `Cannot ${what}: there are no runs in ${runs}; make one: deno task sim scenarios/burst.ts`,
  );
}

/** Whether the run's log is there: a file, or on the cluster that its manifest names. */
export async function hasLog(paths: RunPaths): Promise<boolean> {
  return await isThere(paths.log, "isFile") ||
    (await readManifest(paths.manifest).catch(() => null))?.log !== undefined;
}

/** The log of a run: on the cluster that its manifest names, else its file; null when that is gone. */
export async function logOfRun(
  paths: RunPaths,
  cluster: ClusterValues,
): Promise<EventLogConfig | null> {
  const manifest = await readManifest(paths.manifest).catch(() => null);
  if (manifest?.log !== undefined) return clusterConfigAgain(manifest.log, cluster);
  return await isThere(paths.log, "isFile") ? { kind: "embedded", path: paths.log } : null;
}

/** Opens a run's log, which must be there. @throws {EventLogError} */
export async function openLogOfRun(config: EventLogConfig): Promise<EventLog> {
  if (config.kind === "kafka") await checkCluster(config);
  return await openEventLog(config, { create: false });
}

/**
 * Holds the run for reading: others may read it too, nobody may play it.
 * @throws {UnreadableRunError} while a process plays it
 */
export async function lockForReading(
  { directory, lock: path }: RunPaths,
  options: { readonly what: string; /** What else could be done. */ readonly hint?: string },
): Promise<Disposable> {
  const lock = await lockFile(path, { shared: true });
  if (lock !== null) return lock;
  throw new UnreadableRunError(
    `Cannot ${options.what} ${directory}: a process is playing it now; wait until it has ended` +
      (options.hint ?? ""),
  );
}

/** Whether there is a file or a folder of that path. */
export async function isThere(path: string, kind: "isFile" | "isDirectory"): Promise<boolean> {
  try {
    return (await Deno.stat(path))[kind];
  } catch (error) {
    if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory) {
      return false;
    }
    throw error;
  }
}
