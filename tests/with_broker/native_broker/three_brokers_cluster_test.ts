/**
 * Three native brokers: a leader that moves when its broker is killed.
 *
 * @module
 */

import assert from "node:assert/strict";
import { eventually } from "../../support/eventually.ts";
import { consume, produce, scratchFolder, startIn, tool } from "./cluster_of_a_test.ts";

/** A tool's start is the most of it. */
const DEADLINE_MS = 60_000;

Deno.test("three brokers move the leader of a killed one and lose nothing acknowledged", async () => {
  await using folder = await scratchFolder();
  await using cluster = await startIn(folder.path, { brokers: 3 });
  assert.equal(new Set(cluster.brokers).size, 3);
  await tool(cluster, "TopicCommand", "--create", "--topic", "trades", "--partitions", "1");
  const described = async () => {
    const text = await tool(cluster, "TopicCommand", "--describe", "--topic", "trades");
    return {
      leader: Number(/Leader: (\d)/.exec(text)?.[1]),
      replicas: /Replicas: (\S+)/.exec(text)?.[1]?.split(",").length,
      minInSync: /min\.insync\.replicas=(\d)/.exec(text)?.[1],
    };
  };
  const before = await described();
  assert.deepEqual([before.replicas, before.minInSync], [3, "2"]);
  assert.equal((await produce(cluster, "trades", ["one"])).code, 0);

  await cluster.kill(before.leader);
  await eventually("another broker leads", async () => {
    const { leader } = await described();
    return leader > 0 && leader !== before.leader;
  }, DEADLINE_MS);
  assert.equal((await produce(cluster, "trades", ["two"])).code, 0);
  assert.deepEqual(await consume(cluster, "trades", 2), ["one", "two"]);
  await cluster.start(before.leader);
  assert.equal(cluster.nodes.every(({ running }) => running), true);
});
