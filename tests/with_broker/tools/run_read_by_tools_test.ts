/**
 * A run read with Kafka's own tools: they find what its report states.
 */

import assert from "node:assert/strict";
import { join } from "node:path";
import { KAFKA_CLIENTS } from "../../../kafka/cluster/cluster_config.ts";
import { openEventLog } from "../../../kafka/open_event_log.ts";
import { partitionForKey } from "../../../kafka/partitioner.ts";
import { TOPIC_NAMES } from "../../../kafka/topics.ts";
import { withFolder } from "../../actors/floor/recovery_floor.ts";
import { uniqueName } from "../../kafka/log_fixture.ts";
import { reportOf, SHORT_BURST, startSim } from "../../sim/session/sim_process.ts";
import { readByConsoleConsumer, type StoredRecord } from "../faults/stored_records.ts";
import { testBrokers } from "../support/test_brokers.ts";
import { endOffsets, groupLines, testTools, type Tools } from "./kafka_tools.ts";

/** The groups of the floor's consumers and what each reads. */
const GROUPS = {
  "order-gateway": "order-commands",
  "trading-engine": "orders",
  "portfolio-manager": "notifications",
} as const;

/** What clients ask for; the rest of `order-commands` is the trading engine's. */
const CLIENT_COMMANDS = ["open-account", "deposit", "place-order", "cancel-order"];

for (const client of KAFKA_CLIENTS) {
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
  const ends = new Map<string, number>();
  for (const name of TOPIC_NAMES) {
    ends.set(name, sum(await endOffsets(tools, `${prefix}${name}`)));
  }
  assert.equal(ends.get("dead-letters"), counts.deadLetters);
  // The report is of the moment before the floor was stopped, which leaves snapshots.
  const later = sum([...ends.values()]) - floor.recordsAppended;
  assert.ok(later >= 0 && later <= ends.get("snapshots")!, `${later} records came later`);

  const notifications = await readByConsoleConsumer(tools, `${prefix}notifications`);
  assert.equal(withType(notifications, "order-placed").length, counts.orders.placed);
  assert.equal(
    withType(notifications, "order-rejected").length,
    counts.orders.rejected + duplicatesOf(notifications, "order-rejected"),
  );
  assert.equal(withType(notifications, "order-filled").length, counts.fills);
  const commands = await readByConsoleConsumer(tools, `${prefix}order-commands`);
  const sent = CLIENT_COMMANDS.map((type) => withType(commands, type).length);
  assert.equal(sum(sent), counts.sent);
  for (const { key, partition, value } of [...commands, ...notifications]) {
    if (key === "null") continue; // Parameters of the partition, which belong to no user.
    assert.equal(partition, partitionForKey(key, 6), key);
    assert.equal(messageOf(value)["userId"], key);
  }

  let lag = 0;
  for (const [group, topic] of Object.entries(GROUPS)) {
    const lines = await groupLines(tools, `${prefix}${group}`);
    assert.deepEqual(new Set(lines.map((line) => line.topic)), new Set([`${prefix}${topic}`]));
    assert.equal(lines.length, 6, `${group} has committed to every partition`);
    for (const line of lines) lag += line.lag;
  }
  assert.equal(lag, floor.lag);
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0);
}

function messageOf(value: string): Readonly<Record<string, unknown>> {
  return JSON.parse(value);
}

function withType(records: readonly StoredRecord[], type: string): readonly StoredRecord[] {
  return records.filter(({ value }) => messageOf(value)["type"] === type);
}

function duplicatesOf(records: readonly StoredRecord[], type: string): number {
  return withType(records, type).filter(({ value }) => messageOf(value)["duplicate"]).length;
}
