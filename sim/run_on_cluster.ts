/**
 * A run whose log is on a Kafka cluster: what is asked of the cluster before anything is made, and what
 * the report says of it.
 *
 * @module
 */

import { checkCluster } from "../kafka/cluster/check_cluster.ts";
import type { ClusterLogConfig } from "../kafka/cluster/cluster_config.ts";
import { openClient } from "../kafka/cluster/open_client.ts";
import { openEventLog } from "../kafka/open_event_log.ts";
import { TOPIC_NAMES, type TopicName } from "../kafka/topics.ts";
import { deleteCommand } from "./command_line/cluster_arguments.ts";
import { faultId } from "./faults/planned_fault.ts";
import { RunFolderError } from "./run_folder.ts";
import { ScenarioError } from "./scenario_problems.ts";
import type { SessionPlan } from "./session_plan.ts";

/** What a report says of a cluster. */
export interface ClusterFacts {
  /** How many there are, not how many were named. */
  readonly brokers: number;
  /** How many brokers keep each record; null when it could not be found out. */
  readonly replication: number | null;
}

/**
 * Looks whether a new run may begin on a cluster.
 *
 * @throws {EventLogError} when the cluster cannot be reached or does not let us in
 * @throws {RunFolderError} when a run with these topics was begun there already
 */
export async function checkNewRun(runId: string, config: ClusterLogConfig): Promise<void> {
  await checkCluster(config);
  const found = await topicsThere(config);
  if (found.length === 0) return;
  throw new RunFolderError(
    `Cannot start run "${runId}": the cluster has topics of such a run already, such as ` +
      `${config.topicPrefix}${
        found[0]
      }; give another --run-id or --topic-prefix, or delete them: ` +
      deleteCommand(runId, config),
  );
}

/**
 * Looks whether a run that was begun can be gone on with.
 *
 * @throws {EventLogError} when the cluster cannot be reached or does not let us in
 * @throws {RunFolderError} when the run's topics are not there
 */
export async function checkBegunRun(directory: string, config: ClusterLogConfig): Promise<void> {
  await checkCluster(config);
  const found = await topicsThere(config);
  const missing = TOPIC_NAMES.find((name) => !found.includes(name));
  if (missing === undefined) return;
  throw new RunFolderError(
    `Cannot open run ${directory}: the cluster at ${config.brokers.join(",")} has no topic ` +
      `${config.topicPrefix}${missing}; give --brokers of the cluster that the run was begun on, or ` +
      `start the scenario anew`,
  );
}

/** The floor's topics that are there, by their names without the prefix. */
async function topicsThere(config: ClusterLogConfig): Promise<readonly string[]> {
  await using log = await openEventLog(config);
  return (await log.describeTopics(TOPIC_NAMES)).map(({ name }) => name);
}

/** The topic by which a run is known on a cluster. */
const MARK: TopicName = "order-commands";

/** The prefixes of all runs whose topics are on a cluster, sorted. @throws {KafkaClientError} */
export async function prefixesOn(config: ClusterLogConfig): Promise<readonly string[]> {
  const client = await openClient(config);
  try {
    const { topics } = await client.metadata("all");
    return topics.map(({ topic }) => topic).filter((topic) => topic.endsWith(MARK))
      .map((topic) => topic.slice(0, -MARK.length)).sort();
  } finally {
    await client.close();
  }
}

/** Every address that a session connects to: those to begin with, and those that brokers advertise. */
export async function addressesOf(config: ClusterLogConfig): Promise<readonly string[]> {
  const { brokers } = await checkCluster(config);
  return [...config.brokers, ...brokers.map(({ host, port }) => `${host}:${port}`)];
}

/** What a report says of the cluster that a run's topics are on. */
export async function clusterFacts(config: ClusterLogConfig): Promise<ClusterFacts> {
  const client = await openClient(config);
  try {
    const names = TOPIC_NAMES.map((name) => config.topicPrefix + name);
    const { brokers, topics } = await client.metadata(names);
    const replicas = topics.flatMap(({ partitions }) =>
      partitions.map((each) => each.replicas.length)
    );
    return {
      brokers: brokers.length,
      replication: replicas.length === 0 ? null : Math.min(...replicas),
    };
  } finally {
    await client.close();
  }
}

/**
 * Of all faults one cannot take place in real time: a Web Worker whose heap is full ends the whole
 * process, and there would be nothing left to report.
 *
 * @throws {ScenarioError} when a script wants it there
 */
export function checkFaults(
  { scenario, faults }: Pick<SessionPlan, "scenario" | "faults">,
  { isVirtual }: { readonly isVirtual: boolean },
): void {
  if (isVirtual) return;
  const problems = faults.flatMap(({ verb, target }, index) =>
    verb !== "outOfMemory" ? [] : [
      `${faultId(index)}.outOfMemory: ${
        JSON.stringify(target)
      }: a worker whose heap is full ends ` +
      `the whole process; needs virtual time: --virtual`,
    ]
  );
  if (problems.length > 0) throw new ScenarioError(scenario, problems);
}
