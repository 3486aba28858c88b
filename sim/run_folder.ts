/**
 * The folder of one run: its log, its audit log, its runtime events, its report, and the manifest
 * that says what was run.
 *
 * ```text
 * runs/<run id>/
 *   manifest.json   what was run: plan, arguments, versions
 *   log.sqlite      every record of every topic, unless the log is on a cluster
 *   audit/          the audit log's segments
 *   events.ndjson   runtime events
 *   latencies.json  latencies measured so far, for when the run is gone on with
 *   report.json     the report
 *   steps/          the index by which it is stepped through, made when it first is
 *   live.json       where a live stepper reaches the process that plays the run, while it does
 *   lock            held by the process that plays the run
 * ```
 *
 * @module
 */

import { basename, join } from "node:path";
import type { Random } from "../actors/seeded_random.ts";
import { lockFile, type ProcessLock } from "../actors/floor/process_lock.ts";
import { readManifest, type RunManifest, writeManifest } from "./run_manifest.ts";

/** Where runs are kept unless told otherwise. */
export const DEFAULT_RUNS_DIRECTORY = "runs";

const RUN_ID = /^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/;

/** The paths of a run's folder. */
export interface RunPaths {
  readonly directory: string;
  readonly manifest: string;
  readonly log: string;
  readonly audit: string;
  readonly events: string;
  readonly latencies: string;
  readonly report: string;
  readonly lock: string;
}

/** A run's folder, locked for this process. */
export interface RunFolder extends Disposable {
  readonly runId: string;
  readonly paths: RunPaths;
  readonly manifest: RunManifest;
  /** Lets another process have the run. Idempotent. */
  [Symbol.dispose](): void;
}

/** A run's folder that cannot be made, read or had. Its message says what would be right. */
export class RunFolderError extends Error {
  constructor(message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = "RunFolderError";
  }
}

/** The paths of the run in a folder. */
export function runPaths(directory: string): RunPaths {
  return {
    directory,
    manifest: join(directory, "manifest.json"),
    log: join(directory, "log.sqlite"),
    audit: join(directory, "audit"),
    events: join(directory, "events.ndjson"),
    latencies: join(directory, "latencies.json"),
    report: join(directory, "report.json"),
    lock: join(directory, "lock"),
  };
}

const RANDOM_DIGITS = 4;

/**
 * A run's id: scenario, time in UTC and four random digits, such as `burst-20260301-093000-x7k2`.
 * Ids of one scenario sort by time.
 */
export function newRunId(scenario: string, at: number, random: Random): string {
  const [date, time] = new Date(at).toISOString().split("T");
  const stamp = `${date!.replaceAll("-", "")}-${time!.slice(0, 8).replaceAll(":", "")}`;
  const digits = Array.from(
    { length: RANDOM_DIGITS },
    () => Math.floor(random() * 36).toString(36),
  );
  return `${scenario}-${stamp}-${digits.join("")}`;
}

/** Whether a text may be a run's id: it is a folder's name, and no path. */
export function isRunId(text: string): boolean {
  return RUN_ID.test(text);
}

/**
 * Makes the folder of a new run, writes its manifest and locks it.
 *
 * @throws {RunFolderError} when the run exists already or the folder cannot be made
 */
export async function createRunFolder(
  runsDirectory: string,
  manifest: RunManifest,
): Promise<RunFolder> {
  const { runId } = manifest;
  if (!isRunId(runId)) {
    throw new RunFolderError(
      `Cannot start run ${JSON.stringify(runId)}: a run's id is 1 to 128 letters, digits, ".", ` +
        `"_" and "-", a letter or digit first`,
    );
  }
  const paths = runPaths(join(runsDirectory, runId));
  await makeNewDirectory(runsDirectory, paths.directory);
  const lock = await lockFile(paths.lock);
  if (lock === null) {
    throw new RunFolderError(`Cannot start run "${runId}": another process has just started it`);
  }
  try {
    await Deno.mkdir(paths.audit);
    writeManifest(paths.manifest, manifest);
  } catch (cause) {
    lock[Symbol.dispose]();
    throw new RunFolderError(`Cannot start run "${runId}": ${(cause as Error).message}`, cause);
  }
  return folderOf(paths, manifest, lock);
}

async function makeNewDirectory(runsDirectory: string, directory: string): Promise<void> {
  const runId = basename(directory);
  try {
    await Deno.mkdir(runsDirectory, { recursive: true });
    await Deno.mkdir(directory);
  } catch (cause) {
    if (cause instanceof Deno.errors.AlreadyExists) {
      throw new RunFolderError(
        `Cannot start run "${runId}": ${directory} exists already; give another --run-id, or ` +
          `--resume ${directory} to go on with it`,
        cause,
      );
    }
    // Deno's file functions throw errors only.
    const { message } = cause as Error;
    throw new RunFolderError(`Cannot start run "${runId}" in ${runsDirectory}: ${message}`, cause);
  }
}

/**
 * Opens the folder of a run that was begun, to go on with it or to read it alone.
 *
 * @throws {RunFolderError} when there is no such run, its manifest is not one, it lacks its log (where
 * that is a file), or another process is playing it
 */
export async function openRunFolder(directory: string): Promise<RunFolder> {
  const paths = runPaths(directory);
  const manifest = await readManifest(paths.manifest).catch((cause: Error) => {
    throw new RunFolderError(`Cannot open run ${directory}: ${cause.message}`, cause);
  });
  const lock = await lockFile(paths.lock);
  if (lock === null) {
    throw new RunFolderError(
      `Cannot open run ${directory}: a process is playing it now; wait until it has ended`,
    );
  }
  const hasLog = manifest.log !== undefined ||
    await Deno.stat(paths.log).then(({ isFile }) => isFile, () => false);
  if (!hasLog) {
    lock[Symbol.dispose]();
    throw new RunFolderError(
      manifest.virtual === undefined
        ? `Cannot open run ${directory}: it has no log.sqlite, so it ended before it began; ` +
          `start the scenario anew`
        : `Cannot open run ${directory}: it was played in virtual time and its process ended before ` +
          `it did, so nothing was kept; play it again, it takes seconds`,
    );
  }
  return folderOf(paths, manifest, lock);
}

function folderOf(paths: RunPaths, manifest: RunManifest, lock: ProcessLock): RunFolder {
  return {
    runId: manifest.runId,
    paths,
    manifest,
    [Symbol.dispose]: () => lock[Symbol.dispose](),
  };
}
