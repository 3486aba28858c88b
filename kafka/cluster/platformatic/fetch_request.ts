/**
 * Fetching records: one long poll of one broker.
 *
 * @module
 */

import { byTopic } from "../by_topic.ts";
import { throwIfFailed } from "../client_failures.ts";
import { REQUEST_TIMEOUT_MS } from "../cluster_settings.ts";
import type { FetchedBatches, FetchLimits, FetchWish } from "../kafka_client.ts";
import type { ClusterConnections } from "./cluster_connections.ts";
import { fetchBatches } from "./fetch_answer.ts";
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
): Promise<readonly FetchedBatches[]> {
  const { nodeId, wishes, limits: { maxWaitMs, maxBytes, maxPartitionBytes } } = request;
  const doing = `fetch from broker ${nodeId}`;
  const topics = byTopic(wishes, ({ partition, offset }) => ({
    partition,
    currentLeaderEpoch: NO_LEADER_EPOCH,
    fetchOffset: BigInt(offset),
    lastFetchedEpoch: NO_LEADER_EPOCH,
    partitionMaxBytes: maxPartitionBytes,
    // This version, the newest that takes a topic's name in the place of its number.
  })).map(({ topic, partitions }) => ({ topicId: topic, partitions }));
  const { errorCode, partitions } = await connections.askNode(nodeId, {
    doing,
    timeoutMs: maxWaitMs + REQUEST_TIMEOUT_MS,
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
  throwIfFailed(errorCode, doing);
  return partitions;
}
