/**
 * The arguments of `deno task sim`.
 *
 * @module
 */

import { parseArgs } from "node:util";
import type { Overrides } from "../compile_scenario.ts";
import { DEFAULT_RUNS_DIRECTORY, isRunId } from "../run_folder.ts";
import { DURABILITIES, type Durability } from "../run_manifest.ts";
import { MAX_PARTITIONS } from "../scenario_schema.ts";
import {
  CLUSTER_OPTIONS,
  clusterConfigAgain,
  clusterConfigOf,
  type ClusterValues,
} from "./cluster_arguments.ts";
import { metricsPortOf } from "./metrics_port.ts";
import { OptionReader } from "./option_reader.ts";
import { isNegative, joinNegatives, parsed, refuseUnknown } from "./read_options.ts";
import { UsageError } from "./usage_error.ts";

export { UsageError } from "./usage_error.ts";

/** What the user wants. */
export type SimCommand =
  | { readonly kind: "help" }
  /** Nothing was asked for: the scenarios are listed. */
  | { readonly kind: "list" }
  | {
    readonly kind: "run";
    readonly scenario: string;
    readonly overrides: Overrides;
    readonly runs: string;
    readonly runId: string | null;
    readonly durability: Durability;
    /** The cluster that the log is on; without brokers the log is embedded. */
    readonly cluster: ClusterValues;
    readonly json: boolean;
    /** Where metrics are served on 127.0.0.1; 0: any free port; null: nowhere. */
    readonly metricsPort: number | null;
    /** Null: in real time. `twice`: it is played again, and the digests are compared. */
    readonly virtual: { readonly twice: boolean } | null;
  }
  | {
    readonly kind: "resume";
    /** The run's folder. */
    readonly directory: string;
    /** What is said otherwise than in the manifest, as when the cluster moved. */
    readonly cluster: ClusterValues;
    /** Whether records that were cut off the log's file are given up. */
    readonly acceptLoss: boolean;
    readonly json: boolean;
    readonly metricsPort: number | null;
  };

const OPTIONS = {
  "seed": { type: "string" },
  "rate": { type: "string" },
  "duration": { type: "string" },
  "partitions": { type: "string" },
  "instances": { type: "string", multiple: true },
  "runs": { type: "string" },
  "run-id": { type: "string" },
  "resume": { type: "string" },
  "accept-loss": { type: "boolean" },
  "durability": { type: "string" },
  ...CLUSTER_OPTIONS,
  "prices": { type: "string" },
  "format": { type: "string" },
  "speed": { type: "string" },
  "symbol": { type: "string" },
  "metrics-port": { type: "string" },
  "virtual": { type: "boolean" },
  "twice": { type: "boolean" },
  "json": { type: "boolean" },
  "help": { type: "boolean", short: "h" },
} as const;

/** Every option, for messages. */
const OPTION_NAMES: readonly string[] = Object.keys(OPTIONS).map((name) => `--${name}`);

/** Options that are of the sitting, or may be otherwise in another one. */
const OF_THE_SITTING = [
  "resume",
  "accept-loss",
  "metrics-port",
  "json",
  "help",
  ...Object.keys(CLUSTER_OPTIONS).filter((name) => name !== "topic-prefix"),
];

/** Options that a resumed run takes from its manifest. */
const SETTLED_BY_MANIFEST = Object.keys(OPTIONS).filter((name) => !OF_THE_SITTING.includes(name));

type Values = ReturnType<typeof parseValues>["values"];

/**
 * Reads the arguments. Names of files are made absolute.
 *
 * @throws {UsageError}
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { parseSimArguments } from "./sim_arguments.ts";
 * const command = parseSimArguments(["scenarios/burst.ts", "--seed", "7", "--duration", "3s"]);
 * assert.equal(command.kind === "run" && command.overrides.durationMs, 3_000);
 * ```
 */
export function parseSimArguments(argv: readonly string[]): SimCommand {
  const { values, positionals } = parseValues(argv);
  if (values.help === true) return { kind: "help" };
  const json = values.json === true;
  const metricsPort = readMetricsPort(values["metrics-port"]);
  if (values.resume !== undefined) {
    const others = SETTLED_BY_MANIFEST.filter((name) => name in values).map((name) => `--${name}`);
    if (positionals.length > 0) others.unshift(...positionals);
    if (others.length > 0) {
      throw new UsageError([
        `--resume: goes on with the run as it was begun, so it takes no ${others.join(", ")}`,
      ]);
    }
    const cluster = clusterAgain(values);
    const acceptLoss = values["accept-loss"] === true;
    return { kind: "resume", directory: values.resume, cluster, acceptLoss, json, metricsPort };
  }
  if (values["accept-loss"] === true) {
    throw new UsageError(["--accept-loss: is said of a run that is gone on with, beside --resume"]);
  }
  const [scenario, ...rest] = positionals;
  if (scenario === undefined) {
    if (argv.length === 0) return { kind: "list" };
    throw new UsageError([`no scenario: give the path of one, such as scenarios/burst.ts`]);
  }
  if (rest.length > 0) {
    throw new UsageError([`${rest.join(" ")}: one scenario at a time, and ${scenario} is one`]);
  }
  const virtual = virtualOf(values);
  return { kind: "run", scenario, json, metricsPort, virtual, ...runOptions(values) };
}

/** Options that mean nothing where time is virtual and the log is in memory until the run has ended. */
const OF_REAL_TIME = [...Object.keys(CLUSTER_OPTIONS), "durability", "metrics-port"];

/** @throws {UsageError} when something is asked for that there is in real time only */
function virtualOf(values: Values): { readonly twice: boolean } | null {
  const twice = values.twice === true;
  if (values.virtual !== true) {
    if (twice) throw new UsageError(["--twice: goes with --virtual, which is missing"]);
    return null;
  }
  const others = OF_REAL_TIME.filter((name) => name in values).map((name) => `--${name}`);
  if (others.length === 0) return { twice };
  throw new UsageError([
    "--virtual: plays in virtual time on a log in memory, which is kept as a file at the end, so it " +
    `takes no ${others.join(", ")}`,
  ]);
}

function readMetricsPort(text: string | undefined): number | null {
  const problems: string[] = [];
  const port = metricsPortOf(text, problems);
  if (problems.length > 0) throw new UsageError(problems);
  return port;
}

function runOptions(values: Values) {
  const problems: string[] = [];
  const read = new OptionReader(problems);
  const seed = read.wholeNumber("seed", values.seed, 0, 2 ** 32 - 1);
  const ratePerSecond = read.positiveNumber("rate", values.rate);
  const durationMs = read.duration("duration", values.duration);
  const partitions = read.wholeNumber("partitions", values.partitions, 1, MAX_PARTITIONS);
  const instances = read.instances(values.instances ?? []);
  const prices = read.prices(values);
  const durability = read.oneOf("durability", values.durability, DURABILITIES) ?? "process";
  const runId = values["run-id"] ?? null;
  if (runId !== null && !isRunId(runId)) {
    const right = `must be 1 to 128 letters, digits, ".", "_" and "-"`;
    problems.push(`--run-id: ${JSON.stringify(runId)}: ${right}`);
  }
  const cluster = clusterOf(values);
  collect(problems, () => clusterConfigOf(cluster, { runId: runId ?? "" }));
  if (cluster.brokers !== undefined && values.durability !== undefined) {
    problems.push(
      "--durability: goes with the embedded log; on Kafka every publish waits for all in-sync replicas",
    );
  }
  if (problems.length > 0) throw new UsageError(problems);
  const overrides: Overrides = {
    ...(seed === undefined ? {} : { seed }),
    ...(ratePerSecond === undefined ? {} : { ratePerSecond }),
    ...(durationMs === undefined ? {} : { durationMs }),
    ...(partitions === undefined ? {} : { partitions }),
    ...(instances === undefined ? {} : { instances }),
    ...(prices === undefined ? {} : { prices }),
  };
  const runs = values.runs ?? DEFAULT_RUNS_DIRECTORY;
  return { overrides, runs, runId, durability, cluster };
}

/** The options of a cluster among all of them. */
function clusterOf(values: ClusterValues): ClusterValues {
  const { brokers, client, tls, sasl } = values;
  const [caFile, topicPrefix] = [values["tls-ca"], values["topic-prefix"]];
  return {
    ...(brokers === undefined ? {} : { brokers }),
    ...(client === undefined ? {} : { client }),
    ...(tls === undefined ? {} : { tls }),
    ...(caFile === undefined ? {} : { "tls-ca": caFile }),
    ...(sasl === undefined ? {} : { sasl }),
    ...(topicPrefix === undefined ? {} : { "topic-prefix": topicPrefix }),
  };
}

/** The same, to say otherwise what a manifest says. @throws {UsageError} */
function clusterAgain(values: Values): ClusterValues {
  const cluster = clusterOf(values);
  clusterConfigAgain({ kind: "kafka", brokers: [], topicPrefix: "" }, cluster);
  return cluster;
}

/** Adds what is wrong to other problems, so that all are told at once. */
function collect(problems: string[], check: () => unknown): void {
  try {
    check();
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    problems.push(...error.problems);
  }
}

function parseValues(argv: readonly string[]) {
  const unknown = argv.filter((argument) => argument.startsWith("-") && argument.length > 1)
    .map((argument) => argument.split("=")[0]!)
    .filter((name) => !OPTION_NAMES.includes(name) && name !== "-h" && !isNegative(name));
  refuseUnknown(unknown, OPTION_NAMES);
  return parsed(() =>
    parseArgs({ args: joinNegatives(argv, OPTION_NAMES), options: OPTIONS, allowPositionals: true })
  );
}
