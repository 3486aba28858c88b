/**
 * Taking a producer's id away from it, as one does that restarted with the same id: its epoch grows,
 * and what the former sends is refused.
 *
 * @module
 */

import assert from "node:assert/strict";
import type { ClusterLogConfig } from "../../../kafka/cluster/cluster_config.ts";
import { AppendGatherer } from "../../../kafka/cluster/append_gatherer.ts";
import type { ClientPartition } from "../../../kafka/cluster/kafka_client.ts";
import { openClient } from "../../../kafka/cluster/open_client.ts";
import { encodeBatch } from "../../../kafka/cluster/record_batch/encoder.ts";
import type { NativeCluster } from "../../../kafka/native_broker/mod.ts";
import { tool } from "../native_broker/cluster_of_a_test.ts";

/** Appends one record, `fence`, with the id of the partition's only producer and the next epoch. */
export async function fenceProducer(
  cluster: NativeCluster,
  config: ClusterLogConfig,
  { topic, partition }: ClientPartition,
): Promise<void> {
  const { producerId, producerEpoch } = await producerOf(cluster, { topic, partition });
  const client = await openClient(config);
  try {
    const { topics } = await client.metadata([topic]);
    const { leader } = topics[0]!.partitions.find((each) => each.partition === partition)!;
    const fence = {
      key: null,
      value: new TextEncoder().encode("fence"),
      headers: {},
      timestamp: Date.now(),
    };
    const batch = encodeBatch([fence], {
      producerId: BigInt(producerId),
      producerEpoch: producerEpoch + 1,
      sequence: 0,
    });
    await new AppendGatherer(client).append(leader, { topic, partition }, batch);
  } finally {
    await client.close();
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
