/**
 * A run read with Kafka's own tools: they find what its report states.
 */

import assert from "node:assert/strict";
import { join } from "node:path";
import { openEventLog } from "../../../kafka/open_event_log.ts";
import { partitionForKey } from "../../../kafka/partitioner.ts";
import { TOPIC_NAMES } from "../../../kafka/topics.ts";
import { withFolder } from "../../actors/floor/recovery_floor.ts";
import { uniqueName } from "../../kafka/log_fixture.ts";
import { reportOf, SHORT_BURST, startSim } from "../../sim/session/sim_process.ts";
import { readByConsoleConsumer, type StoredRecord } from "../faults/stored_records.ts";
import { testBrokers } from "../support/test_brokers.ts";
import { groupLines, recordCounts, testTools, type Tools } from "./kafka_tools.ts";
import { sessionClients } from "../support/test_clients.ts";

/** The groups of the floor's consumers and what each reads. */
const GROUPS = {
  "order-gateway": "order-commands",
  "trading-engine": "orders",
  "portfolio-manager": "notifications",
} as const;

/** What a session's producers ask for; the rest of `order-commands` is the floor's own. */
const SENT_COMMANDS = ["deposit", "place-order", "cancel-order"];

for (const client of sessionClients()) {
  Deno.test(`a run by ${client} is read by Kafka's own tools, which find its report's counts, keys and lags`, async () => {
    await withFolder(async (runs) => {
      const runId = uniqueName("tools");
      const config = {
        kind: "kafka",
        brokers: testBrokers(),
        client,
        topicPrefix: `${runId}.`,
      } as const;
      try {
        const { code, out, err } = await startSim(
          ...[SHORT_BURST, "--runs", runs, "--run-id", runId],
          ...["--brokers", config.brokers.join(","), "--client", client],
        ).ended;
        assert.equal(code, 0, out + err);
        await assertTold(await testTools(), config.topicPrefix, join(runs, runId));
      } finally {
        await using log = await openEventLog(config);
        const names = (await log.describeTopics()).map(({ name }) => name);
        if (names.length > 0) await log.deleteTopics(names);
      }
    });
  });
}

async function assertTold(tools: Tools, prefix: string, directory: string): Promise<void> {
  const { counts, floor } = await reportOf(directory);
  const ends = await recordCounts(tools, prefix);
  assert.deepEqual([...ends.keys()].sort(), TOPIC_NAMES.map((name) => prefix + name).sort());
  assert.equal(ends.get(`${prefix}dead-letters`), counts.deadLetters);
  assert.equal(sum([...ends.values()]), floor.recordsAppended);

  const notifications = await readByConsoleConsumer(tools, `${prefix}notifications`);
  const told = distinct(notifications);
  assert.equal(notifications.length - told.length, counts.repeats);
  const placed = withType(told, "order-placed");
  const rejected = withType(told, "order-rejected");
  const given = (answers: readonly Message[], again: boolean) =>
    answers.filter(({ duplicate }) => duplicate === again).length;
  assert.equal(given(placed, false), counts.orders.placed);
  assert.equal(given(rejected, false), counts.orders.rejected);
  assert.equal(given([...placed, ...rejected], true), counts.orders.duplicates);
  assert.equal(withType(told, "order-filled").length, counts.fills);
  const commands = await readByConsoleConsumer(tools, `${prefix}order-commands`);
  const asked = distinct(commands);
  assert.equal(sum(SENT_COMMANDS.map((type) => withType(asked, type).length)), counts.sent);
  assert.equal(withType(asked, "open-account").length, counts.intended.accounts);
  for (const { key, partition, value } of [...commands, ...notifications]) {
    if (key === "null") continue; // Parameters of the partition, which belong to no user.
    assert.equal(partition, partitionForKey(key, 6), key);
    assert.equal(messageOf(value)["userId"], key);
  }

  const lines = await groupLines(tools, Object.keys(GROUPS).map((group) => prefix + group));
  for (const [group, topic] of Object.entries(GROUPS)) {
    const own = lines.filter((line) => line.group === prefix + group);
    assert.deepEqual(new Set(own.map((line) => line.topic)), new Set([prefix + topic]));
    assert.equal(own.length, 6, `${group} has committed to every partition`);
  }
  assert.equal(sum(lines.map(({ lag }) => lag)), floor.lag);
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0);
}

/** A message as anybody reads it who has no schema. */
type Message = Readonly<Record<string, unknown>>;

function messageOf(value: string): Message {
  return JSON.parse(value);
}

/** Messages by their ids, each once: one that was published again after a failure is the same. */
function distinct(records: readonly StoredRecord[]): readonly Message[] {
  const messages = records.map(({ value }) => messageOf(value));
  return [...new Map(messages.map((message) => [message["id"], message])).values()];
}

function withType(messages: readonly Message[], type: string): readonly Message[] {
  return messages.filter((message) => message["type"] === type);
}
