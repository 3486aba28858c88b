/**
 * A topic is deleted under those who work on it: they are told, and do not wait for what cannot come.
 */

import assert from "node:assert/strict";
import { KAFKA_CLIENTS } from "../../../kafka/cluster/cluster_config.ts";
import { openClusterLog } from "../../../kafka/cluster/cluster_log.ts";
import { EventLogError, type GroupMember } from "../../../kafka/event_log.ts";
import { newTopic, uniqueName } from "../../kafka/log_fixture.ts";
import { onStage, trade, withFolder } from "../../actors/floor/recovery_floor.ts";
import { eventually } from "../../support/eventually.ts";
import { onCluster } from "../floor/cluster_run.ts";
import { clusterFixture } from "../support/cluster_fixture.ts";
import { LONG_MS } from "./broken_cluster.ts";

/** Polls until it throws that the topic is gone. */
async function untilToldOfIt(member: GroupMember): Promise<void> {
  await eventually("the member is told that the topic is gone", async () => {
    try {
      await member.poll({ timeoutMs: 100 });
      return false;
    } catch (error) {
      assert.ok(error instanceof EventLogError, `${error}`);
      assert.equal(error.code, "unknown-topic");
      return true;
    }
  }, LONG_MS);
}

for (const client of KAFKA_CLIENTS) {
  Deno.test(`members by ${client} whose group comes together after their topic was deleted are told so`, async () => {
    await using fixture = await clusterFixture(client);
    const topic = await newTopic(fixture.log, { partitions: 1 });
    await using other = await openClusterLog(fixture.config);
    const group = uniqueName("group");
    const join = (log: typeof other, instanceId: string) =>
      log.join({ group, topics: [topic], instanceId, sessionTimeoutMs: 10_000 });
    const leader = await join(fixture.log, "a");
    await leader.poll({ timeoutMs: LONG_MS });
    assert.equal(leader.assignment.length, 1);
    const idle = await join(other, "b");
    assert.deepEqual((await idle.poll({ timeoutMs: LONG_MS })).kind, "assignment");
    assert.equal(idle.assignment.length, 0);
    {
      await using third = await openClusterLog(fixture.config);
      await third.deleteTopics([topic]);
    }
    await untilToldOfIt(leader);
    // This log has seen the topic, and nothing has told it of the end.
    const late = await join(other, "c");
    await Promise.all([untilToldOfIt(idle), untilToldOfIt(late)]);
    for (const member of [late, idle, leader]) await member.leave();
  });
}

Deno.test("a floor whose topic is deleted under it stops, and says what to do", async () => {
  await withFolder(async (directory) => {
    await onCluster("kafkajs", async (_run, log) => {
      await onStage(directory, { log, restarts: {} }, async ({ floor }) => {
        await trade(floor, { name: "before", orders: 20 });
        await floor.idle();
        {
          await using another = await openClusterLog(log);
          await another.deleteTopics(["orders"]);
        }
        const error = await floor.failure;
        assert.equal(
          error.message,
          'Cannot go on: the topic "orders" was deleted under the floor, and its records with it; ' +
            "begin a new run",
        );
      });
    });
  });
});
