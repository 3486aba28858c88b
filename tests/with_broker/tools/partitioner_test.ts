/**
 * A key lands on the same partition whoever sends it.
 */

import assert from "node:assert/strict";
import { partitionForKey } from "../../../kafka/partitioner.ts";
import { seededRandom } from "../../../mod.ts";
import { newTopic } from "../../kafka/log_fixture.ts";
import { readByConsoleConsumer } from "../faults/stored_records.ts";
import { clusterFixture } from "../support/cluster_fixture.ts";
import { produceKeyed, testTools } from "./kafka_tools.ts";

const KEYS = 600;

/** A prime, so that every bit of the hash counts. */
const PARTITIONS = 13;

/** Of one to four bytes each. */
const ALPHABET = [..."abcXYZ019-_. /éßñЖжΩ中文日本한🙂🚀𝒳"];

Deno.test("partitionForKey() puts every key where the Java client puts it, non-ASCII ones too", async () => {
  const random = seededRandom(11, "keys");
  const keys = Array.from({ length: KEYS }, (_, n) => {
    const length = 1 + Math.floor(random() * 12);
    const drawn = Array.from(
      { length },
      () => ALPHABET[Math.floor(random() * ALPHABET.length)]!,
    );
    return `${drawn.join("")}${n}`;
  });
  await using fixture = await clusterFixture("kafkajs");
  const { config, log } = fixture;
  const topic = await newTopic(log, { partitions: PARTITIONS });
  const tools = await testTools();
  const clusterTopic = `${config.topicPrefix}${topic}`;
  await produceKeyed(tools, clusterTopic, keys.map((key) => ({ key, value: "x" })));
  const landed = await readByConsoleConsumer(tools, clusterTopic);
  assert.equal(landed.length, KEYS);
  assert.deepEqual(new Set(landed.map(({ key }) => key)), new Set(keys));
  for (const { key, partition } of landed) {
    assert.equal(partition, partitionForKey(key, PARTITIONS), key);
  }
  assert.equal(new Set(landed.map(({ partition }) => partition)).size, PARTITIONS);
});
