/**
 * `deno task topics` on a real cluster.
 */

import assert from "node:assert/strict";
import { openClient } from "../../../kafka/cluster/open_client.ts";
import { openEventLog } from "../../../kafka/open_event_log.ts";
import { TOPIC_NAMES } from "../../../kafka/topics.ts";
import { TOPICS_EXIT } from "../../../sim/topics_command.ts";
import { eventually } from "../../support/eventually.ts";
import { testBrokers } from "../support/test_brokers.ts";
import { runOnKafka, topics } from "./runs_on_kafka.ts";

function cluster(runId: string) {
  return { kind: "kafka", brokers: testBrokers(), topicPrefix: `${runId}.` } as const;
}

Deno.test("topics creates, lists, describes and deletes a run's topics on a cluster", async () => {
  await using run = await runOnKafka("kafkajs");
  const named = ["--run", run.runId];
  const missing = await topics("list", ...named);
  assert.equal(missing.code, TOPICS_EXIT.drift);
  assert.match(missing.text, /orders does not exist/);
  const made = await topics("create", ...named);
  assert.equal(made.code, TOPICS_EXIT.fine, made.text);
  assert.match(made.text, /created 7 topics, found 0 there/);
  assert.match((await topics("create", ...named)).text, /created 0 topics, found 7 there/);
  const list = await topics("list", ...named);
  for (const name of TOPIC_NAMES) assert.match(list.text, new RegExp(`^${name}$`, "m"));
  const described = await topics("describe", ...named);
  assert.equal(described.code, TOPICS_EXIT.fine, described.text);
  assert.match(described.text, /^order-commands +6 +keep +log-append-time +0 /m);
  assert.match(described.text, /^\d brokers?, each record is on \d of them$/m);
  assert.match((await topics("list")).text, new RegExp(`^--run ${run.runId}$`, "m"));

  const doubted = await topics("delete", ...named);
  assert.equal(doubted.code, TOPICS_EXIT.usage);
  assert.match(doubted.text, /gone for good; add --delete if you mean it/);
  assert.equal((await topics("list", ...named)).code, TOPICS_EXIT.fine);
  const deleted = await topics("delete", ...named, "--delete");
  assert.equal(deleted.code, TOPICS_EXIT.fine);
  assert.match(deleted.text, /^deleted 7 topics of run /);
  const again = await topics("delete", ...named, "--delete");
  assert.equal(again.code, TOPICS_EXIT.failed);
  assert.match(again.text, /the cluster has none of run /);
});

Deno.test("topics reports how a run's topics differ, and does not change partition counts", async () => {
  await using run = await runOnKafka("kafkajs");
  const named = ["--run", run.runId];
  const client = await openClient(cluster(run.runId));
  try {
    await client.createTopics([{
      topic: `${run.runId}.orders`,
      partitions: 3,
      replicationFactor: 1,
      configs: { "cleanup.policy": "delete", "retention.ms": "60000" },
    }]);
    // A broker hears of it a moment later than the controller that made it.
    await eventually("the topic is known", async () => {
      const { topics } = await client.metadata([`${run.runId}.orders`]);
      return topics[0]?.partitions.length === 3;
    });
  } finally {
    await client.close();
  }
  const drifted = await topics("describe", ...named);
  assert.equal(drifted.code, TOPICS_EXIT.drift);
  assert.match(drifted.text, /orders has 3 partitions instead of 6/);
  assert.match(
    drifted.text,
    /orders has cleanup policy delete instead of keep|orders has retention/,
  );
  assert.match(drifted.text, /notifications does not exist/);
  const refused = await topics("create", ...named, "--partitions", "4");
  assert.equal(refused.code, TOPICS_EXIT.drift);
  assert.match(refused.text, /Cannot give orders 4 partitions: it has 3 .* Start a new run /);
  assert.match(refused.text, /--partitions 4 --brokers /);
});

Deno.test("topics does not delete what a floor works on", async () => {
  await using run = await runOnKafka("kafkajs");
  const named = ["--run", run.runId];
  assert.equal((await topics("create", ...named)).code, TOPICS_EXIT.fine);
  await using log = await openEventLog(cluster(run.runId));
  const instanceId = "order-gateway-0";
  const member = await log.join({ group: "order-gateway", topics: ["order-commands"], instanceId });
  await member.poll({ timeoutMs: 20_000 });
  const busy = await topics("delete", ...named, "--delete");
  assert.equal(busy.code, TOPICS_EXIT.failed);
  assert.match(busy.text, /order-gateway-0 .* work on run .* now; stop its floor/);
  await member.leave();
  assert.equal((await topics("delete", ...named, "--delete")).code, TOPICS_EXIT.fine);
});

Deno.test("topics says at once what is wrong with a cluster's address", async () => {
  const { runTopicsCommand } = await import("../../../sim/topics_command.ts");
  for (
    const [brokers, says] of [
      ["127.0.0.1:1", /nothing listens at 127\.0\.0\.1:1/],
      ["no-such-host.invalid:9092", /there is no host no-such-host\.invalid/],
    ] as const
  ) {
    const lines: string[] = [];
    const line = (text: string) => void lines.push(text);
    const code = await runTopicsCommand(["list", "--brokers", brokers], { out: line, error: line });
    assert.equal(code, TOPICS_EXIT.failed);
    assert.match(lines.join("\n"), says);
  }
});
