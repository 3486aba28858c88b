/**
 * Taking a producer's id away from it, as one does that restarted with the same id: its epoch grows,
 * and what the former sends is refused.
 *
 * @module
 */

import { Buffer } from "node:buffer";
import assert from "node:assert/strict";
import type { ClusterLogConfig } from "../../../kafka/cluster/cluster_config.ts";
import type { ClientPartition } from "../../../kafka/cluster/kafka_client.ts";
import { Brokers } from "../../../kafka/cluster/kafkajs/brokers.ts";
import { requests } from "../../../kafka/cluster/kafkajs/library.ts";
import { securityOf } from "../../../kafka/cluster/kafkajs/security.ts";
import type { NativeCluster } from "../../../kafka/native_broker/mod.ts";
import { tool } from "../native_broker/cluster_of_a_test.ts";

const APPEND_TIMEOUT_MS = 10_000;

/** Appends one record, `fence`, with the id of the partition's only producer and the next epoch. */
export async function fenceProducer(
  cluster: NativeCluster,
  config: ClusterLogConfig,
  { topic, partition }: ClientPartition,
): Promise<void> {
  const { producerId, producerEpoch } = await producerOf(cluster, { topic, partition });
  const brokers = new Brokers({
    seeds: config.brokers,
    through: {},
    security: securityOf(config),
  });
  try {
    const { topics } = await brokers.metadata([topic]);
    const { leader } = topics[0]!.partitions.find((each) => each.partition === partition)!;
    const message = {
      key: null,
      value: Buffer.from("fence"),
      headers: {},
      timestamp: String(Date.now()),
    };
    const answer = await brokers.ask(leader, requests.Produce, {
      producerId,
      producerEpoch: producerEpoch + 1,
      acks: -1,
      timeout: APPEND_TIMEOUT_MS,
      topicData: [{ topic, partitions: [{ partition, firstSequence: 0, messages: [message] }] }],
    });
    assert.equal(answer.topics[0]?.partitions[0]?.errorCode, 0);
  } finally {
    await brokers.close();
  }
}

/** Who appends to a partition, by Kafka's own tool. */
async function producerOf(cluster: NativeCluster, { topic, partition }: ClientPartition) {
  const text = await tool(
    cluster,
    "TransactionsCommand",
    ...["describe-producers", "--topic", topic, "--partition", String(partition)],
  );
  const [, row] = text.trim().split("\n");
  const [producerId, producerEpoch] = row?.trim().split(/\s+/) ?? [];
  assert.match(`${producerId} ${producerEpoch}`, /^\d+ \d+$/, text);
  return { producerId: producerId!, producerEpoch: Number(producerEpoch) };
}
