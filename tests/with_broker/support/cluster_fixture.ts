/**
 * Cluster logs for tests, each under a prefix that no other test and no earlier run has used.
 *
 * @module
 */

import type { ClusterLogConfig, KafkaClientName } from "../../../kafka/cluster/cluster_config.ts";
import { openClusterLog } from "../../../kafka/cluster/cluster_log.ts";
import { type LogFixture, uniqueName } from "../../kafka/log_fixture.ts";
import { testBrokers } from "./test_brokers.ts";

/** A config that names the test's brokers. */
export function testConfig(client: KafkaClientName): ClusterLogConfig {
  return { kind: "kafka", brokers: testBrokers(), client, topicPrefix: `${uniqueName("test")}.` };
}

/** A fixture that tells where it is. */
export interface ClusterFixture extends LogFixture {
  readonly config: ClusterLogConfig;
}

/** A fixture whose topics are deleted at its end. */
export async function clusterFixture(client: KafkaClientName): Promise<ClusterFixture> {
  const config = testConfig(client);
  const log = await openClusterLog(config);
  return {
    config,
    log,
    openAnother: () => openClusterLog(config),
    clock: null,
    // The test broker permits it; a broker as it comes wants 6000.
    sessionTimeoutMs: 1_000,
    deadlineMs: 30_000,
    async [Symbol.asyncDispose]() {
      await log.close();
      await using sweeper = await openClusterLog(config);
      const topics = (await sweeper.describeTopics()).map(({ name }) => name);
      await sweeper.deleteTopics(topics);
    },
  };
}
