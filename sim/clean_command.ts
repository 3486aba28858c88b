/**
 * `deno task clean`: removes runs.
 *
 * @module
 */

import { join } from "node:path";
import { parseArgs } from "node:util";
import type { ClusterLogConfig } from "../kafka/cluster/cluster_config.ts";
import { deleteCommand } from "./command_line/cluster_arguments.ts";
import { ExitCode } from "./command_line/exit_codes.ts";
import { DEFAULT_RUNS_DIRECTORY, runPaths } from "./run_folder.ts";
import { readManifest } from "./run_manifest.ts";
import { lockFile } from "../actors/floor/process_lock.ts";

/** A run's folder and when it was last begun or resumed, which is when its manifest was written. */
export interface FoundRun {
  readonly runId: string;
  readonly directory: string;
  /** Milliseconds since the epoch. */
  readonly manifestAt: number;
  /** The cluster that its log is on; null: its log is in its folder, or its manifest cannot be read. */
  readonly cluster: ClusterLogConfig | null;
}

/** What was removed and what was left. */
export interface Cleaned {
  readonly removed: readonly FoundRun[];
  /** Played by a process at this moment. */
  readonly busy: readonly FoundRun[];
}

/** The runs in a folder, oldest first. Folders without a manifest are not runs and are not listed. */
export async function findRuns(runsDirectory: string): Promise<readonly FoundRun[]> {
  const runs: FoundRun[] = [];
  try {
    for await (const entry of Deno.readDir(runsDirectory)) {
      if (!entry.isDirectory) continue;
      const directory = join(runsDirectory, entry.name);
      const manifest = await Deno.stat(runPaths(directory).manifest).catch(absent);
      if (manifest === null || !manifest.isFile) continue;
      runs.push({
        runId: entry.name,
        directory,
        manifestAt: manifest.birthtime?.getTime() ?? manifest.mtime?.getTime() ?? 0,
        cluster: await clusterOf(directory),
      });
    }
  } catch (error) {
    absent(error);
  }
  return runs.sort((a, b) => a.manifestAt - b.manifestAt || a.runId.localeCompare(b.runId));
}

async function clusterOf(directory: string): Promise<ClusterLogConfig | null> {
  const manifest = await readManifest(runPaths(directory).manifest).catch(() => null);
  return manifest?.log ?? null;
}

function absent(error: unknown): null {
  if (error instanceof Deno.errors.NotFound) return null;
  throw error;
}

/** Removes all runs of a folder but the newest `keep`. A run that is being played is left alone. */
export async function cleanRuns(runsDirectory: string, keep: number): Promise<Cleaned> {
  const runs = await findRuns(runsDirectory);
  const removed: FoundRun[] = [];
  const busy: FoundRun[] = [];
  for (const run of runs.slice(0, Math.max(0, runs.length - keep))) {
    using lock = await lockFile(runPaths(run.directory).lock);
    if (lock === null) {
      busy.push(run);
      continue;
    }
    await Deno.remove(run.directory, { recursive: true });
    removed.push(run);
  }
  return { removed, busy };
}

const USAGE = `Usage: deno task clean [--keep N] [--runs DIR]

Removes the folders of runs, and nothing else. The topics of a run on a cluster stay: the command
that deletes them is printed.

  --keep N    leaves the newest N runs (default 0)
  --runs DIR  where the runs are (default ${DEFAULT_RUNS_DIRECTORY})`;

/** The command: prints what it did and gives the exit code. */
export async function cleanCommand(
  argv: readonly string[],
  print: (line: string) => void,
): Promise<number> {
  const options = parseCleanArguments(argv);
  if (typeof options === "string") {
    print(`${options}\n\n${USAGE}`);
    return ExitCode.invalid;
  }
  if (options.help) {
    print(USAGE);
    return ExitCode.held;
  }
  const { removed, busy } = await cleanRuns(options.runs, options.keep);
  for (const { runId, directory, cluster } of removed) {
    print(`removed ${directory}`);
    if (cluster === null) continue;
    print(`  its topics are still on the cluster: ${deleteCommand(runId, cluster)}`);
  }
  for (const { directory } of busy) print(`left ${directory}: a process is playing it`);
  if (removed.length === 0) print(`nothing to remove in ${options.runs}`);
  return ExitCode.held;
}

function parseCleanArguments(
  argv: readonly string[],
): { readonly runs: string; readonly keep: number; readonly help: boolean } | string {
  try {
    const { values } = parseArgs({
      args: [...argv],
      options: {
        keep: { type: "string", default: "0" },
        runs: { type: "string", default: DEFAULT_RUNS_DIRECTORY },
        help: { type: "boolean", short: "h", default: false },
      },
      strict: true,
    });
    if (!/^\d{1,6}$/.test(values.keep)) {
      return `--keep: ${JSON.stringify(values.keep)}: must be a whole number, 0 or more`;
    }
    return { runs: values.runs, keep: Number(values.keep), help: values.help };
  } catch (error) {
    return (error as Error).message; // parseArgs throws TypeErrors that say what is wrong
  }
}

if (import.meta.main) Deno.exitCode = await cleanCommand(Deno.args, console.log);
