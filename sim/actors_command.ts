/**
 * `deno task actors`: joins a running floor with some of its actors, until it is told to leave.
 *
 * @module
 */

import { join } from "node:path";
import { FloorFailedError } from "../actors/floor/floor_failed_error.ts";
import { FloorParametersError } from "../actors/floor/floor_parameters.ts";
import type { FloorParameterOptions } from "../actors/floor/floor_parameters.ts";
import { joinFloor, type JoinFloorOptions } from "../actors/floor/join_floor.ts";
import type { JoinedFloor } from "../actors/floor/joined_floor.ts";
import type { RuntimeEvent } from "../actors/runtime/runtime_events.ts";
import {
  type MetricsEndpoint,
  MetricsPortError,
  serveMetrics,
} from "../actors/telemetry/serve_metrics.ts";
import type { ClusterLogConfig } from "../kafka/cluster/cluster_config.ts";
import { EventLogError } from "../kafka/event_log.ts";
import { openEventLog } from "../kafka/open_event_log.ts";
import { FOLDED_TOPICS } from "../actors/topology.ts";
import { findRuns } from "./clean_command.ts";
import {
  ACTORS_USAGE,
  ACTORS_USAGE_LINE,
  type JoinCommand,
  parseActorsArguments,
} from "./command_line/actors_arguments.ts";
import { ExitCode } from "./command_line/exit_codes.ts";
import { LoadError, loadScenario } from "./command_line/load_scenario.ts";
import { UsageError } from "./command_line/usage_error.ts";
import { compileScenario } from "./compile_scenario.ts";
import { readLiveNote } from "./live/live_notes.ts";
import { type LiveStepping, serveLive } from "./live/live_server.ts";
import { isRunId, runPaths } from "./run_folder.ts";
import { readManifest } from "./run_manifest.ts";
import { ScenarioError } from "./scenario.ts";
import { sayWarnings } from "./warnings.ts";

/** Runs named when the one asked for is not there. */
const RUNS_NAMED = 5;

/** What the command works with besides its arguments. */
export interface ActorsSurroundings {
  /** Told what happens, in sentences. */
  readonly say: (line: string) => void;
  /** Told what went wrong. */
  readonly complain: (line: string) => void;
  /** Aborts when the actors are to leave. */
  readonly leaving: AbortSignal;
}

/** Runs the command. Resolves with its exit code when it has left, or could not join. */
export async function actorsCommand(
  argv: readonly string[],
  surroundings: ActorsSurroundings,
): Promise<number> {
  const { say, complain } = surroundings;
  try {
    const command = parseActorsArguments(argv);
    if (command.kind === "help") {
      say(ACTORS_USAGE);
      return ExitCode.held;
    }
    using _warnings = sayWarnings(say);
    return await takePart(command, surroundings);
  } catch (error) {
    return explain(error, complain);
  }
}

async function takePart(
  command: JoinCommand,
  { say, leaving }: ActorsSurroundings,
): Promise<number> {
  const expect = command.scenario === null ? null : await parametersOf(command.scenario);
  const watch = new AssignmentWatch(say);
  const options = await joinOptions(command);
  const joined = await joinFloor({
    ...options,
    ...(expect === null ? {} : { expect }),
    onEvent: (event) => watch.observe(event),
  }).catch(async (error: unknown) => {
    throw await withRunsThere(error, command);
  });
  try {
    await using _metrics = serveMetricsOf(joined, command, say);
    await using _live = await serveLiveOf(joined, command, say);
    say(`joined run ${command.run} as ${joined.name}, by process ${Deno.pid}; Ctrl-C leaves`);
    const failed = await Promise.race([joined.failure, aborted(leaving)]);
    if (failed !== null) throw failed;
    say("leaving: finishing what is under way (once more to end at once)");
  } catch (error) {
    // Why it ended is told, rather than what else went wrong while it was stopped.
    await joined.stop().catch(() => {});
    throw error;
  }
  await joined.stop();
  say("left: the partitions are handed back");
  return ExitCode.held;
}

function serveMetricsOf(
  joined: JoinedFloor,
  { metricsPort }: JoinCommand,
  say: (line: string) => void,
): MetricsEndpoint | null {
  if (metricsPort === null) return null;
  const endpoint = serveMetrics(joined, { port: metricsPort });
  say(`metrics are served at ${endpoint.url}`);
  return endpoint;
}

/** Lets live steppers attach, where the run's folder is on this machine for them to find. */
async function serveLiveOf(
  joined: JoinedFloor,
  { run, runs }: JoinCommand,
  say: (line: string) => void,
): Promise<LiveStepping | null> {
  for (const directory of foldersOf(run, runs)) {
    const manifest = await readManifest(runPaths(directory).manifest).catch(() => null);
    if (manifest === null) continue;
    return await serveLive(joined, { directory, run: manifest.runId, process: joined.name, say });
  }
  return null;
}

async function joinOptions(command: JoinCommand): Promise<JoinFloorOptions> {
  const { instances, cluster, name, auditFolder } = command;
  return {
    instances,
    log: cluster ?? { kind: "embedded", directory: await runDirectory(command) },
    ...(name === null ? {} : { name }),
    ...(auditFolder === null ? {} : { auditFolder }),
  };
}

/** What a scenario opens its floor with. */
async function parametersOf(path: string): Promise<FloorParameterOptions> {
  const { scenario, resolveFile } = await loadScenario(path);
  const { symbols, limits, partitions } = await compileScenario(scenario, { resolveFile });
  return {
    symbols: symbols.map(({ symbol, tickSize, lotSize }) => ({ symbol, tickSize, lotSize })),
    limits,
    partitions,
  };
}

/** The folder of a run on this machine, given by id or path. */
async function runDirectory({ run, runs }: JoinCommand): Promise<string> {
  for (const directory of foldersOf(run, runs)) {
    const found = await Deno.stat(runPaths(directory).log).catch(() => null);
    if (found?.isFile === true) return directory;
  }
  const there = (await findRuns(runs)).slice(-RUNS_NAMED).reverse().map(({ runId }) => runId);
  const known = there.length === 0
    ? `there are no runs in ${runs}`
    : `the latest runs are ${there.join(", ")}`;
  throw new FloorParametersError(
    `Cannot join run ${JSON.stringify(run)}: it has no log on this machine; ${known}. ` +
      `One on a Kafka cluster is joined with --brokers HOST:PORT`,
  );
}

/** Where the folder of a run may be, given by id or path. */
function foldersOf(run: string, runs: string): readonly string[] {
  return isRunId(run) ? [join(runs, run), run] : [run];
}

/** Where there is no such run on a cluster, names those that are. */
async function withRunsThere(error: unknown, { cluster, run }: JoinCommand): Promise<unknown> {
  if (cluster === null || !(error instanceof FloorParametersError)) return error;
  const runs = await runsOn(cluster).catch(() => null); // The error at hand says enough.
  if (runs === null || runs.includes(cluster.topicPrefix)) return error;
  const named = runs.slice(0, RUNS_NAMED).map((prefix) => prefix.replace(/\.$/, ""));
  const more = runs.length > named.length ? `, and ${runs.length - named.length} more` : "";
  const known = named.length === 0 ? "there are no runs" : `there are ${named.join(", ")}${more}`;
  return new FloorParametersError(
    `Cannot join run ${JSON.stringify(run)}: no topic begins with ` +
      `${JSON.stringify(cluster.topicPrefix)} on this cluster; ${known}`,
  );
}

/** The prefixes under which the cluster has floors. */
async function runsOn(cluster: ClusterLogConfig): Promise<readonly string[]> {
  await using log = await openEventLog({ ...cluster, topicPrefix: "" });
  const [topic] = FOLDED_TOPICS;
  return (await log.describeTopics()).map(({ name }) => name)
    .filter((name) => name.endsWith(topic))
    .map((name) => name.slice(0, -topic.length))
    .sort().reverse();
}

/** Says what this process serves as that changes, and what its actors go through. */
class AssignmentWatch {
  readonly #say: (line: string) => void;
  /** Partitions by instance. */
  readonly #served = new Map<string, Set<string>>();

  constructor(say: (line: string) => void) {
    this.#say = say;
  }

  observe(event: RuntimeEvent): void {
    switch (event.kind) {
      case "assigned":
      case "revoked":
        return this.#moved(event.actor, event.kind, event.partitions);
      case "down":
        this.#served.delete(event.actor);
        if (event.reason !== "stopped") this.#say(`${event.actor} is down: ${event.reason}`);
        return;
      case "failure":
        return this.#say(`${event.actor} failed: ${event.error}`);
      case "restart":
        return this.#say(
          `${event.actor} is started again (failure ${event.failures} of ${event.maxRestarts} ` +
            `allowed in ${event.withinMs / 1000} s)`,
        );
      case "log-unavailable":
        return this.#say(`the log does not answer: ${event.why}; waiting for it`);
      case "log-available":
        return this.#say(`the log answers again, after ${(event.afterMs / 1000).toFixed(1)} s`);
      case "note":
        if (readLiveNote(event.text) !== null) this.#say(`${event.actor} is ${event.text}`);
        return;
    }
  }

  #moved(actor: string, how: "assigned" | "revoked", partitions: readonly string[]): void {
    const served = this.#served.get(actor) ?? new Set<string>();
    this.#served.set(actor, served);
    for (const name of partitions) {
      if (how === "assigned") served.add(name);
      else served.delete(name);
    }
    const all = [...served].sort((a, b) => a.localeCompare(b, "en", { numeric: true }));
    this.#say(`${actor} serves ${all.length === 0 ? "nothing" : all.join(" ")}`);
  }
}

function explain(error: unknown, complain: (line: string) => void): number {
  if (error instanceof UsageError) {
    complain(`${error.message}\n\n${ACTORS_USAGE_LINE}\n--help lists roles and options.`);
    return ExitCode.invalid;
  }
  if (
    error instanceof FloorParametersError || error instanceof LoadError ||
    error instanceof ScenarioError || error instanceof MetricsPortError
  ) {
    complain(error.message);
    return ExitCode.invalid;
  }
  if (
    error instanceof FloorFailedError || error instanceof EventLogError ||
    error instanceof Deno.errors.PermissionDenied
  ) {
    complain(error.message);
    return ExitCode.failed;
  }
  throw error;
}

/** Resolves, with nothing, when the signal aborts. */
function aborted(signal: AbortSignal): Promise<null> {
  if (signal.aborted) return Promise.resolve(null);
  return new Promise((resolve) =>
    signal.addEventListener("abort", () => resolve(null), { once: true })
  );
}

/** The first signal lets the actors leave; the second ends the process as a crash would. */
function leaveOnSignal(): AbortSignal {
  const abort = new AbortController();
  for (const name of ["SIGINT", "SIGTERM"] as const) {
    Deno.addSignalListener(name, () => {
      if (abort.signal.aborted) Deno.exit(ExitCode.interrupted);
      abort.abort();
    });
  }
  return abort.signal;
}

if (import.meta.main) {
  const leaving = leaveOnSignal();
  Deno.exit(
    await actorsCommand(Deno.args, { say: console.log, complain: console.error, leaving }),
  );
}
