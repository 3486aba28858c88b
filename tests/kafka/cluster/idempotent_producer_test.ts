/**
 * The producer, against partitions that hold sequence numbers as brokers do.
 */

import assert from "node:assert/strict";
import fc from "fast-check";
import {
  IdempotentProducer,
  nextSequence,
  SEQUENCES,
} from "../../../kafka/cluster/idempotent_producer.ts";
import {
  type ClientPartition,
  type ClientRecord,
  type KafkaClient,
  KafkaClientError,
} from "../../../kafka/cluster/kafka_client.ts";
import { readBatches } from "../../../kafka/cluster/record_batch/decoder.ts";
import { BATCH } from "../../../kafka/cluster/record_batch/layout.ts";
import { eventually } from "../../support/eventually.ts";
import { failure, MemoryCluster } from "./memory_client.ts";

/** How an attempt ends: its request or only its answer is lost, or the broker refuses it. */
type Ending = "stored" | "lost-before" | "lost-after" | "not-leader" | "too-few-replicas";

const IDENTITY = { producerId: 4_711n, producerEpoch: 2 };

const place: ClientPartition = { topic: "orders", partition: 0 };

/** A partition that takes a producer's batches in the order of their numbers, each once. */
class SequencedPartition {
  readonly values: string[] = [];
  attempts = 0;
  #expected = 0;
  #last: { readonly sequence: number; readonly baseOffset: number } | null = null;

  append(batch: Uint8Array): number {
    const header = new DataView(batch.buffer, batch.byteOffset);
    assert.equal(header.getBigInt64(BATCH.producerId), IDENTITY.producerId);
    assert.equal(header.getInt16(BATCH.producerEpoch), IDENTITY.producerEpoch);
    const sequence = header.getInt32(BATCH.sequence);
    if (this.#last?.sequence === sequence) return this.#last.baseOffset;
    if (sequence !== this.#expected) throw failure("OUT_OF_ORDER_SEQUENCE_NUMBER", true);
    const { records } = readBatches(batch, 0);
    this.#last = { sequence, baseOffset: this.values.length };
    this.#expected = nextSequence(sequence, records.length);
    this.values.push(...records.map(({ value }) => new TextDecoder().decode(value!)));
    return this.#last.baseOffset;
  }

  attempt(batch: Uint8Array, ending: Ending): { readonly baseOffset: number } {
    this.attempts++;
    switch (ending) {
      case "lost-before":
        throw failure("CONNECTION", true);
      case "not-leader":
        throw failure("NOT_LEADER_OR_FOLLOWER", true);
      case "too-few-replicas":
        this.append(batch);
        throw failure("NOT_ENOUGH_REPLICAS_AFTER_APPEND", true);
      case "lost-after":
        this.append(batch);
        throw failure("REQUEST_TIMEOUT", true);
      case "stored":
        return { baseOffset: this.append(batch) };
    }
  }
}

/** Takes one batch as the test wants it. */
type Attempt = (
  nodeId: number,
  to: ClientPartition,
  batch: Uint8Array,
) => Promise<{ readonly baseOffset: number }>;

/** A client of a cluster in memory whose appends are the test's. */
function clientWith(attempt: Attempt) {
  const cluster = new MemoryCluster();
  cluster.createTopic(place.topic, 2);
  const append: KafkaClient["append"] = (nodeId, batches) =>
    Promise.all(batches.map(async ({ topic, partition, batch }) => {
      try {
        const { baseOffset } = await attempt(nodeId, { topic, partition }, batch);
        return { topic, partition, error: null, baseOffset };
      } catch (error) {
        assert.ok(error instanceof KafkaClientError);
        return { topic, partition, error, baseOffset: -1 };
      }
    }));
  const client = Object.assign(cluster.client(), {
    allocateProducerId: () => Promise.resolve(IDENTITY),
    append,
  });
  return { cluster, client };
}

const recordOf = (value: string): ClientRecord => ({
  key: null,
  value: new TextEncoder().encode(value),
  headers: {},
  timestamp: 1_700_000_000_000,
});

Deno.test("send() stores every batch once and in order, whatever becomes of its attempts", async () => {
  const failing = fc.constantFrom<Ending>(
    "lost-before",
    "lost-after",
    "not-leader",
    "too-few-replicas",
  );
  const batches = fc.array(
    fc.record({
      size: fc.integer({ min: 1, max: 4 }),
      failures: fc.array(failing, { maxLength: 3 }),
    }),
    { minLength: 1, maxLength: 5 },
  );
  // Together, because each spends its time waiting between attempts.
  await Promise.all(
    fc.sample(batches, 200).map(async (plan) => {
      const partition = new SequencedPartition();
      const endings: Ending[] = [];
      const { client } = clientWith((_node, _to, batch) =>
        Promise.resolve().then(() => partition.attempt(batch, endings.shift() ?? "stored"))
      );
      const producer = await IdempotentProducer.open(client);
      const sent: string[] = [];
      for (const [number, { size, failures }] of plan.entries()) {
        endings.push(...failures);
        const values = Array.from({ length: size }, (_, index) => `${number}-${index}`);
        const { baseOffset } = await producer.send(place, values.map(recordOf));
        assert.equal(baseOffset, sent.length);
        sent.push(...values);
      }
      assert.deepEqual(partition.values, sent);
      const failures = plan.flatMap((batch) => batch.failures);
      assert.equal(partition.attempts, plan.length + failures.length);
      await producer.close();
    }),
  );
});

Deno.test("send() counts for each partition by itself", async () => {
  const partitions = [new SequencedPartition(), new SequencedPartition()];
  const { client } = clientWith((_node, { partition }, batch) =>
    Promise.resolve(partitions[partition]!.attempt(batch, "stored"))
  );
  const producer = await IdempotentProducer.open(client);
  for (let round = 0; round < 3; round++) {
    await Promise.all(
      [0, 1].map((partition) =>
        producer.send({ ...place, partition }, [recordOf(`${partition}:${round}`)])
      ),
    );
  }
  assert.deepEqual(partitions.map(({ values }) => values), [
    ["0:0", "0:1", "0:2"],
    ["1:0", "1:1", "1:2"],
  ]);
  await producer.close();
});

Deno.test("send() asks who leads now when it was refused, and goes there", async () => {
  const asked: number[] = [];
  const partition = new SequencedPartition();
  const { client, cluster } = clientWith((node, _to, batch) => {
    asked.push(node);
    if (node === 1) {
      cluster.partition(place).leader = 2;
      return Promise.reject(failure("NOT_LEADER_OR_FOLLOWER", true));
    }
    return Promise.resolve(partition.attempt(batch, "stored"));
  });
  const producer = await IdempotentProducer.open(client);
  await producer.send(place, [recordOf("a")]);
  await producer.send(place, [recordOf("b")]);
  assert.deepEqual(asked, [1, 2, 2]);
  assert.equal(cluster.requests.get("metadata"), 2);
  await producer.close();
});

for (
  const type of [
    "OUT_OF_ORDER_SEQUENCE_NUMBER",
    "DUPLICATE_SEQUENCE_NUMBER",
    "INVALID_PRODUCER_EPOCH",
    "PRODUCER_FENCED",
    "UNKNOWN_PRODUCER_ID",
  ]
) {
  Deno.test(`send() that meets ${type} is not tried again: the producer is at its end`, async () => {
    let attempts = 0;
    const { client } = clientWith(() => {
      attempts++;
      return Promise.reject(failure(type, true));
    });
    const producer = await IdempotentProducer.open(client);
    await assert.rejects(producer.send(place, [recordOf("a")]), { type });
    assert.equal(attempts, 1);
    await producer.close();
  });
}

Deno.test("send() of what no broker will ever take is not tried again", async () => {
  let attempts = 0;
  const { client } = clientWith(() => {
    attempts++;
    return Promise.reject(failure("MESSAGE_TOO_LARGE", false));
  });
  const producer = await IdempotentProducer.open(client);
  await assert.rejects(producer.send(place, [recordOf("a")]), { type: "MESSAGE_TOO_LARGE" });
  assert.equal(attempts, 1);
  await producer.close();
});

Deno.test("close() ends a send that waits for its next attempt, and the connections", async () => {
  let attempts = 0;
  const { client, cluster } = clientWith(() => {
    attempts++;
    return Promise.reject(failure("CONNECTION", true));
  });
  const producer = await IdempotentProducer.open(client);
  const sending = assert.rejects(producer.send(place, [recordOf("a")]), { type: "CLOSED" });
  await eventually("an attempt has failed", () => attempts > 0);
  await Promise.all([producer.close(), producer.close()]);
  await sending;
  assert.equal(cluster.openClients, 0);
});

Deno.test("IdempotentProducer.open() waits for a broker that gives no identities yet", async () => {
  const { client } = clientWith(() => Promise.resolve({ baseOffset: 0 }));
  let asked = 0;
  client.allocateProducerId = () =>
    ++asked < 3
      ? Promise.reject(failure("COORDINATOR_LOAD_IN_PROGRESS", true))
      : Promise.resolve(IDENTITY);
  const producer = await IdempotentProducer.open(client);
  assert.equal(asked, 3);
  assert.deepEqual(await producer.send(place, [recordOf("a")]), { baseOffset: 0 });
  await producer.close();
});

Deno.test("IdempotentProducer.open() closes its connections when no identity is to be had", async () => {
  const cluster = new MemoryCluster();
  await assert.rejects(IdempotentProducer.open(cluster.client()));
  assert.equal(cluster.openClients, 0);
});

Deno.test("nextSequence() counts as a 32-bit counter without its sign does, also over its end", () => {
  const count = fc.integer({ min: 1, max: 100_000 });
  const near = fc.integer({ min: SEQUENCES - 200_000, max: SEQUENCES - 1 });
  fc.assert(
    fc.property(fc.oneof(fc.nat(), near), count, (sequence, records) => {
      const expected = Number(BigInt.asUintN(31, BigInt(sequence) + BigInt(records)));
      assert.equal(nextSequence(sequence, records), expected);
    }),
    { examples: [[SEQUENCES - 1, 1], [SEQUENCES - 1, 2], [0, 1]] },
  );
});
