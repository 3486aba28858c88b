/**
 * The arguments of `deno task sim`.
 *
 * @module
 */

import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { isTradesFormat, TRADES_FORMATS } from "../../actors/market_data_producer/trade_replay.ts";
import type { Overrides, PriceFile } from "../compile_scenario.ts";
import { DURATION_FORM, parseDuration } from "../duration.ts";
import { nearestTo, suggestion } from "../nearest.ts";
import { DEFAULT_RUNS_DIRECTORY, isRunId } from "../run_folder.ts";
import { DURABILITIES, type Durability } from "../run_manifest.ts";
import { ACTOR_GROUPS, type ActorGroup, isActorGroup } from "../scenario_events.ts";
import { MAX_INSTANCES } from "../../actors/topology.ts";
import { MAX_PARTITIONS, MAX_PHASE_MS } from "../scenario_schema.ts";
import {
  CLUSTER_OPTIONS,
  clusterConfigAgain,
  clusterConfigOf,
  type ClusterValues,
} from "./cluster_arguments.ts";
import { metricsPortOf } from "./metrics_port.ts";
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
  }
  | {
    readonly kind: "resume";
    /** The run's folder. */
    readonly directory: string;
    /** What is said otherwise than in the manifest, as when the cluster moved. */
    readonly cluster: ClusterValues;
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
  "durability": { type: "string" },
  ...CLUSTER_OPTIONS,
  "prices": { type: "string" },
  "format": { type: "string" },
  "speed": { type: "string" },
  "symbol": { type: "string" },
  "metrics-port": { type: "string" },
  "json": { type: "boolean" },
  "help": { type: "boolean", short: "h" },
} as const;

/** Every option, for messages. */
const OPTION_NAMES: readonly string[] = Object.keys(OPTIONS).map((name) => `--${name}`);

/** Options that are of the sitting, or may be otherwise in another one. */
const OF_THE_SITTING = [
  "resume",
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
    return { kind: "resume", directory: values.resume, cluster, json, metricsPort };
  }
  const [scenario, ...rest] = positionals;
  if (scenario === undefined) {
    if (argv.length === 0) return { kind: "list" };
    throw new UsageError([`no scenario: give the path of one, such as scenarios/burst.ts`]);
  }
  if (rest.length > 0) {
    throw new UsageError([`${rest.join(" ")}: one scenario at a time, and ${scenario} is one`]);
  }
  return { kind: "run", scenario, json, metricsPort, ...runOptions(values) };
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
  if (unknown.length > 0) {
    throw new UsageError(unknown.map((name) => {
      const nearest = nearestTo(name, OPTION_NAMES);
      const hint = nearest === null ? "" : `did you mean ${nearest}? `;
      return `${name}: no such option; ${hint}there are: ${OPTION_NAMES.join(", ")}`;
    }));
  }
  try {
    return parseArgs({ args: joinNegatives(argv), options: OPTIONS, allowPositionals: true });
  } catch (error) {
    // parseArgs throws TypeErrors only, which say what is wrong.
    throw new UsageError([(error as Error).message.split("\n")[0]!]);
  }
}

function isNegative(argument: string): boolean {
  return /^-\.?\d/.test(argument);
}

/** `--rate -5` as `--rate=-5`, so that it is the number that is refused, with its reason. */
function joinNegatives(argv: readonly string[]): string[] {
  const joined: string[] = [];
  for (const argument of argv) {
    const last = joined.at(-1);
    if (last !== undefined && isNegative(argument) && OPTION_NAMES.includes(last)) {
      joined[joined.length - 1] = `${last}=${argument}`;
    } else joined.push(argument);
  }
  return joined;
}

/** Reads texts as values and collects what is wrong with them. */
class OptionReader {
  readonly #problems: string[];

  constructor(problems: string[]) {
    this.#problems = problems;
  }

  wholeNumber(name: string, text: string | undefined, min: number, max: number) {
    if (text === undefined) return undefined;
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= min && value <= max) return value;
    return this.#refuse(name, text, `must be a whole number from ${min} to ${max}`);
  }

  positiveNumber(name: string, text: string | undefined) {
    if (text === undefined) return undefined;
    const value = Number(text);
    if (text.trim() !== "" && Number.isFinite(value) && value > 0) return value;
    return this.#refuse(name, text, "must be a positive number");
  }

  duration(name: string, text: string | undefined) {
    if (text === undefined) return undefined;
    const ms = parseDuration(/^\d+(\.\d+)?$/.test(text) ? Number(text) : text);
    if (ms !== null && ms > 0 && ms <= MAX_PHASE_MS) return ms;
    return this.#refuse(name, text, `must be ${DURATION_FORM}, above 0 and at most a day`);
  }

  oneOf<T extends string>(name: string, text: string | undefined, words: readonly T[]) {
    if (text === undefined) return undefined;
    const word = words.find((known) => known === text);
    if (word !== undefined) return word;
    return this.#refuse(name, text, `must be one of ${words.join(", ")}${suggestion(text, words)}`);
  }

  instances(texts: readonly string[]) {
    const instances: Partial<Record<ActorGroup, number>> = {};
    for (const text of texts.flatMap((list) => list.split(","))) {
      const [group = "", number = "", ...rest] = text.split("=").map((part) => part.trim());
      if (!isActorGroup(group)) {
        const right = `must be group=N with a group of ${ACTOR_GROUPS.join(", ")}`;
        this.#refuse("instances", text, right + suggestion(group, ACTOR_GROUPS));
      } else if (!/^\d{1,3}$/.test(number) || Number(number) > MAX_INSTANCES || rest.length > 0) {
        this.#refuse("instances", text, `must be ${group}=N with N from 0 to ${MAX_INSTANCES}`);
      } else instances[group] = Number(number);
    }
    return texts.length === 0 ? undefined : instances;
  }

  prices(values: Values): PriceFile | undefined {
    const { prices, format, symbol } = values;
    const speed = this.positiveNumber("speed", values.speed);
    if (format !== undefined && !isTradesFormat(format)) {
      this.#refuse("format", format, `must be one of ${TRADES_FORMATS.join(", ")}`);
      return undefined;
    }
    if (prices === undefined) {
      for (const name of ["format", "speed", "symbol"] as const) {
        if (values[name] === undefined) continue;
        this.#problems.push(`--${name}: goes with --prices FILE, which is missing`);
      }
      return undefined;
    }
    return {
      file: resolve(prices),
      format: format ?? "binance-trades",
      ...(speed === undefined ? {} : { speed }),
      ...(symbol === undefined ? {} : { symbol }),
    };
  }

  #refuse(name: string, text: string, right: string): undefined {
    this.#problems.push(`--${name}: ${JSON.stringify(text)}: ${right}`);
    return undefined;
  }
}
