/**
 * `deno task sim`: plays a scenario, or goes on with a run, and says how it went.
 *
 * @module
 */

import { relative } from "node:path";
import { seededRandom } from "../actors/seeded_random.ts";
import { FloorFailedError } from "../actors/floor/floor_failed_error.ts";
import { EventLogError } from "../kafka/event_log.ts";
import { FloorParametersError } from "../actors/floor/floor_parameters.ts";
import { ExitCode } from "./command_line/exit_codes.ts";
import { listScenarios, LoadError, loadScenario } from "./command_line/load_scenario.ts";
import { parseSimArguments, type SimCommand, UsageError } from "./command_line/sim_arguments.ts";
import { renderUsage, USAGE_LINE } from "./command_line/usage.ts";
import { compileScenario } from "./compile_scenario.ts";
import { ProgressWriter } from "./progress_writer.ts";
import { choosePaint, type Paint } from "./report/paint.ts";
import { renderReport } from "./report/render_report.ts";
import { makeReport, type RunReport, writeReport } from "./report/run_report.ts";
import {
  createRunFolder,
  newRunId,
  openRunFolder,
  type RunFolder,
  RunFolderError,
} from "./run_folder.ts";
import { MANIFEST_VERSION, type RunManifest, writeManifest } from "./run_manifest.ts";
import { ScenarioError } from "./scenario.ts";
import { playSession } from "./session/play_session.ts";
import { OUTCRY_VERSION } from "./version.ts";

/** Where the shipped scenarios are, for whoever runs the command elsewhere. */
const SCENARIOS = new URL("../scenarios/", import.meta.url);

const encoder = new TextEncoder();

/** Runs the command. @returns the exit code */
export async function simMain(argv: readonly string[]): Promise<number> {
  try {
    const command = parseSimArguments(argv);
    if (command.kind === "help" || command.kind === "list") return await usage(command.kind);
    using folder = await folderOf(command, argv);
    return await play(folder, command);
  } catch (error) {
    return explain(error);
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

async function folderOf(
  command: Extract<SimCommand, { kind: "run" | "resume" }>,
  argv: readonly string[],
): Promise<RunFolder> {
  const moment = { at: new Date().toISOString(), argv: [...argv] };
  if (command.kind === "resume") {
    const folder = await openRunFolder(command.directory);
    const manifest = { ...folder.manifest, resumed: [...folder.manifest.resumed, moment] };
    await writeManifest(folder.paths.manifest, manifest);
    return { ...folder, manifest, [Symbol.dispose]: () => folder[Symbol.dispose]() };
  }
  const { scenario, resolveFile } = await loadScenario(command.scenario);
  const plan = await compileScenario(scenario, { overrides: command.overrides, resolveFile });
  // Names of runs need only differ, so this is the one draw that no seed decides.
  const random = seededRandom(crypto.getRandomValues(new Uint32Array(1))[0]!, "run");
  const manifest: RunManifest = {
    version: MANIFEST_VERSION,
    runId: command.runId ?? newRunId(plan.scenario, Date.now(), random),
    plan,
    sessionStartsAt: null,
    elapsedBefore: 0,
    durability: command.durability,
    versions: { outcry: OUTCRY_VERSION, deno: Deno.version.deno },
    started: moment,
    resumed: [],
  };
  return await createRunFolder(command.runs, manifest);
}

async function play(
  folder: RunFolder,
  { json }: Extract<SimCommand, { kind: "run" | "resume" }>,
): Promise<number> {
  // With --json the report alone goes to standard output.
  const stream = json ? Deno.stderr : Deno.stdout;
  const paint = choosePaint({
    isTerminal: stream.isTerminal(),
    noColor: Deno.env.get("NO_COLOR"),
  });
  const progress = new ProgressWriter({
    write: (text) => void stream.writeSync(encoder.encode(text)),
    isTerminal: stream.isTerminal(),
    columns: () => stream.isTerminal() ? Deno.consoleSize().columns : 100,
    paint,
  });
  const interruption = onInterrupt();
  try {
    progress.say(`run ${folder.runId}, in ${folder.paths.directory}, by process ${Deno.pid}`);
    const result = await playSession({
      folder,
      progress: (snapshot) => progress.update(snapshot),
      say: (text) => progress.say(text),
      interrupted: interruption.signal,
    });
    progress.finish();
    const { plan, durability } = folder.manifest;
    const report = makeReport({
      ...result,
      runId: folder.runId,
      directory: folder.paths.directory,
      plan,
      log: { kind: "embedded", durability },
      machine: machine(),
    });
    await writeReport(folder.paths.report, report);
    show(report, { json, paint });
    return report.exitCode;
  } finally {
    progress.finish();
    interruption[Symbol.dispose]();
  }
}

function show(report: RunReport, { json, paint }: { json: boolean; paint: Paint }): void {
  console.log(json ? JSON.stringify(report) : `\n${renderReport(report, paint)}`);
}

/** The first Ctrl-C ends the session early; the second ends the process, and the run can be resumed. */
function onInterrupt(): Disposable & { readonly signal: AbortSignal } {
  const abort = new AbortController();
  const listener = () => {
    if (abort.signal.aborted) Deno.exit(ExitCode.interrupted);
    abort.abort();
  };
  const signals = ["SIGINT", "SIGTERM"] as const;
  for (const name of signals) Deno.addSignalListener(name, listener);
  return {
    signal: abort.signal,
    [Symbol.dispose]: () => {
      for (const name of signals) Deno.removeSignalListener(name, listener);
    },
  };
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
function explain(error: unknown): number {
  if (error instanceof UsageError) {
    console.error(`${error.message}\n\n${USAGE_LINE}\n--help lists scenarios and options.`);
    return ExitCode.invalid;
  }
  if (
    error instanceof LoadError || error instanceof ScenarioError ||
    error instanceof FloorParametersError || error instanceof RunFolderError
  ) {
    console.error(error.message);
    return ExitCode.invalid;
  }
  if (error instanceof FloorFailedError || error instanceof EventLogError) {
    console.error(
      `${error.message}\nThe run was not finished; it can be gone on with by --resume.`,
    );
    return ExitCode.failed;
  }
  throw error;
}

if (import.meta.main) Deno.exit(await simMain(Deno.args));
