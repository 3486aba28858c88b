/**
 * `deno task audit verify <run>`: checks a run's audit log against itself and against the run's log.
 *
 * @module
 */

import { join } from "node:path";
import { parseArgs } from "node:util";
import type { AuditFinding } from "../actors/audit_logger/audit_findings.ts";
import { MAX_FINDINGS } from "../actors/audit_logger/audit_findings.ts";
import { type AuditVerification, verifyAuditLog } from "../actors/audit_logger/verify_audit_log.ts";
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

/** The exit codes of `deno task audit`. */
export const AuditExit = { right: 0, wrong: 1, unusable: 2 } as const;

const USAGE = `Usage: deno task audit verify <run> [--runs DIR] [--json]

Checks that a run's audit log has no hole, that its chain of hashes holds, and that every line
is the record of the run's log. Exits 0 when it is right, 1 when it is not, 2 when it cannot tell.

  <run>       a run's id, or its folder
  --runs DIR  where runs are looked up by id (default ${DEFAULT_RUNS_DIRECTORY})
  --json      prints what was checked and found as JSON

A run's log on a cluster is found by the run's manifest; where the cluster has moved:
${CLUSTER_USAGE}`;

/** Newest runs named when the one asked for is not there. */
const RUNS_NAMED = 5;

/** What the command works with besides its arguments. */
export interface AuditCommandSurroundings {
  readonly print: (line: string) => void;
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
    const directory = await findRun(wanted.run, wanted.runs);
    const verified = await verifyRun(directory, wanted.cluster, surroundings.openLog);
    for (const line of wanted.json ? [toJson(verified)] : render(directory, verified)) print(line);
    return verified.findingCount === 0 ? AuditExit.right : AuditExit.wrong;
  } catch (error) {
    if (!isExpected(error)) throw error;
    print(error.message);
    return AuditExit.unusable;
  }
}

function isExpected(error: unknown): error is Error {
  return error instanceof AuditCommandError || error instanceof EventLogError ||
    error instanceof UsageError ||
    error instanceof Deno.errors.PermissionDenied;
}

interface Wanted {
  readonly run: string;
  readonly runs: string;
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
        json: { type: "boolean", default: false },
        help: { type: "boolean", short: "h", default: false },
        ...CLUSTER_OPTIONS,
      },
      allowPositionals: true,
      strict: true,
    });
    const [command, run, ...more] = positionals;
    const { runs, json, help, ...cluster } = values;
    if (help) return { runs, json, help, cluster, run: "" };
    if (command === undefined) return "Say what to do: verify";
    if (command !== "verify") return `Unknown command ${JSON.stringify(command)}: there is verify`;
    if (run === undefined) return "Say which run to verify: its id or its folder";
    if (more.length > 0) return `One run at a time: ${JSON.stringify(more[0])} is too much`;
    return { runs, json, help, cluster, run };
  } catch (error) {
    return (error as Error).message; // parseArgs throws TypeErrors that say what is wrong
  }
}

/** The folder of a run, given by path or id. */
async function findRun(run: string, runsDirectory: string): Promise<string> {
  const candidates = isRunId(run) ? [join(runsDirectory, run), run] : [run];
  for (const directory of candidates) {
    if (await isThere(runPaths(directory).audit, "isDirectory")) return directory;
  }
  for (const directory of candidates) {
    if (!await isThere(directory, "isDirectory")) continue;
    throw new AuditCommandError(`Cannot verify ${directory}: it has no audit folder`);
  }
  const runs = (await findRuns(runsDirectory)).slice(-RUNS_NAMED).reverse();
  const known = runs.length === 0
    ? `there are no runs in ${runsDirectory}`
    : `the latest runs are ${runs.map(({ runId }) => runId).join(", ")}`;
  throw new AuditCommandError(
    `Cannot verify run ${JSON.stringify(run)}: it is not there; ${known}`,
  );
}

async function verifyRun(
  directory: string,
  cluster: ClusterValues,
  openLog: AuditCommandSurroundings["openLog"],
): Promise<AuditVerification> {
  const paths = runPaths(directory);
  using lock = await lockFile(paths.lock);
  if (lock === null) {
    throw new AuditCommandError(
      `Cannot verify ${directory}: a process is playing it now; wait until it has ended`,
    );
  }
  const config = await logOf(paths, cluster);
  if (config === null) return await verifyAuditLog({ folder: paths.audit });
  await using log = await openLog(config);
  return await verifyAuditLog({ folder: paths.audit, log });
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

function toJson(verified: AuditVerification): string {
  return JSON.stringify(verified, null, 2);
}

function render(directory: string, verified: AuditVerification): readonly string[] {
  const { partitions, comparedWithLog, findings, findingCount } = verified;
  const files = partitions.reduce((sum, { files }) => sum + files, 0);
  const records = partitions.reduce((sum, { records }) => sum + records, 0);
  const passedOver = partitions.flatMap(({ topic, partition, passedOver }) =>
    passedOver.map((name) => `${topic}/${partition}/${name}`)
  );
  const lines = [
    `audit log of ${directory}: ${count(records, "record")} in ${count(files, "file")} of ` +
    `${count(partitions.length, "partition")}`,
    comparedWithLog
      ? "checked: no record is missing, the chain of hashes, every line against the run's log"
      : "checked: no hole, and the chain of hashes; NOT checked: lines against the run's log, and " +
        "whether the end is missing, because the run has no log.sqlite",
  ];
  if (passedOver.length > 0) {
    const [first] = passedOver;
    lines.push(
      `passed over: ${count(passedOver.length, "file")} not (yet) part of it, such as ${first}`,
    );
  }
  if (findingCount === 0) return [...lines, "right"];
  const hidden = findingCount - findings.length;
  return [
    ...lines,
    ...findings.map(describeFinding),
    ...(hidden > 0 ? [`... and ${hidden} more; the first ${MAX_FINDINGS} are shown`] : []),
    `WRONG: ${count(findingCount, "finding")}`,
  ];
}

function describeFinding({ kind, topic, partition, file, line, message }: AuditFinding): string {
  const place = file === null ? `${topic}/${partition}` : line === null ? file : `${file}:${line}`;
  return `  ${place}: ${kind}: ${message}`;
}

function count(n: number, what: string): string {
  return `${n} ${what}${n === 1 ? "" : "s"}`;
}

async function openRunsLog(config: EventLogConfig): Promise<EventLog> {
  if (config.kind === "kafka") await checkCluster(config);
  return await openEventLog(config, { create: false });
}

if (import.meta.main) {
  Deno.exitCode = await auditCommand(Deno.args, {
    print: console.log,
    openLog: openRunsLog,
  });
}
