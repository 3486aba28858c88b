/**
 * Floors on three brokers, one of which is killed with kill -9 in mid-burst: its leaders and the
 * coordinators of its groups move.
 */

import assert from "node:assert/strict";
import { KAFKA_CLIENTS } from "../../../kafka/cluster/cluster_config.ts";
import { scratchFolder, startIn } from "../native_broker/cluster_of_a_test.ts";
import { eventually } from "../../support/eventually.ts";
import { configOn, leaderOf, LONG_MS } from "./broken_cluster.ts";
import { assertFloorsGoOn } from "./hurt_floor.ts";

Deno.test("a floor on three brokers, of which a leader is killed with kill -9 in mid-burst, goes on by itself", async () => {
  await using folder = await scratchFolder();
  await using cluster = await startIn(folder.path, { brokers: 3 });
  const config = configOn(cluster, "kafkajs");
  await assertFloorsGoOn({
    cluster,
    folder: folder.path,
    clients: KAFKA_CLIENTS,
    async fault(topicPrefix) {
      const topic = `${topicPrefix}order-commands`;
      const leader = await leaderOf(config, topic);
      assert.ok(leader > 0);
      await cluster.kill(leader);
      await eventually("another broker leads", async () => {
        const now = await leaderOf(config, topic);
        return now > 0 && now !== leader;
      }, LONG_MS);
      // It stays away: two replicas are enough to go on.
    },
  });
});
