/**
 * What every Kafka client keeps, whatever library speaks, against a real broker.
 *
 * @module
 */

import assert from "node:assert/strict";
import { AppendGatherer } from "../../../kafka/cluster/append_gatherer.ts";
import {
  type FetchedPartition,
  fetchPartitions,
} from "../../../kafka/cluster/fetched_partition.ts";
import { nextSequence } from "../../../kafka/cluster/idempotent_producer.ts";
import type { KafkaClient } from "../../../kafka/cluster/kafka_client.ts";
import { encodeBatch } from "../../../kafka/cluster/record_batch/encoder.ts";
import { eventually } from "../../support/eventually.ts";
import { connectionContract } from "./client_connection_contract.ts";
import { groupRequestsContract } from "./client_group_contract.ts";
import { producerContract } from "./client_producer_contract.ts";
import {
  bytes,
  DEADLINE_MS,
  failsAs,
  fetchOnce,
  fetchRecords,
  leaderOf,
  LIMITS,
  newPartition,
  type OpenClient,
  openProducer,
  patiently,
  recordOf,
  send,
  text,
  uniqueName,
  usingClient,
} from "./contract_support.ts";

/** A client that waits needs one; one that does not needs hundreds until a record is there. */
const MAX_FETCHES_OF_A_WAIT = 3;

/** Registers the tests of one client under its name. */
export function kafkaClientContract(name: string, open: OpenClient): void {
  topicContract(name, open);
  recordContract(name, open);
  pollContract(name, open);
  groupRequestsContract(name, open);
  connectionContract(name, open);
  producerContract(name, open);
}

function testing(name: string, open: OpenClient) {
  return (what: string, body: (client: KafkaClient) => Promise<void>) =>
    Deno.test(`${name}: ${what}`, () => usingClient(open, body));
}

function topicContract(name: string, open: OpenClient): void {
  const test = testing(name, open);

  test("metadata() names the brokers and tells a topic's partitions in order", async (client) => {
    const topic = uniqueName("topic");
    await client.createTopics([{ topic, partitions: 5, replicationFactor: 1, configs: {} }]);
    await leaderOf(client, { topic, partition: 4 });
    const { brokers, controllerId, topics } = await client.metadata([topic]);
    assert.ok(brokers.length >= 1);
    for (const { nodeId, host, port } of brokers) {
      assert.ok(Number.isInteger(nodeId) && host.length > 0 && port > 0);
    }
    assert.ok(Number.isInteger(controllerId));
    assert.deepEqual(topics.map(({ topic }) => topic), [topic]);
    assert.deepEqual(topics[0]!.partitions.map(({ partition }) => partition), [0, 1, 2, 3, 4]);
    assert.equal(topics[0]!.partitions[0]!.replicas.length, 1);
  });

  test("metadata() leaves out a topic that does not exist, and does not make it", async (client) => {
    const [missing, topic] = [uniqueName("missing"), uniqueName("topic")];
    await client.createTopics([{ topic, partitions: 1, replicationFactor: 1, configs: {} }]);
    // A broker may hear of a new topic a little after it was made.
    await leaderOf(client, { topic, partition: 0 });
    for (let asked = 0; asked < 2; asked++) {
      const { topics } = await client.metadata([missing, topic]);
      assert.deepEqual(topics.map(({ topic }) => topic), [topic]);
    }
    assert.deepEqual((await client.metadata([])).topics, []);
    const all = (await client.metadata("all")).topics.map(({ topic }) => topic);
    assert.ok(all.includes(topic) && !all.includes(missing));
  });

  test("describeTopicConfigs() tells what createTopics() was told", async (client) => {
    const topic = uniqueName("topic");
    const configs = { "cleanup.policy": "compact", "message.timestamp.type": "LogAppendTime" };
    await client.createTopics([{ topic, partitions: 1, replicationFactor: 1, configs }]);
    await leaderOf(client, { topic, partition: 0 });
    const found = await client.describeTopicConfigs([topic, uniqueName("missing")]);
    assert.deepEqual([...found.keys()], [topic]);
    assert.equal(found.get(topic)!["cleanup.policy"], "compact");
    assert.equal(found.get(topic)!["message.timestamp.type"], "LogAppendTime");
    assert.ok(found.get(topic)!["retention.ms"] !== undefined);
  });

  test("createTopics() says so when a topic is there already", async (client) => {
    const creation = { topic: uniqueName("t"), partitions: 1, replicationFactor: 1, configs: {} };
    await client.createTopics([creation]);
    await failsAs("TOPIC_ALREADY_EXISTS", client.createTopics([creation]));
  });

  test("createTopics() says what is wrong with a topic", async (client) => {
    const good = { topic: uniqueName("t"), partitions: 1, replicationFactor: 1, configs: {} };
    await failsAs(
      "INVALID_REPLICATION_FACTOR",
      client.createTopics([{ ...good, replicationFactor: 99 }]),
    );
    await failsAs(
      "INVALID_CONFIG",
      client.createTopics([{ ...good, configs: { "no.such": "1" } }]),
    );
    await failsAs("INVALID_TOPIC_EXCEPTION", client.createTopics([{ ...good, topic: "a/b" }]));
  });

  test("deleteTopics() deletes, and says so when there is nothing to delete", async (client) => {
    const { topic } = await newPartition(client);
    await client.deleteTopics([topic]);
    await eventually("the topic is gone", async () => {
      return (await client.metadata([topic])).topics.length === 0;
    }, DEADLINE_MS);
    const error = await failsAs("UNKNOWN_TOPIC_OR_PARTITION", client.deleteTopics([topic]));
    assert.match(error.message, new RegExp(topic));
  });
}

function recordContract(name: string, open: OpenClient): void {
  const test = testing(name, open);

  test("fetch() gives back every record as it was sent", async (client) => {
    const place = await newPartition(client);
    const binary = Uint8Array.from({ length: 256 }, (_, index) => index);
    const sent = [
      recordOf("plain", { key: bytes("key"), timestamp: 1_700_000_000_000 }),
      recordOf("no key", { timestamp: 1_600_000_000_001 }),
      recordOf("", { key: bytes("tombstone"), value: null, timestamp: 1_500_000_000_002 }),
      recordOf("", { key: bytes(""), timestamp: 1 }),
      recordOf("naïve – 価格 🙂", { key: bytes("ключ"), timestamp: 1_700_000_000_004 }),
      recordOf("", { value: binary, key: binary, timestamp: 1_700_000_000_005 }),
      recordOf("headers", { headers: { a: "1", "schlüssel": "wert – 🙂", empty: "" } }),
    ];
    assert.equal(await send(client, place, sent), 0);
    const fetched = await fetchRecords(client, place, sent.length);
    for (const [index, record] of sent.entries()) {
      const { offset, timestamp, key, value, headers } = fetched[index]!;
      assert.equal(offset, index);
      assert.equal(timestamp, record.timestamp);
      assert.deepEqual(key && [...key], record.key && [...record.key]);
      assert.deepEqual(value && [...value], record.value && [...record.value]);
      assert.deepEqual({ ...headers }, record.headers);
    }
  });

  test("a topic stamped by the log ignores a producer's wrong clock", async (client) => {
    const place = await newPartition(client, { "message.timestamp.type": "LogAppendTime" });
    const started = Date.now();
    await send(client, place, [1, 2, 3].map((n) => recordOf(`${n}`, { timestamp: n * 1_000_000 })));
    const fetched = await fetchRecords(client, place, 3);
    const [first] = fetched;
    for (const { timestamp } of fetched) assert.equal(timestamp, first!.timestamp);
    assert.ok(first!.timestamp > started - 60_000 && first!.timestamp < Date.now() + 60_000);
  });

  test("send() tells the first offset of each batch, without gaps or repeats", async (client) => {
    const place = await newPartition(client);
    const producer = await openProducer(open);
    const offsets: number[] = [];
    for (const count of [1, 100, 3, 1]) {
      const records = Array.from({ length: count }, (_, n) => recordOf(`${count}-${n}`));
      offsets.push((await producer.send(place, records)).baseOffset);
    }
    await producer.close();
    await producer.close();
    assert.deepEqual(offsets, [0, 1, 101, 104]);
    const fetched = await fetchRecords(client, place, 105);
    assert.deepEqual(fetched.map(({ offset }) => offset), Array.from({ length: 105 }, (_, n) => n));
    assert.equal(text(fetched[104]!.value), "1-0");
  });

  test("one producer sends to several partitions at once", async (client) => {
    const topic = uniqueName("topic");
    await client.createTopics([{ topic, partitions: 4, replicationFactor: 1, configs: {} }]);
    const places = await Promise.all([0, 1, 2, 3].map(async (partition) => {
      return { topic, partition, leader: await leaderOf(client, { topic, partition }) };
    }));
    const producer = await openProducer(open);
    for (let round = 0; round < 3; round++) {
      const sends = places.map((place) =>
        producer.send(place, [recordOf(`${place.partition}-${round}`)])
      );
      const bases = (await Promise.all(sends)).map(({ baseOffset }) => baseOffset);
      assert.deepEqual(bases, [round, round, round, round]);
    }
    await producer.close();
    for (const place of places) {
      const values = (await fetchRecords(client, place, 3)).map(({ value }) => text(value));
      assert.deepEqual(values, [0, 1, 2].map((round) => `${place.partition}-${round}`));
    }
  });

  test("send() says when a batch is too large", async (client) => {
    const place = await newPartition(client, { "max.message.bytes": "10000" });
    const producer = await openProducer(open);
    const error = await failsAs(
      "MESSAGE_TOO_LARGE",
      producer.send(place, [recordOf("x".repeat(20_000))]),
    );
    assert.equal(error.retriable, false);
    await producer.close();
  });

  test("send() says when the topic is unknown", async () => {
    const producer = await openProducer(open);
    const sent = producer.send({ topic: uniqueName("missing"), partition: 0 }, [recordOf("x")]);
    await failsAs("UNKNOWN_TOPIC_OR_PARTITION", sent);
    await producer.close();
  });

  test("send() says when a compacted topic is sent a record without a key", async (client) => {
    const place = await newPartition(client, { "cleanup.policy": "compact" });
    const producer = await openProducer(open);
    const error = await failsAs("INVALID_RECORD", producer.send(place, [recordOf("x")]));
    assert.equal(error.retriable, false);
    await producer.close();
  });

  test("append() stores a batch sent twice once, also where sequence numbers begin again", async (client) => {
    const { topic, partition, leader } = await newPartition(client);
    const place = { topic, partition };
    const identity = await patiently(() => client.allocateProducerId());
    let sequence = 2 ** 31 - 4;
    for (const [baseOffset, count] of [[0, 2], [2, 5], [7, 1]] as const) {
      const records = Array.from({ length: count }, (_, n) => recordOf(`${baseOffset + n}`));
      const batch = encodeBatch(records, { ...identity, sequence });
      for (let sent = 0; sent < 2; sent++) {
        const answer = await new AppendGatherer(client).append(leader, place, batch);
        assert.deepEqual(answer, { baseOffset });
      }
      sequence = nextSequence(sequence, count);
    }
    assert.equal(sequence, 4);
    const fetched = await fetchRecords(client, { ...place, leader }, 8);
    assert.deepEqual(fetched.map(({ value }) => text(value)), [..."01234567"]);
    const gap = encodeBatch([recordOf("gap")], { ...identity, sequence: sequence + 1 });
    await failsAs(
      "OUT_OF_ORDER_SEQUENCE_NUMBER",
      new AppendGatherer(client).append(leader, place, gap),
    );
  });

  test("append() of a batch with a wrong checksum is CORRUPT_MESSAGE", async (client) => {
    const { topic, partition, leader } = await newPartition(client);
    const identity = await patiently(() => client.allocateProducerId());
    const batch = encodeBatch([recordOf("damaged")], { ...identity, sequence: 0 });
    batch[batch.length - 2]! ^= 1;
    const sent = new AppendGatherer(client).append(leader, { topic, partition }, batch);
    await failsAs("CORRUPT_MESSAGE", sent);
  });

  test("listOffsets() tells a partition's ends", async (client) => {
    const { topic, partition, leader } = await newPartition(client);
    const place = { topic, partition };
    await send(client, place, [recordOf("1"), recordOf("2"), recordOf("3")]);
    const earliest = await client.listOffsets(leader, [place], "earliest");
    const latest = await client.listOffsets(leader, [place], "latest");
    assert.deepEqual(earliest, [{ ...place, offset: 0 }]);
    assert.deepEqual(latest, [{ ...place, offset: 3 }]);
    await failsAs(
      "UNKNOWN_TOPIC_OR_PARTITION",
      client.listOffsets(leader, [{ topic: uniqueName("missing"), partition: 0 }], "latest"),
    );
  });
}

function pollContract(name: string, open: OpenClient): void {
  const test = testing(name, open);

  test("fetch() tells where to read on, and the partition's end", async (client) => {
    const place = await newPartition(client);
    await send(client, place, [recordOf("0"), recordOf("1")]);
    await send(client, place, [recordOf("2"), recordOf("3")]);
    const all = await fetchOnce(client, place, 0);
    assert.deepEqual([all.fetchOffset, all.nextOffset, all.highWatermark], [0, 4, 4]);
    const inside = await fetchOnce(client, place, 1);
    assert.deepEqual(inside.records.map(({ offset }) => offset), [1, 2, 3]);
    assert.equal(inside.nextOffset, 4);
    const atEnd = await fetchOnce(client, place, 4, { ...LIMITS, maxWaitMs: 50 });
    assert.deepEqual(atEnd.records, []);
    assert.deepEqual([atEnd.error, atEnd.nextOffset, atEnd.highWatermark], [null, 4, 4]);
  });

  test("fetch() cuts at its limit and goes on from there", async (client) => {
    const place = await newPartition(client);
    for (let n = 0; n < 5; n++) await send(client, place, [recordOf(`${n}`.repeat(3_000))]);
    const limits = { ...LIMITS, maxBytes: 7_000, maxPartitionBytes: 7_000 };
    const values: string[] = [];
    for (let offset = 0, fetches = 0; values.length < 5; fetches++) {
      assert.ok(fetches < 5);
      const fetched = await fetchOnce(client, place, offset, limits);
      assert.ok(fetched.records.length < 5 && fetched.nextOffset > offset);
      values.push(...fetched.records.map(({ value }) => text(value)![0]!));
      offset = fetched.nextOffset;
    }
    assert.deepEqual(values, ["0", "1", "2", "3", "4"]);
  });

  test("fetch() says of one partition what is wrong with it and gives the others", async (client) => {
    const place = await newPartition(client);
    await send(client, place, [recordOf("good")]);
    const wishes = [
      { topic: place.topic, partition: 0, offset: 0 },
      { topic: uniqueName("missing"), partition: 0, offset: 7 },
    ];
    const fetched = await fetchPartitions(client, place.leader, wishes, LIMITS);
    const [good, bad] = wishes.map(({ topic }) => fetched.find((found) => found.topic === topic)!);
    assert.equal(text(good!.records[0]!.value), "good");
    assert.equal(bad!.error?.type, "UNKNOWN_TOPIC_OR_PARTITION");
    assert.deepEqual([bad!.records.length, bad!.nextOffset], [0, 7]);
    const beyond = await fetchOnce(client, place, 99);
    assert.equal(beyond.error?.type, "OFFSET_OUT_OF_RANGE");
    assert.equal(beyond.nextOffset, 99);
  });

  test("fetch() waits for the first byte, and no longer than it was told", async (client) => {
    const place = await newPartition(client);
    const empty = await fetchOnce(client, place, 0, { ...LIMITS, maxWaitMs: 100 });
    assert.deepEqual([empty.records.length, empty.nextOffset], [0, 0]);
    // It would not end within the test's patience if it did not end at the append.
    const limits = { ...LIMITS, maxWaitMs: DEADLINE_MS * 10 };
    let fetches = 0;
    const first = async (): Promise<FetchedPartition> => {
      fetches++;
      const fetched = await fetchOnce(client, place, 0, limits);
      return fetched.records.length > 0 ? fetched : await first();
    };
    const waiting = first();
    await usingClient(open, async (other) => {
      await send(other, place, [recordOf("woken")]);
    });
    assert.deepEqual((await waiting).records.map(({ value }) => text(value)), ["woken"]);
    // A broker may end a wait with nothing while it is still setting up a new partition.
    assert.ok(fetches <= MAX_FETCHES_OF_A_WAIT, `it took ${fetches} fetches`);
  });
}
