/**
 * Requests about topics.
 *
 * @module
 */

import { REQUEST_TIMEOUT_MS, TOPIC_CHANGE_MS } from "../cluster_settings.ts";
import type { ClientPartition, TopicCreation } from "../kafka_client.ts";
import type { Brokers } from "./brokers.ts";
import { byTopic } from "../by_topic.ts";
import { READ_UNCOMMITTED } from "./fetch_request.ts";
import { requests } from "./library.ts";
import { throwIfFailed } from "../client_failures.ts";

/** A topic, among the things that have a configuration. */
const TOPIC_RESOURCE = 2;

/** The broker says that it does not know a topic, or that there cannot be one of this name. */
const ABSENT = new Set([3, 17]);

/** What the protocol takes for the two ends of a partition. */
const TIMESTAMPS = { earliest: -2, latest: -1 } as const;

/** A request that may work for so long has to be waited for a little longer. */
const PATIENCE = { timeoutMs: TOPIC_CHANGE_MS + REQUEST_TIMEOUT_MS };

/** {@link KafkaClient.describeTopicConfigs} */
export async function describeTopicConfigs(brokers: Brokers, topics: readonly string[]) {
  const found = new Map<string, Readonly<Record<string, string>>>();
  if (topics.length === 0) return found;
  const { resources } = await brokers.askAny(requests.DescribeConfigs, {
    resources: topics.map((name) => ({ type: TOPIC_RESOURCE, name })),
    includeSynonyms: false,
  });
  for (const { errorCode, resourceName, configEntries } of resources) {
    if (ABSENT.has(errorCode)) continue;
    throwIfFailed(errorCode, `describe the configuration of ${resourceName}`);
    const entries = configEntries.map(({ configName, configValue }) => [configName, configValue]);
    found.set(resourceName, Object.fromEntries(entries.filter(([, value]) => value !== null)));
  }
  return found;
}

/** {@link KafkaClient.createTopics}. Any broker takes it; it hands it on to the controller. */
export async function createTopics(brokers: Brokers, topics: readonly TopicCreation[]) {
  if (topics.length === 0) return;
  const { topicErrors } = await brokers.askAny(requests.CreateTopics, {
    topics: topics.map(({ topic, partitions, replicationFactor, configs }) => ({
      topic,
      numPartitions: partitions,
      replicationFactor,
      configEntries: Object.entries(configs).map(([name, value]) => ({ name, value })),
    })),
    timeout: TOPIC_CHANGE_MS,
  }, PATIENCE);
  for (const { topic, errorCode, errorMessage } of topicErrors) {
    throwIfFailed(errorCode, `create the topic ${topic}`, errorMessage);
  }
}

/** {@link KafkaClient.deleteTopics} */
export async function deleteTopics(brokers: Brokers, topics: readonly string[]) {
  if (topics.length === 0) return;
  const fields = { topics, timeout: TOPIC_CHANGE_MS };
  const { topicErrors } = await brokers.askAny(requests.DeleteTopics, fields, PATIENCE);
  for (const { topic, errorCode } of topicErrors) {
    throwIfFailed(errorCode, `delete the topic ${topic}`);
  }
}

/** {@link KafkaClient.listOffsets} */
export async function listOffsets(
  brokers: Brokers,
  nodeId: number,
  partitions: readonly ClientPartition[],
  at: "earliest" | "latest",
) {
  if (partitions.length === 0) return [];
  const { responses } = await brokers.ask(nodeId, requests.ListOffsets, {
    isolationLevel: READ_UNCOMMITTED,
    topics: byTopic(partitions, ({ partition }) => ({ partition, timestamp: TIMESTAMPS[at] })),
  });
  return responses.flatMap(({ topic, partitions }) =>
    partitions.map(({ partition, errorCode, offset }) => {
      throwIfFailed(errorCode, `list the offsets of ${topic}/${partition}`);
      return { topic, partition, offset: Number(offset) };
    })
  );
}
