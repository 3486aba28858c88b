/**
 * `deno task audit <run>` judges a finished run by its topics alone; `deno task audit verify <run>` checks
 * a run's audit log against itself and against the run's log.
 *
 * @module
 */

import { join } from "node:path";
import { parseArgs } from "node:util";
import { verifyAuditLog } from "../actors/audit_logger/verify_audit_log.ts";
import { type EventLog, EventLogError } from "../kafka/event_log.ts";
import { type EventLogConfig, openEventLog } from "../kafka/open_event_log.ts";
import { checkCluster } from "../kafka/cluster/check_cluster.ts";
import {
  CLUSTER_OPTIONS,
  CLUSTER_USAGE,
  clusterConfigAgain,
  type ClusterValues,
} from "./command_line/cluster_arguments.ts";
import { UsageError } from "./command_line/usage_error.ts";
import { findRuns } from "./clean_command.ts";
import { DEFAULT_RUNS_DIRECTORY, isRunId, type RunPaths, runPaths } from "./run_folder.ts";
import { readManifest } from "./run_manifest.ts";
import { lockFile } from "../actors/floor/process_lock.ts";
import { SpillError } from "./auditor/memory/spill_file.ts";
import { renderAudit } from "./render_audit.ts";
import type { AuditReport } from "./auditor/verdict.ts";
import { auditFinishedRun } from "./audit_finished_run.ts";
import { renderVerification } from "./render_audit_verification.ts";
import { choosePaint, type Paint, plain } from "./report/paint.ts";

/** The exit codes of `deno task audit`. */
export const AuditExit = { right: 0, wrong: 1, unusable: 2 } as const;

const USAGE = `Usage: deno task audit <run> [--runs DIR] [--open] [--json]
       deno task audit verify <run> [--runs DIR] [--json]

The first judges a finished run by the records of its topics: every invariant is held, violated
with the first records that show it, or unknown with the reason. Exits 0 when none is violated,
1 when one is, 2 when it cannot tell.

The second checks that a run's audit log has no hole, that its chain of hashes holds, and that
every line is the record of the run's log. Exits 0 when it is right, 1 when it is not, 2 when it
cannot tell.

  <run>       a run's id, or its folder
  --runs DIR  where runs are looked up by id (default ${DEFAULT_RUNS_DIRECTORY})
  --open      commands may come from clients that write no intents
  --json      prints what was checked and found as JSON

A run's log on a cluster is found by the run's manifest; where the cluster has moved:
${CLUSTER_USAGE}`;

/** Newest runs named when the one asked for is not there. */
const RUNS_NAMED = 5;

/** What the command works with besides its arguments. */
export interface AuditCommandSurroundings {
  readonly print: (line: string) => void;
  /** Shows how far an audit has come; "" takes it away again. Left out: it is not shown. */
  readonly showProgress?: (line: string) => void;
  readonly paint?: Paint;
  /** Opens a run's log. */
  readonly openLog: (config: EventLogConfig) => Promise<EventLog>;
}

/** A run or an option that is not usable; the message says what would be right. */
class AuditCommandError extends Error {}

/** The command: prints what it checked and found, and gives the exit code. */
export async function auditCommand(
  argv: readonly string[],
  surroundings: AuditCommandSurroundings,
): Promise<number> {
  const { print } = surroundings;
  const wanted = parseAuditArguments(argv);
  if (typeof wanted === "string") {
    print(`${wanted}\n\n${USAGE}`);
    return AuditExit.unusable;
  }
  if (wanted.help) {
    print(USAGE);
    return AuditExit.right;
  }
  try {
    return await (wanted.verifies ? verifyRun : judgeRun)(wanted, surroundings);
  } catch (error) {
    if (!isExpected(error)) throw error;
    print(error.message);
    return AuditExit.unusable;
  }
}

function isExpected(error: unknown): error is Error {
  return error instanceof AuditCommandError || error instanceof EventLogError ||
    error instanceof UsageError || error instanceof SpillError || error instanceof RangeError ||
    error instanceof Deno.errors.PermissionDenied;
}

interface Wanted {
  readonly verifies: boolean;
  readonly run: string;
  readonly runs: string;
  readonly open: boolean;
  readonly json: boolean;
  readonly help: boolean;
  /** What is said otherwise than in the run's manifest, as when the cluster moved. */
  readonly cluster: ClusterValues;
}

function parseAuditArguments(argv: readonly string[]): Wanted | string {
  try {
    const { values, positionals } = parseArgs({
      args: [...argv],
      options: {
        runs: { type: "string", default: DEFAULT_RUNS_DIRECTORY },
        open: { type: "boolean", default: false },
        json: { type: "boolean", default: false },
        help: { type: "boolean", short: "h", default: false },
        ...CLUSTER_OPTIONS,
      },
      allowPositionals: true,
      strict: true,
    });
    const verifies = positionals[0] === "verify";
    const [run, ...more] = verifies ? positionals.slice(1) : positionals;
    const { runs, open, json, help, ...cluster } = values;
    if (help) return { verifies, runs, open, json, help, cluster, run: "" };
    const what = verifies ? "verify" : "audit";
    if (run === undefined) return `Say which run to ${what}: its id or its folder`;
    if (more.length > 0) return `One run at a time: ${JSON.stringify(more[0])} is too much`;
    if (verifies && open) return "--open is for the judging of a run, not for verify";
    return { verifies, runs, open, json, help, cluster, run };
  } catch (error) {
    return (error as Error).message; // parseArgs throws TypeErrors that say what is wrong
  }
}

/** The folder of a run, given by path or id, that has something to look at. */
async function findRun(
  { run, runs, verifies }: Wanted,
  isUsable: (paths: RunPaths) => Promise<boolean>,
): Promise<string> {
  const what = verifies ? "verify" : "audit";
  const candidates = isRunId(run) ? [join(runs, run), run] : [run];
  for (const directory of candidates) {
    if (await isUsable(runPaths(directory))) return directory;
  }
  for (const directory of candidates) {
    if (!await isThere(directory, "isDirectory")) continue;
    const lacks = verifies ? "it has no audit folder" : "it has no log.sqlite, and no manifest " +
      "names a cluster";
    throw new AuditCommandError(`Cannot ${what} ${directory}: ${lacks}`);
  }
  const newest = (await findRuns(runs)).slice(-RUNS_NAMED).reverse();
  const known = newest.length === 0
    ? `there are no runs in ${runs}`
    : `the latest runs are ${newest.map(({ runId }) => runId).join(", ")}`;
  throw new AuditCommandError(
    `Cannot ${what} run ${JSON.stringify(run)}: it is not there; ${known}`,
  );
}

async function judgeRun(wanted: Wanted, surroundings: AuditCommandSurroundings): Promise<number> {
  const { print, showProgress, paint = plain, openLog } = surroundings;
  const directory = await findRun(wanted, hasLog);
  const paths = runPaths(directory);
  using _lock = await lockRun("audit", paths);
  const config = await logOf(paths, wanted.cluster);
  if (config === null) throw new AuditCommandError(`Cannot audit ${directory}: its log is gone`);
  await using log = await openLog(config);
  const auditFolder = await isThere(paths.audit, "isDirectory") ? paths.audit : null;
  const report = await auditFinishedRun(log, {
    config,
    auditFolder,
    openFloor: wanted.open,
    ...(showProgress === undefined ? {} : { showProgress }),
  });
  const lines = wanted.json
    ? [JSON.stringify(report, null, 2)]
    : await renderAudit(log, { name: directory, report, paint });
  for (const line of lines) print(line);
  return isViolated(report) ? AuditExit.wrong : AuditExit.right;
}

function isViolated({ verdicts }: AuditReport): boolean {
  return verdicts.some(({ status }) => status === "violated");
}

async function verifyRun(wanted: Wanted, surroundings: AuditCommandSurroundings): Promise<number> {
  const { print, openLog } = surroundings;
  const directory = await findRun(wanted, ({ audit }) => isThere(audit, "isDirectory"));
  const paths = runPaths(directory);
  using _lock = await lockRun("verify", paths);
  const config = await logOf(paths, wanted.cluster);
  await using log = config === null ? null : await openLog(config);
  const verified = await verifyAuditLog({ folder: paths.audit, ...(log === null ? {} : { log }) });
  const lines = wanted.json
    ? [JSON.stringify(verified, null, 2)]
    : renderVerification(directory, verified);
  for (const line of lines) print(line);
  return verified.findingCount === 0 ? AuditExit.right : AuditExit.wrong;
}

async function lockRun(what: string, paths: RunPaths): Promise<Disposable> {
  const lock = await lockFile(paths.lock);
  if (lock !== null) return lock;
  throw new AuditCommandError(
    `Cannot ${what} ${paths.directory}: a process is playing it now; wait until it has ended`,
  );
}

async function hasLog(paths: RunPaths): Promise<boolean> {
  return await isThere(paths.log, "isFile") ||
    (await readManifest(paths.manifest).catch(() => null))?.log !== undefined;
}

/** The log of a run: on the cluster that its manifest names, else its file; null when that is gone. */
async function logOf(paths: RunPaths, cluster: ClusterValues): Promise<EventLogConfig | null> {
  const manifest = await readManifest(paths.manifest).catch(() => null);
  if (manifest?.log !== undefined) return clusterConfigAgain(manifest.log, cluster);
  return await isThere(paths.log, "isFile") ? { kind: "embedded", path: paths.log } : null;
}

async function isThere(path: string, kind: "isFile" | "isDirectory"): Promise<boolean> {
  try {
    return (await Deno.stat(path))[kind];
  } catch (error) {
    if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory) {
      return false;
    }
    throw error;
  }
}

async function openRunsLog(config: EventLogConfig): Promise<EventLog> {
  if (config.kind === "kafka") await checkCluster(config);
  return await openEventLog(config, { create: false });
}

/** A line that is written over itself, on a terminal; elsewhere progress would only be noise. */
function progressLine(): Pick<AuditCommandSurroundings, "showProgress"> {
  if (!Deno.stderr.isTerminal()) return {};
  const encoder = new TextEncoder();
  return { showProgress: (line) => Deno.stderr.writeSync(encoder.encode(`\r\x1b[K${line}`)) };
}

if (import.meta.main) {
  const isTerminal = Deno.stdout.isTerminal();
  Deno.exitCode = await auditCommand(Deno.args, {
    print: console.log,
    ...progressLine(),
    paint: choosePaint({ isTerminal, noColor: Deno.noColor ? "1" : undefined }),
    openLog: openRunsLog,
  });
}
