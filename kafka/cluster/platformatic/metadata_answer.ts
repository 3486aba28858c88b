/**
 * Answers that carry error codes in their parts: the library throws them as a whole, and the port wants
 * the sound parts.
 *
 * @module
 */

import { type metadataV12, protocolErrors, ResponseError } from "./library.ts";
import { codedFailure } from "../client_failures.ts";
import type { ClusterMetadata, TopicMetadata } from "../kafka_client.ts";
import { field } from "./library_faults.ts";

/** The answer, whether or not there are error codes in it. */
export async function wholeAnswer<Answer>(answer: Promise<Answer>): Promise<Answer> {
  try {
    return await answer;
  } catch (error) {
    const response = error instanceof ResponseError ? field(error, "response") : undefined;
    if (response === undefined) throw error;
    // The parser that makes an `Answer` throws this error, with what it has made inside.
    return response as Answer;
  }
}

const { UNKNOWN_TOPIC_OR_PARTITION, LEADER_NOT_AVAILABLE } = protocolErrors;

/** Whether a topic's error code says that it does not exist. */
export function isUnknownTopic(errorCode: number): boolean {
  return errorCode === UNKNOWN_TOPIC_OR_PARTITION?.code;
}

/** @throws {KafkaClientError} when a topic cannot be told about */
export function readMetadata(answer: metadataV12.MetadataResponse, doing: string): ClusterMetadata {
  return {
    brokers: answer.brokers.map(({ nodeId, host, port }) => ({ nodeId, host, port })),
    controllerId: answer.controllerId,
    topics: answer.topics
      .filter(({ errorCode }) => !isUnknownTopic(errorCode))
      .map((topic) => readTopic(topic, doing)),
  };
}

function readTopic(
  topic: metadataV12.MetadataResponse["topics"][number],
  doing: string,
): TopicMetadata {
  // One whose leaders are being chosen exists, and tells so by partition.
  if (topic.errorCode !== 0 && topic.errorCode !== LEADER_NOT_AVAILABLE?.code) {
    throw codedFailure(topic.errorCode, `${doing} ("${topic.name}")`);
  }
  return {
    topic: topic.name ?? "",
    partitions: topic.partitions
      .map(({ partitionIndex, leaderId, replicaNodes, isrNodes }) => ({
        partition: partitionIndex,
        leader: leaderId,
        replicas: replicaNodes,
        inSyncReplicas: isrNodes,
      }))
      .toSorted((one, other) => one.partition - other.partition),
  };
}
