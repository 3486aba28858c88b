import assert from "node:assert/strict";
import { TOPIC_NAMES, TOPICS, topicSettings } from "../../kafka/topics.ts";
import { findTopicDrift } from "../../kafka/topic_drift.ts";
import { openMemoryLog } from "../../kafka/open_event_log.ts";

Deno.test("TOPICS names the floor's seven topics", () => {
  assert.deepEqual([...TOPIC_NAMES].sort(), [
    "dead-letters",
    "intents",
    "market-data",
    "notifications",
    "order-commands",
    "orders",
    "snapshots",
  ]);
});

Deno.test("TOPICS stamps by the log what the gateway decides by, and forgets nothing but snapshots", () => {
  assert.equal(TOPICS["order-commands"].timestampType, "log-append-time");
  for (const name of TOPIC_NAMES) {
    assert.equal(TOPICS[name].cleanup, name === "snapshots" ? "compact" : "keep");
  }
});

Deno.test("topicSettings() can be created, and then there is no drift", async () => {
  await using log = await openMemoryLog();
  const wanted = topicSettings({ partitions: { orders: 3 } });
  await log.createTopics(wanted);
  assert.deepEqual(findTopicDrift(wanted, await log.describeTopics()), []);
  assert.equal(await log.partitionCount("orders"), 3);
});

Deno.test("findTopicDrift() names every difference", () => {
  const wanted = topicSettings();
  const [marketData, commands, ...others] = wanted;
  const found = [
    marketData!,
    {
      ...commands!,
      partitions: 2,
      cleanup: "delete",
      retentionMs: 5,
      timestampType: "create-time",
    },
    ...others.slice(1),
    { ...others[0]!, name: "somebody-elses" },
  ] as typeof wanted;
  assert.deepEqual(
    findTopicDrift(wanted, found).map(({ topic, difference }) => `${topic} ${difference}`),
    [
      "order-commands has 2 partitions instead of 6",
      "order-commands has cleanup policy delete instead of keep",
      "order-commands has retention of 5 ms instead of without end",
      "order-commands is stamped by create-time instead of log-append-time",
      "orders does not exist",
    ],
  );
});
