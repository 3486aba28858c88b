/**
 * Requests about topics.
 *
 * @module
 */

import {
  createTopicsV7,
  deleteTopicsV6,
  describeConfigsV4,
  listOffsetsV7,
  ListOffsetTimestamps,
} from "./library.ts";
import { byTopic } from "../by_topic.ts";
import { clientFailure, codedFailure } from "../client_failures.ts";
import { REQUEST_TIMEOUT_MS, TOPIC_CHANGE_MS } from "../cluster_settings.ts";
import type { ClientPartition, TopicCreation } from "../kafka_client.ts";
import type { ClusterConnections } from "./cluster_connections.ts";
import { isUnknownTopic, wholeAnswer } from "./metadata_answer.ts";

/** The broker reads this number as "the configuration of a topic". */
const TOPIC_RESOURCE = 2;

/** Whoever is no replica calls itself so. */
export const NO_REPLICA = -1;

/** "I do not know in whose reign this was": the broker then does not check. */
export const NO_LEADER_EPOCH = -1;

/** Ours do not take part in transactions. */
export const READ_UNCOMMITTED = 0;

/** The configuration of each topic that exists. */
export async function describeTopicConfigs(
  connections: ClusterConnections,
  topics: readonly string[],
): Promise<ReadonlyMap<string, Readonly<Record<string, string>>>> {
  const doing = "ask for the configuration of topics";
  const resources = topics.map((resourceName) => ({
    resourceType: TOPIC_RESOURCE,
    resourceName,
    configurationKeys: null,
  } as const));
  const { results } = await connections.askAny({
    doing,
    ask: (connection) =>
      wholeAnswer(describeConfigsV4.api.async(connection, resources, false, false)),
  });
  const configs = new Map<string, Readonly<Record<string, string>>>();
  for (const { errorCode, errorMessage, resourceName, configs: found } of results) {
    if (isUnknownTopic(errorCode)) continue;
    if (errorCode !== 0) throw codedFailure(errorCode, doing, errorMessage);
    const entries = found.flatMap(({ name, value }) => value == null ? [] : [[name, value]]);
    configs.set(resourceName, Object.fromEntries(entries));
  }
  return configs;
}

/** Creates topics, those that can be. @throws {KafkaClientError} of the first that cannot */
export async function createTopics(
  connections: ClusterConnections,
  topics: readonly TopicCreation[],
): Promise<void> {
  const wanted = topics.map(({ topic, partitions, replicationFactor, configs }) => ({
    name: topic,
    numPartitions: partitions,
    replicationFactor,
    assignments: [],
    configs: Object.entries(configs).map(([name, value]) => ({ name, value })),
  }));
  const answer = await connections.askAny({
    doing: "create topics",
    timeoutMs: TOPIC_CHANGE_MS + REQUEST_TIMEOUT_MS,
    ask: (connection) =>
      wholeAnswer(createTopicsV7.api.async(connection, wanted, TOPIC_CHANGE_MS, false)),
  });
  for (const { name, errorCode, errorMessage } of answer.topics) {
    if (errorCode !== 0) throw codedFailure(errorCode, `create topic "${name}"`, errorMessage);
  }
}

/** Deletes topics, those that exist. @throws {KafkaClientError} of the first that does not */
export async function deleteTopics(
  connections: ClusterConnections,
  topics: readonly string[],
): Promise<void> {
  const names = topics.map((name) => ({ name }));
  const answer = await connections.askAny({
    doing: "delete topics",
    timeoutMs: TOPIC_CHANGE_MS + REQUEST_TIMEOUT_MS,
    ask: (connection) => wholeAnswer(deleteTopicsV6.api.async(connection, names, TOPIC_CHANGE_MS)),
  });
  for (const { name, errorCode, errorMessage } of answer.responses) {
    if (errorCode !== 0) throw codedFailure(errorCode, `delete topic "${name}"`, errorMessage);
  }
}

/** First or next offsets. @throws {KafkaClientError} of the first partition that has none to tell */
export async function listOffsets(
  connections: ClusterConnections,
  nodeId: number,
  partitions: readonly ClientPartition[],
  at: "earliest" | "latest",
): Promise<readonly (ClientPartition & { readonly offset: number })[]> {
  const doing = `ask for the ${at} offsets`;
  const timestamp = at === "earliest" ? ListOffsetTimestamps.EARLIEST : ListOffsetTimestamps.LATEST;
  const wanted = byTopic(partitions, ({ partition }) => ({
    partitionIndex: partition,
    currentLeaderEpoch: NO_LEADER_EPOCH,
    timestamp,
  })).map(({ topic, partitions }) => ({ name: topic, partitions }));
  const answer = await connections.askNode(nodeId, {
    doing,
    ask: (connection) =>
      wholeAnswer(listOffsetsV7.api.async(connection, NO_REPLICA, READ_UNCOMMITTED, wanted)),
  });
  const offsets = new Map<string, number>();
  for (const { name, partitions } of answer.topics) {
    for (const { partitionIndex, errorCode, offset } of partitions) {
      if (errorCode !== 0) throw codedFailure(errorCode, `${doing} of ${name}/${partitionIndex}`);
      offsets.set(`${name}/${partitionIndex}`, Number(offset));
    }
  }
  return partitions.map(({ topic, partition }) => {
    const offset = offsets.get(`${topic}/${partition}`);
    if (offset !== undefined) return { topic, partition, offset };
    throw clientFailure("OTHER", doing, `the broker's answer leaves out ${topic}/${partition}`);
  });
}
