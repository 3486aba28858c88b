/**
 * Fetching records: one long poll of one broker.
 *
 * @module
 */

import type { FetchedPartition, FetchLimits, FetchWish } from "../kafka_client.ts";
import { brokerError, failure } from "./client_errors.ts";
import type { ClusterConnections } from "./cluster_connections.ts";
import { fetchBatches } from "./fetch_answer.ts";
import { byTopic } from "./partitions_by_topic.ts";
import { readBatches } from "./record_batches.ts";
import { NO_LEADER_EPOCH, READ_UNCOMMITTED } from "./topic_requests.ts";

/** The broker answers as soon as there is anything. */
const MIN_BYTES = 1;

/** Every request names all its partitions: a broker that remembers nothing forgets nothing. */
const NO_SESSION = { id: 0, epoch: -1 } as const;

/** @throws {KafkaClientError} when nothing could be fetched; else each partition has its own error */
export async function fetchRecords(
  connections: ClusterConnections,
  request: {
    readonly nodeId: number;
    readonly wishes: readonly FetchWish[];
    readonly limits: FetchLimits;
  },
): Promise<readonly FetchedPartition[]> {
  const { nodeId, wishes, limits: { maxWaitMs, maxBytes, maxPartitionBytes } } = request;
  const doing = `fetch from broker ${nodeId}`;
  const topics = byTopic(wishes).map(([topic, ofTopic]) => ({
    // This version, the newest that takes a topic's name in the place of its number.
    topicId: topic,
    partitions: ofTopic.map(({ partition, offset }) => ({
      partition,
      currentLeaderEpoch: NO_LEADER_EPOCH,
      fetchOffset: BigInt(offset),
      lastFetchedEpoch: NO_LEADER_EPOCH,
      partitionMaxBytes: maxPartitionBytes,
    })),
  }));
  const { errorCode, partitions } = await connections.askNode(nodeId, {
    doing,
    waitMs: maxWaitMs,
    ask: (connection) =>
      fetchBatches.async(
        connection,
        maxWaitMs,
        MIN_BYTES,
        maxBytes,
        READ_UNCOMMITTED,
        NO_SESSION.id,
        NO_SESSION.epoch,
        topics,
        [],
        "",
      ),
  });
  if (errorCode !== 0) throw brokerError(errorCode, doing);
  const wished = new Map(
    wishes.map(({ topic, partition, offset }) => [`${topic}/${partition}`, offset]),
  );
  return partitions.map((answered) => {
    const { topic, partition, errorCode, highWatermark } = answered;
    const place = { topic, partition, fetchOffset: wished.get(`${topic}/${partition}`) ?? 0 };
    const nothing = { ...place, records: [], nextOffset: place.fetchOffset, highWatermark };
    const reading = `fetch ${topic}/${partition}`;
    if (errorCode !== 0) return { ...nothing, error: brokerError(errorCode, reading) };
    try {
      const content = readBatches(answered.batches, place.fetchOffset);
      return { ...place, ...content, highWatermark, error: null };
    } catch (error) {
      return { ...nothing, error: failure("OTHER", reading, "a batch is damaged", error) };
    }
  });
}
