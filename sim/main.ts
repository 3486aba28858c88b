/**
 * `deno task sim`: plays a scenario, or goes on with a run, and says how it went.
 *
 * @module
 */

import { onInterrupt } from "./command_line/on_interrupt.ts";
import { paintFor } from "./command_line/paint_for.ts";
import { relative } from "node:path";
import { FloorFailedError } from "../actors/floor/floor_failed_error.ts";
import { MetricsPortError } from "../actors/telemetry/serve_metrics.ts";
import { EventLogError } from "../kafka/event_log.ts";
import { beginRun, goOn } from "./begin_run.ts";
import { FloorParametersError } from "../actors/floor/floor_parameters.ts";
import { ExitCode } from "./command_line/exit_codes.ts";
import { listScenarios, LoadError } from "./command_line/load_scenario.ts";
import { parseSimArguments, type SimCommand, UsageError } from "./command_line/sim_arguments.ts";
import { renderUsage, USAGE_LINE } from "./command_line/usage.ts";
import { LINE_EVERY_MS, ProgressWriter, UPDATE_EVERY_MS } from "./progress_writer.ts";
import type { Paint } from "./report/paint.ts";
import { renderReport } from "./report/render_report.ts";
import { finishedReport, makeReport, type RunReport, writeReport } from "./report/run_report.ts";
import { openRunFolder, type RunFolder, RunFolderError } from "./run_folder.ts";
import { ScenarioError } from "./scenario.ts";
import { playSession } from "./session/play_session.ts";
import type { SessionSurroundings } from "./session/session.ts";
import { OUTCRY_VERSION } from "./version.ts";
import { sayWarnings } from "./warnings.ts";
import { VirtualTimeError } from "../actors/runtime/virtual_time.ts";
import { playVirtualSession } from "./virtual/play_virtual_session.ts";
import { throttled } from "./virtual/throttled.ts";

/** Where the shipped scenarios are, for whoever runs the command elsewhere. */
const SCENARIOS = new URL("../scenarios/", import.meta.url);

/** The width of what is no terminal, or does not say how wide it is. */
const UNKNOWN_COLUMNS = 100;

const encoder = new TextEncoder();

/** Runs the command. @returns the exit code */
export async function simMain(argv: readonly string[]): Promise<number> {
  let begun: RunFolder | null = null;
  try {
    const command = parseSimArguments(argv);
    if (command.kind === "help" || command.kind === "list") return await usage(command.kind);
    const moment = { at: new Date().toISOString(), argv: [...argv] };
    if (command.kind === "run") {
      using folder = begun = await beginRun(command, moment);
      return await play(folder, command);
    }
    using opened = begun = await openRunFolder(command.directory);
    const finished = await finishedReport(opened.paths.report);
    return finished === null
      ? await play(await goOn(opened, command, moment), command)
      : showAgain(finished, command);
  } catch (error) {
    return explain(error, begun);
  }
}

async function usage(kind: "help" | "list"): Promise<number> {
  const folder = relative(Deno.cwd(), SCENARIOS.pathname) || ".";
  const text = renderUsage(await listScenarios(folder));
  if (kind === "help") {
    console.log(text);
    return ExitCode.held;
  }
  console.error(text);
  return ExitCode.invalid;
}

/** Of a run whose script was played to the end there is nothing to play: its report stands. */
function showAgain(report: RunReport, { json }: { readonly json: boolean }): number {
  const stream = json ? Deno.stderr : Deno.stdout;
  console.error(`run ${report.runId} was played to its end; this is its report:`);
  const paint = paintFor(stream);
  show(report, { json, paint });
  return report.exitCode;
}

async function play(
  folder: RunFolder,
  command: Extract<SimCommand, { kind: "run" | "resume" }>,
): Promise<number> {
  const { json } = command;
  // With --json the report alone goes to standard output.
  const stream = json ? Deno.stderr : Deno.stdout;
  const paint = paintFor(stream);
  const progress = new ProgressWriter({
    write: (text) => void stream.writeSync(encoder.encode(text)),
    isTerminal: stream.isTerminal(),
    columns: () =>
      stream.isTerminal() ? Deno.consoleSize().columns || UNKNOWN_COLUMNS : UNKNOWN_COLUMNS,
    paint,
  });
  using _warnings = sayWarnings((text) => progress.say(text));
  const interruption = onInterrupt();
  try {
    progress.say(`run ${folder.runId}, in ${folder.paths.directory}, by process ${Deno.pid}`);
    const result = await playInItsTime(command, {
      folder,
      progress: (snapshot) => progress.update(snapshot),
      say: (text) => progress.say(text),
      interrupted: interruption.signal,
      metricsPort: command.metricsPort,
    }, stream);
    progress.finish();
    const report = makeReport({
      ...result,
      runId: folder.runId,
      directory: folder.paths.directory,
      plan: folder.manifest.plan,
      machine: machine(),
    });
    writeReport(folder.paths.report, report);
    show(report, { json, paint });
    return report.exitCode;
  } finally {
    progress.finish();
    interruption[Symbol.dispose]();
  }
}

/** In real or in virtual time, which comes in bursts: there no more is told than can be read. */
async function playInItsTime(
  command: Extract<SimCommand, { kind: "run" | "resume" }>,
  surroundings: SessionSurroundings,
  stream: { isTerminal(): boolean },
) {
  if (command.kind === "resume" || command.virtual === null) return await playSession(surroundings);
  const everyMs = stream.isTerminal() ? UPDATE_EVERY_MS : LINE_EVERY_MS;
  const progress = throttled(surroundings.progress, { everyMs, now: () => performance.now() });
  return await playVirtualSession({ ...surroundings, ...command.virtual, progress });
}

function show(report: RunReport, { json, paint }: { json: boolean; paint: Paint }): void {
  console.log(json ? JSON.stringify(report) : `\n${renderReport(report, paint)}`);
}

function machine(): RunReport["machine"] {
  return {
    cores: navigator.hardwareConcurrency,
    os: Deno.build.os,
    arch: Deno.build.arch,
    deno: Deno.version.deno,
    outcry: OUTCRY_VERSION,
  };
}

/** Says what went wrong; errors that a user can mend come without a stack. */
function explain(error: unknown, begun: RunFolder | null): number {
  if (error instanceof UsageError) {
    console.error(`${error.message}\n\n${USAGE_LINE}\n--help lists scenarios and options.`);
    return ExitCode.invalid;
  }
  if (
    error instanceof LoadError || error instanceof ScenarioError ||
    error instanceof FloorParametersError || error instanceof RunFolderError ||
    error instanceof MetricsPortError
  ) {
    console.error(error.message);
    return ExitCode.invalid;
  }
  if (
    error instanceof FloorFailedError || error instanceof EventLogError ||
    error instanceof VirtualTimeError || isOfSystem(error)
  ) {
    console.error(`${error.message}\n${adviceAfter(begun)}`);
    return ExitCode.failed;
  }
  throw error;
}

function adviceAfter(begun: RunFolder | null): string {
  if (begun === null) return "Nothing was started.";
  const { paths: { directory }, manifest } = begun;
  return manifest.virtual === undefined
    ? `The run was not finished; go on with it: deno task sim --resume ${directory}`
    : `The run was not finished; what it left is in ${directory}. The same seed ends so again.`;
}

/** What the operating system refused, such as a full disk. */
function isOfSystem(error: unknown): error is Error {
  if (!(error instanceof Error)) return false;
  return "code" in error && typeof error.code === "string" && /^E[A-Z]+$/.test(error.code);
}

if (import.meta.main) Deno.exit(await simMain(Deno.args));
