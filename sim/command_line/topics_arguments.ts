/**
 * The arguments of `deno task topics`.
 *
 * @module
 */

import { parseArgs } from "node:util";
import type { ClusterLogConfig } from "../../kafka/cluster/cluster_config.ts";
import type { EventLogConfig } from "../../kafka/open_event_log.ts";
import { isRunId } from "../run_folder.ts";
import {
  CLUSTER_OPTIONS,
  CLUSTER_USAGE,
  clusterConfigOf,
  type ClusterValues,
} from "./cluster_arguments.ts";
import { UsageError } from "./usage_error.ts";

/** Exit codes of the command. */
export const TOPICS_EXIT = { fine: 0, failed: 1, usage: 2, drift: 3 } as const;

const ACTIONS = ["list", "describe", "create", "delete"] as const;
export type TopicsAction = (typeof ACTIONS)[number];

/** What is wanted. */
export type TopicsCommand =
  | {
    readonly kind: "act";
    readonly action: TopicsAction;
    readonly log: EventLogConfig;
    /** The run that was named; null: a file or a prefix was. */
    readonly runId: string | null;
    /** Partitions of every topic, in place of what the run or the table has. */
    readonly partitions: number | null;
  }
  /** No run was named: those that are on the cluster are listed. */
  | { readonly kind: "runs"; readonly cluster: ClusterLogConfig };

/** The largest number that `--partitions` takes. */
const MAX_PARTITIONS = 1_024;

/** What the command says about itself. */
export const TOPICS_USAGE = `Usage: deno task topics ACTION --log FILE [options]
       deno task topics ACTION --brokers HOST:PORT --run ID [options]

  list      the topics that are there, one a line; without a run, the runs on the cluster
  describe  each topic with its settings and how many records it holds
  create    makes the floor's topics that are missing, and the log's file if need be
  delete    deletes a run's topics on a cluster, with all their records, when told so twice:
            topics delete --run ID --delete

  --log FILE             the log's file, such as runs/<run id>/log.sqlite
${CLUSTER_USAGE}
  --run ID               the run whose topics are meant
  --partitions N         wants N partitions of every topic in place of the run's or the table's
  --delete               says that the topics are really to be deleted

Exit code 0 when the log agrees with the table of topics, ${TOPICS_EXIT.drift} when it does not,
${TOPICS_EXIT.failed} when the log cannot be opened, ${TOPICS_EXIT.usage} when the command is wrong.`;

const OPTIONS = {
  "log": { type: "string" },
  ...CLUSTER_OPTIONS,
  "run": { type: "string" },
  "partitions": { type: "string" },
  "delete": { type: "boolean" },
} as const;

/** @throws {UsageError} saying what is wrong and what would be right */
export function parseTopicsArguments(args: readonly string[]): TopicsCommand {
  const { positionals, values } = parseValues(args);
  const action = ACTIONS.find((each) => each === positionals[0]);
  if (action === undefined || positionals.length > 1) {
    throw new UsageError([
      `Cannot read the command: "${positionals.join(" ")}" is not one of ${ACTIONS.join(", ")}`,
    ]);
  }
  const refuse = (why: string) => new UsageError([`Cannot ${action} topics: ${why}`]);
  const { run: runId = null } = values;
  if (runId !== null && !isRunId(runId)) {
    throw refuse(`--run ${JSON.stringify(runId)} is no run's id: letters, digits, ".", "_", "-"`);
  }
  const partitions = readPartitions(values.partitions, refuse);
  if (action === "delete") checkDelete(values, partitions, refuse);
  else if (values.delete === true) throw refuse(`--delete goes with the action delete`);
  if (values.log !== undefined) {
    if (values.log === "") throw refuse("no log is named; add --log FILE");
    const others = (["brokers", "run", "topic-prefix", "client", "tls", "tls-ca", "sasl"] as const)
      .filter((name) => values[name] !== undefined);
    if (others.length > 0) throw refuse(`--log FILE takes no --${others.join(", --")}`);
    const log: EventLogConfig = { kind: "embedded", path: values.log };
    return { kind: "act", action, log, runId: null, partitions };
  }
  return onCluster(action, { values, runId, partitions }, refuse);
}

function onCluster(
  action: TopicsAction,
  { values, runId, partitions }: {
    readonly values: ClusterValues;
    readonly runId: string | null;
    readonly partitions: number | null;
  },
  refuse: (why: string) => UsageError,
): TopicsCommand {
  const cluster = clusterConfigOf(values, { runId: runId ?? "" });
  if (cluster === null) {
    throw refuse("no log is named; add --log FILE, or --brokers HOST:PORT with --run ID");
  }
  if (runId !== null || values["topic-prefix"] !== undefined) {
    return { kind: "act", action, log: cluster, runId, partitions };
  }
  if (action !== "list") {
    throw refuse(
      "no run is named; add --run ID or --topic-prefix P (topics list --brokers ... shows the runs)",
    );
  }
  return { kind: "runs", cluster: { ...cluster, topicPrefix: "" } };
}

/** Nothing is deleted but a run that is named, by a command that says so twice. */
function checkDelete(
  { log, run, delete: really }: {
    readonly log?: string | undefined;
    readonly run?: string | undefined;
    readonly delete?: boolean | undefined;
  },
  partitions: number | null,
  refuse: (why: string) => UsageError,
): void {
  if (log !== undefined) {
    throw refuse("a log in a file is deleted with its run: deno task clean");
  }
  if (run === undefined) throw refuse("no run is named; add --run ID");
  if (partitions !== null) throw refuse("--partitions does not go with it");
  if (really !== true) {
    throw refuse(`all records of run ${run} would be gone for good; add --delete if you mean it`);
  }
}

function readPartitions(
  text: string | undefined,
  refuse: (why: string) => UsageError,
): number | null {
  if (text === undefined) return null;
  const partitions = Number(text);
  if (!/^\d+$/.test(text) || partitions < 1 || partitions > MAX_PARTITIONS) {
    throw refuse(`--partitions takes 1 to ${MAX_PARTITIONS}, not "${text}"`);
  }
  return partitions;
}

function parseValues(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], allowPositionals: true, options: OPTIONS });
  } catch (error) {
    // parseArgs throws TypeErrors only, which say what is wrong.
    throw new UsageError([`Cannot read the command: ${(error as Error).message}`]);
  }
}
