/**
 * A client whose requests tell whether the cluster can be reached.
 *
 * @module
 */

import type { Availability } from "./availability.ts";
import type { KafkaProducer } from "./idempotent_producer.ts";
import type { KafkaClient } from "./kafka_client.ts";

/** The client, watched. */
export function watchedClient(client: KafkaClient, availability: Availability): KafkaClient {
  const at = <T>(what: string, nodeId: number, request: () => Promise<T>) =>
    availability.of(`${what} of broker ${nodeId}`, request);
  return {
    metadata: (topics) => availability.of("metadata", () => client.metadata(topics)),
    describeTopicConfigs: (topics) =>
      availability.of("topic settings", () => client.describeTopicConfigs(topics)),
    createTopics: (topics) =>
      availability.of("creation of topics", () => client.createTopics(topics)),
    deleteTopics: (topics) =>
      availability.of("deletion of topics", () => client.deleteTopics(topics)),
    allocateProducerId: () => availability.of("producer ids", () => client.allocateProducerId()),
    append: (nodeId, batches, limits) =>
      at("appends", nodeId, () => client.append(nodeId, batches, limits)),
    unpackers: client.unpackers,
    fetch: (nodeId, wishes, limits) =>
      at("fetch", nodeId, () => client.fetch(nodeId, wishes, limits)),
    listOffsets: (nodeId, partitions, when) =>
      at("offsets", nodeId, () => client.listOffsets(nodeId, partitions, when)),
    findCoordinator: (group) =>
      availability.of("search for a coordinator", () => client.findCoordinator(group)),
    joinGroup: (nodeId, request) => at("groups", nodeId, () => client.joinGroup(nodeId, request)),
    syncGroup: (nodeId, member, assignments) =>
      at("groups", nodeId, () => client.syncGroup(nodeId, member, assignments)),
    heartbeat: (nodeId, member) => at("groups", nodeId, () => client.heartbeat(nodeId, member)),
    leaveGroup: (nodeId, member) => at("groups", nodeId, () => client.leaveGroup(nodeId, member)),
    commitOffsets: (nodeId, member, offsets) =>
      at("groups", nodeId, () => client.commitOffsets(nodeId, member, offsets)),
    fetchOffsets: (nodeId, group, partitions) =>
      at("groups", nodeId, () => client.fetchOffsets(nodeId, group, partitions)),
    describeGroup: (nodeId, group) =>
      at("groups", nodeId, () => client.describeGroup(nodeId, group)),
    close: () => client.close(),
  };
}

/** The producer, watched: what it has mended by itself is no failure. */
export function watchedProducer(
  producer: KafkaProducer,
  availability: Availability,
): KafkaProducer {
  return {
    send: (to, records) =>
      availability.of(
        `appends to "${to.topic}"/${to.partition}`,
        () => producer.send(to, records),
      ),
    close: () => producer.close(),
  };
}
