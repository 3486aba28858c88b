/**
 * `deno task audit <run>` judges a finished run by its topics alone; `deno task audit verify <run>` checks
 * a run's audit log against itself and against the run's log.
 *
 * @module
 */

import { parseArgs } from "node:util";
import { verifyAuditLog } from "../actors/audit_logger/verify_audit_log.ts";
import { type EventLog, EventLogError } from "../kafka/event_log.ts";
import type { EventLogConfig } from "../kafka/open_event_log.ts";
import {
  CLUSTER_OPTIONS,
  CLUSTER_USAGE,
  type ClusterValues,
} from "./command_line/cluster_arguments.ts";
import { progressLine } from "./command_line/progress_line.ts";
import { UsageError } from "./command_line/usage_error.ts";
import {
  findRun,
  hasLog,
  isThere,
  lockForReading,
  logOfRun,
  openLogOfRun,
  UnreadableRunError,
} from "./find_run.ts";
import { DEFAULT_RUNS_DIRECTORY, runPaths } from "./run_folder.ts";
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

/** What the command works with besides its arguments. */
export interface AuditCommandSurroundings {
  readonly print: (line: string) => void;
  /** Shows how far an audit has come; "" takes it away again. Left out: it is not shown. */
  readonly showProgress?: (line: string) => void;
  readonly paint?: Paint;
  /** Opens a run's log. */
  readonly openLog: (config: EventLogConfig) => Promise<EventLog>;
}

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
  return error instanceof UnreadableRunError || error instanceof EventLogError ||
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

async function judgeRun(wanted: Wanted, surroundings: AuditCommandSurroundings): Promise<number> {
  const { print, showProgress, paint = plain, openLog } = surroundings;
  const directory = await findRun({
    ...wanted,
    what: "audit",
    isUsable: hasLog,
    lacks: "it has no log.sqlite, and no manifest names a cluster",
  });
  const paths = runPaths(directory);
  using _lock = await lockForReading(paths, { what: "audit" });
  const config = await logOfRun(paths, wanted.cluster);
  if (config === null) throw new UnreadableRunError(`Cannot audit ${directory}: its log is gone`);
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
  const directory = await findRun({
    ...wanted,
    what: "verify",
    isUsable: ({ audit }) => isThere(audit, "isDirectory"),
    lacks: "it has no audit folder",
  });
  const paths = runPaths(directory);
  using _lock = await lockForReading(paths, { what: "verify" });
  const config = await logOfRun(paths, wanted.cluster);
  await using log = config === null ? null : await openLog(config);
  const verified = await verifyAuditLog({ folder: paths.audit, ...(log === null ? {} : { log }) });
  const lines = wanted.json
    ? [JSON.stringify(verified, null, 2)]
    : renderVerification(directory, verified);
  for (const line of lines) print(line);
  return verified.findingCount === 0 ? AuditExit.right : AuditExit.wrong;
}

if (import.meta.main) {
  const isTerminal = Deno.stdout.isTerminal();
  Deno.exitCode = await auditCommand(Deno.args, {
    print: console.log,
    ...progressLine(),
    paint: choosePaint({ isTerminal, noColor: Deno.noColor ? "1" : undefined }),
    openLog: openLogOfRun,
  });
}
