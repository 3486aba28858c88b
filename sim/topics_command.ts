/**
 * `deno task topics`: lists, describes, creates and deletes the floor's topics in a log, and tells
 * where the log differs from what is wanted.
 *
 * @module
 */

import { readFloorParameters } from "../actors/floor/open_floor.ts";
import { FloorParametersError } from "../actors/floor/floor_parameters.ts";
import { type ClusterFacts, clusterFacts, prefixesOn } from "./run_on_cluster.ts";
import { CONSUMER_ROLES } from "../actors/topology.ts";
import { checkCluster } from "../kafka/cluster/check_cluster.ts";
import type { ClusterLogConfig } from "../kafka/cluster/cluster_config.ts";
import { type EventLog, EventLogError, type TopicDescription } from "../kafka/event_log.ts";
import { openEventLog } from "../kafka/open_event_log.ts";
import type { TopicDrift } from "../kafka/topic_drift.ts";
import { TOPIC_NAMES, type TopicName, TOPICS, topicSettings } from "../kafka/topics.ts";
import {
  parseTopicsArguments,
  TOPICS_EXIT,
  TOPICS_USAGE,
  type TopicsCommand,
} from "./command_line/topics_arguments.ts";
import { UsageError } from "./command_line/usage_error.ts";

export { TOPICS_EXIT } from "./command_line/topics_arguments.ts";

/** What the command prints, and where. */
export interface CommandOutput {
  readonly out: (line: string) => void;
  readonly error: (line: string) => void;
}

/** What is asked of a log. */
type Wanted = Extract<TopicsCommand, { kind: "act" }>;

/** Something that is not done; its message says why and what would be right. */
class TopicsCommandError extends Error {
  readonly exitCode: number;

  constructor(message: string, exitCode: number) {
    super(message);
    this.exitCode = exitCode;
  }
}

/** Runs the command with its arguments, and gives its exit code. */
export async function runTopicsCommand(
  args: readonly string[],
  { out, error }: CommandOutput,
): Promise<number> {
  if (args.length === 0 || args.includes("--help") || args.includes("-h")) {
    (args.length === 0 ? error : out)(TOPICS_USAGE);
    return args.length === 0 ? TOPICS_EXIT.usage : TOPICS_EXIT.fine;
  }
  try {
    const command = parseTopicsArguments(args);
    if (command.kind === "runs") return await listRuns(command.cluster, out);
    if (command.log.kind === "kafka") await checkCluster(command.log);
    await using log = await openEventLog(command.log, { create: command.action === "create" });
    const code = await actOn(log, command, out);
    if (command.log.kind === "kafka" && command.action === "describe") {
      out(kept(await clusterFacts(command.log)));
    }
    return code;
  } catch (failure) {
    return explain(failure, error);
  }
}

function explain(failure: unknown, error: (line: string) => void): number {
  if (failure instanceof UsageError) {
    error(`${failure.message}\n\n${TOPICS_USAGE}`);
    return TOPICS_EXIT.usage;
  }
  if (failure instanceof TopicsCommandError) {
    error(failure.message);
    return failure.exitCode;
  }
  if (!(failure instanceof EventLogError)) throw failure;
  error(failure.message);
  return failure.code === "topic-drift" ? TOPICS_EXIT.drift : TOPICS_EXIT.failed;
}

/** Runs named at once; further ones are counted. */
const MAX_RUNS_LISTED = 1_000;

async function listRuns(cluster: ClusterLogConfig, out: (line: string) => void): Promise<number> {
  await checkCluster(cluster);
  const prefixes = await prefixesOn(cluster);
  if (prefixes.length === 0) out("no runs on the cluster");
  for (const prefix of prefixes.slice(0, MAX_RUNS_LISTED)) out(nameOfRun(prefix));
  const more = prefixes.length - MAX_RUNS_LISTED;
  if (more > 0) out(`and ${more} more`);
  return TOPICS_EXIT.fine;
}

/** A run as the options name it. */
function nameOfRun(prefix: string): string {
  const runId = prefix.endsWith(".") ? prefix.slice(0, -1) : "";
  return runId === "" ? `--topic-prefix "${prefix}"` : `--run ${runId}`;
}

/** Does what is wanted on a log that is open. @throws {EventLogError} */
export async function actOn(
  log: EventLog,
  wanted: Wanted,
  out: (line: string) => void,
): Promise<number> {
  if (wanted.action === "delete") return await deleteTopics(log, wanted, out);
  const settings = topicSettings({ partitions: await wantedPartitions(log, wanted) });
  if (wanted.action === "create") {
    const before = await log.describeTopics(TOPIC_NAMES);
    checkPartitions(before, wanted);
    await log.createTopics(settings);
    out(`created ${settings.length - before.length} topics, found ${before.length} there`);
  }
  const found = [...await log.describeTopics()].sort((a, b) => (a.name < b.name ? -1 : 1));
  for (const line of wanted.action === "list" ? listed(found) : described(found)) out(line);
  const drift = await log.findDrift(settings);
  for (const line of drifted(drift)) out(line);
  return drift.length === 0 ? TOPICS_EXIT.fine : TOPICS_EXIT.drift;
}

/** The partition counts that were given, else the run's own, else the table's. */
async function wantedPartitions(
  log: EventLog,
  { partitions }: Wanted,
): Promise<Readonly<Partial<Record<TopicName, number>>>> {
  if (partitions !== null) {
    return Object.fromEntries(TOPIC_NAMES.map((name) => [name, partitions]));
  }
  const parameters = await readFloorParameters(log).catch((error) => {
    // Of a log that begins with something else, the table says what is wanted.
    if (error instanceof FloorParametersError) return null;
    throw error;
  });
  return parameters?.partitions ?? {};
}

/** State lives by partition, so the counts of a run stay as they are. */
function checkPartitions(
  found: readonly TopicDescription[],
  { partitions, log }: Wanted,
): void {
  const other = found.find((topic) => partitions !== null && topic.partitions !== partitions);
  if (other === undefined) return;
  const where = log.kind === "kafka" ? ` --brokers ${log.brokers.join(",")}` : "";
  throw new TopicsCommandError(
    `Cannot give ${other.name} ${partitions} partitions: it has ${other.partitions} partitions ` +
      `instead of ${partitions}, and a run keeps its counts, since the state of users and symbols ` +
      "lives by partition. Start a new run with the other count: " +
      `deno task sim SCENARIO --partitions ${partitions}${where}`,
    TOPICS_EXIT.drift,
  );
}

async function deleteTopics(
  log: EventLog,
  { runId }: Wanted,
  out: (line: string) => void,
): Promise<number> {
  const found = (await log.describeTopics(TOPIC_NAMES)).map(({ name }) => name);
  if (found.length === 0) {
    throw new TopicsCommandError(
      `Cannot delete topics: the cluster has none of run ${runId}; topics list --brokers ... shows ` +
        "the runs that it has",
      TOPICS_EXIT.failed,
    );
  }
  for (const role of CONSUMER_ROLES) {
    const { members } = await log.describeGroup(role);
    if (members.length === 0) continue;
    throw new TopicsCommandError(
      `Cannot delete topics: ${
        members[0]!.instanceId
      } and perhaps others work on run ${runId} now; ` +
        "stop its floor (one that was killed is forgotten after its session timeout)",
      TOPICS_EXIT.failed,
    );
  }
  await log.deleteTopics(found);
  out(`deleted ${found.length} topics of run ${runId}`);
  return TOPICS_EXIT.fine;
}

function listed(topics: readonly TopicDescription[]): string[] {
  return topics.length === 0 ? ["no topics"] : topics.map(({ name }) => name);
}

function described(topics: readonly TopicDescription[]): string[] {
  if (topics.length === 0) return ["no topics"];
  const purposes = new Map<string, string>(
    TOPIC_NAMES.map((name) => [name, `${TOPICS[name].purpose}, by ${TOPICS[name].key}`]),
  );
  const rows = topics.map((topic) => [
    topic.name,
    `${topic.partitions}`,
    topic.retentionMs === null ? topic.cleanup : `${topic.cleanup} after ${topic.retentionMs} ms`,
    topic.timestampType,
    `${topic.offsets.reduce((sum, { start, end }) => sum + end - start, 0)}`,
    purposes.get(topic.name) ?? "not one of the floor's",
  ]);
  return table(["topic", "partitions", "cleanup", "stamped by", "offsets", "holds"], rows);
}

function kept({ brokers, replication }: ClusterFacts): string {
  const count = `${brokers} ${brokers === 1 ? "broker" : "brokers"}`;
  return replication === null ? count : `${count}, each record is on ${replication} of them`;
}

function drifted(drift: readonly TopicDrift[]): string[] {
  if (drift.length === 0) return ["no drift: the log agrees with the table of topics"];
  return [
    `drift in ${drift.length} ${drift.length === 1 ? "place" : "places"}:`,
    ...drift.map(({ topic, difference }) => `  ${topic} ${difference}`),
  ];
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const widths = head.map((title, column) =>
    Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0))
  );
  return [head, ...rows].map((row) =>
    row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join("  ").trimEnd()
  );
}

if (import.meta.main) {
  Deno.exitCode = await runTopicsCommand(Deno.args, { out: console.log, error: console.error });
}
