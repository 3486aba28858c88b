/**
 * The arguments of `deno task actors`.
 *
 * @module
 */

import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { isProcessName, MAX_PROCESS_NAME } from "../../actors/floor/instances.ts";
import { CONSUMER_ROLES, type ConsumerRole, MAX_INSTANCES } from "../../actors/topology.ts";
import type { ClusterLogConfig } from "../../kafka/cluster/cluster_config.ts";
import { suggestion } from "../nearest.ts";
import { DEFAULT_RUNS_DIRECTORY, isRunId } from "../run_folder.ts";
import { CLUSTER_OPTIONS, CLUSTER_USAGE, clusterConfigOf } from "./cluster_arguments.ts";
import { metricsPortOf } from "./metrics_port.ts";
import { parsed, refuseUnknown } from "./read_options.ts";
import { UsageError } from "./usage_error.ts";

/** What the user wants. */
export type ActorsCommand = { readonly kind: "help" } | JoinCommand;

/** A run is to be joined. */
export interface JoinCommand {
  readonly kind: "join";
  /** How many of each role. */
  readonly instances: Readonly<Partial<Record<ConsumerRole, number>>>;
  /** The run's id; on this machine also its folder. */
  readonly run: string;
  /** Null: the run is on this machine. */
  readonly cluster: ClusterLogConfig | null;
  /** Where runs on this machine are looked up by id. */
  readonly runs: string;
  readonly name: string | null;
  /** The scenario whose parameters the run must have. */
  readonly scenario: string | null;
  /** Absolute. */
  readonly auditFolder: string | null;
  /** Null: no metrics are served. */
  readonly metricsPort: number | null;
}

const OPTIONS = {
  "only": { type: "string", multiple: true },
  "run": { type: "string" },
  "runs": { type: "string" },
  "name": { type: "string" },
  "scenario": { type: "string" },
  "audit-folder": { type: "string" },
  "metrics-port": { type: "string" },
  ...CLUSTER_OPTIONS,
  "help": { type: "boolean", short: "h" },
} as const;

const OPTION_NAMES: readonly string[] = Object.keys(OPTIONS).map((name) => `--${name}`);

/** The first line of all usage. */
export const ACTORS_USAGE_LINE = "Usage: deno task actors --only ROLE[=N],... --run RUN [options]";

/** All of it. */
export const ACTORS_USAGE = `${ACTORS_USAGE_LINE}

Joins a running floor with some of its actors. They take their share of the partitions, and hand
them back when the command is ended by Ctrl-C.

  --only ROLE[=N]        how many of which actors; may be given again, or ROLE=N,ROLE
  --run RUN              the run's id, or the folder of a run on this machine
  --runs DIR             where runs on this machine are kept (${DEFAULT_RUNS_DIRECTORY})
${CLUSTER_USAGE}
  --name NAME            names this process; another name in each (one is drawn)
  --scenario FILE        joins only a run with this scenario's limits, symbols and partitions
  --audit-folder DIR     where audit loggers write; needed for them with --brokers
  --metrics-port N       serves metrics of this process on 127.0.0.1:N; 0 takes any free port
  --help                 prints this

Roles      ${CONSUMER_ROLES.slice(0, 3).join(", ")},
           ${CONSUMER_ROLES.slice(3).join(", ")}
Exit codes 0 left as it was told to, 1 failed, 104 invalid option or another run than was
           expected, 105 ended at once by a second Ctrl-C`;

/**
 * Reads the arguments.
 *
 * @throws {UsageError}
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { parseActorsArguments } from "./actors_arguments.ts";
 * const command = parseActorsArguments([
 *   "--only", "trading-engine=2,notifier", "--run", "burst-1", "--brokers", "localhost:9092",
 * ]);
 * assert.ok(command.kind === "join");
 * assert.deepEqual(command.instances, { "trading-engine": 2, "notifier": 1 });
 * assert.equal(command.cluster?.topicPrefix, "burst-1.");
 * ```
 */
export function parseActorsArguments(argv: readonly string[]): ActorsCommand {
  const { values, positionals } = parseValues(argv);
  if (values.help === true) return { kind: "help" };
  const problems = positionals.map((extra) => `${extra}: all is said by options`);
  const instances = readOnly(values.only ?? [], problems);
  const { run = "", name = null } = values;
  if (run === "") problems.push("--run: is missing: the id of the run to join, or its folder");
  if (name !== null && !isProcessName(name)) {
    problems.push(
      `--name: ${JSON.stringify(name)}: must be 1 to ${MAX_PROCESS_NAME} letters, digits, ".", ` +
        `"-" and "_", a letter or digit first`,
    );
  }
  const cluster = orProblems(() => clusterConfigOf(values, { runId: run }), problems);
  const onlyId = cluster !== null && values["topic-prefix"] === undefined;
  if (run !== "" && onlyId && !isRunId(run)) {
    problems.push(`--run: ${JSON.stringify(run)}: on a cluster it is a run's id, and no folder`);
  }
  const audits = (instances["audit-logger"] ?? 0) > 0;
  const auditFolder = values["audit-folder"] ?? null;
  if (audits && cluster !== null && auditFolder === null) {
    problems.push("--audit-folder: is missing: where the audit-logger writes");
  }
  if (auditFolder !== null && !audits) {
    problems.push("--audit-folder: goes with --only audit-logger, which is missing");
  }
  const metricsPort = metricsPortOf(values["metrics-port"], problems);
  if (problems.length > 0) throw new UsageError(problems);
  return {
    kind: "join",
    metricsPort,
    instances,
    run,
    cluster,
    runs: values.runs ?? DEFAULT_RUNS_DIRECTORY,
    name,
    scenario: values.scenario ?? null,
    auditFolder: auditFolder === null ? null : resolve(auditFolder),
  };
}

function parseValues(argv: readonly string[]) {
  const unknown = argv.filter((argument) => /^--?[a-z]/.test(argument))
    .map((argument) => argument.split("=")[0]!)
    .filter((name) => !OPTION_NAMES.includes(name) && name !== "-h");
  refuseUnknown(unknown, OPTION_NAMES);
  return parsed(() => parseArgs({ args: [...argv], options: OPTIONS, allowPositionals: true }));
}

/** The roles wanted, each with its number, which is 1 where none is given. */
function readOnly(texts: readonly string[], problems: string[]) {
  const instances: Partial<Record<ConsumerRole, number>> = {};
  if (texts.length === 0) {
    problems.push(`--only: is missing: which actors, such as --only trading-engine=2,notifier`);
  }
  for (const text of texts.flatMap((list) => list.split(",")).map((part) => part.trim())) {
    const [name = "", number = "1", ...rest] = text.split("=").map((part) => part.trim());
    const role = CONSUMER_ROLES.find((known) => known === name);
    const said = `--only: ${JSON.stringify(text)}`;
    if (role === undefined) {
      const right = `must be ROLE or ROLE=N with a role of ${CONSUMER_ROLES.join(", ")}`;
      problems.push(`${said}: ${right}${suggestion(name, CONSUMER_ROLES)}`);
    } else if (
      !/^\d{1,3}$/.test(number) || Number(number) < 1 || Number(number) > MAX_INSTANCES ||
      rest.length > 0
    ) {
      problems.push(`${said}: must be ${role} or ${role}=N with N from 1 to ${MAX_INSTANCES}`);
    } else if (instances[role] !== undefined) {
      problems.push(`${said}: ${role} is listed twice`);
    } else instances[role] = Number(number);
  }
  return instances;
}

function orProblems<T>(read: () => T, problems: string[]): T | null {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    problems.push(error.message);
    return null;
  }
}
