/**
 * Floors' runs on the test's brokers.
 *
 * @module
 */

import type { ClusterLogConfig, KafkaClientName } from "../../../kafka/cluster/cluster_config.ts";
import { openEventLog } from "../../../kafka/open_event_log.ts";
import { testBrokers } from "../support/test_brokers.ts";

/** Gives `work` a run of its own; its topics are removed afterwards. */
export async function onCluster(
  client: KafkaClientName,
  work: (run: string, log: ClusterLogConfig) => Promise<void>,
): Promise<void> {
  const run = `floor-${crypto.randomUUID().slice(0, 8)}`;
  const config = { kind: "kafka", brokers: testBrokers(), client, topicPrefix: `${run}.` } as const;
  try {
    await work(run, config);
  } finally {
    await using log = await openEventLog(config);
    const names = (await log.describeTopics()).map(({ name }) => name);
    if (names.length > 0) await log.deleteTopics(names);
  }
}
