/**
 * Three native brokers whose leaders are found and hurt.
 *
 * @module
 */

import type { ClusterLogConfig, KafkaClientName } from "../../../kafka/cluster/cluster_config.ts";
import { openClient } from "../../../kafka/cluster/open_client.ts";
import type { PartitionMetadata } from "../../../kafka/cluster/kafka_client.ts";
import type { NativeCluster } from "../../../kafka/native_broker/mod.ts";
import { uniqueName } from "../../kafka/log_fixture.ts";
import { eventually } from "../../support/eventually.ts";

/** Nothing that is waited for here takes so long on a machine that does anything else at all. */
export const LONG_MS = 90_000;

/** A log of its own on a cluster. */
export function configOn(
  cluster: Pick<NativeCluster, "brokers">,
  client: KafkaClientName,
): ClusterLogConfig {
  return {
    kind: "kafka",
    brokers: cluster.brokers,
    client,
    topicPrefix: `${uniqueName("faults")}.`,
  };
}

/** The partitions of a topic, by its name on the cluster, as a broker that answers knows them. */
export async function partitionsOf(
  config: ClusterLogConfig,
  topic: string,
): Promise<readonly PartitionMetadata[]> {
  const client = await openClient(config);
  try {
    const { topics: [found] } = await client.metadata([topic]);
    return found?.partitions ?? [];
  } finally {
    await client.close();
  }
}

/** The node that leads a partition. */
export async function leaderOf(
  config: ClusterLogConfig,
  topic: string,
  partition = 0,
): Promise<number> {
  const partitions = await partitionsOf(config, topic);
  return partitions.find((each) => each.partition === partition)?.leader ?? -1;
}

/** Resolves when every partition has a leader and all its replicas are in sync. */
export async function wholeAgain(config: ClusterLogConfig, topic: string): Promise<void> {
  await eventually(`all replicas of ${topic} are in sync`, async () => {
    const partitions = await partitionsOf(config, topic).catch(() => []);
    return partitions.length > 0 &&
      partitions.every(({ leader, replicas, inSyncReplicas }) =>
        leader > 0 && inSyncReplicas.length === replicas.length
      );
  }, LONG_MS);
}
