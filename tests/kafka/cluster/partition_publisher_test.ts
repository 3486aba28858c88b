import assert from "node:assert/strict";
import fc from "fast-check";
import { ClusterNames } from "../../../kafka/cluster/cluster_names.ts";
import { MAX_QUEUED_BYTES, MAX_SEND } from "../../../kafka/cluster/cluster_settings.ts";
import { ClusterView } from "../../../kafka/cluster/cluster_view.ts";
import { PartitionPublisher } from "../../../kafka/cluster/partition_publisher.ts";
import { PublishError, type RecordBatch } from "../../../kafka/event_log.ts";
import { failsWith } from "../log_fixture.ts";
import { failure, MemoryCluster, type SendFailure } from "./memory_client.ts";

const TOPIC = "orders";

/** A publisher on a cluster in memory that has a topic of three partitions. */
function openPublisher(): {
  readonly cluster: MemoryCluster;
  readonly publisher: PartitionPublisher;
  readonly close: () => Promise<void>;
} {
  const cluster = new MemoryCluster();
  cluster.createTopic(`p.${TOPIC}`, 3);
  const control = cluster.client();
  const closing = new AbortController();
  const closed = closing.signal;
  const publisher = new PartitionPublisher({
    view: new ClusterView({ client: () => Promise.resolve(control), closed }),
    names: new ClusterNames("p."),
    openProducer: () => cluster.openProducer(),
    closed,
  });
  const close = async () => {
    closing.abort();
    await publisher.close();
    assert.equal(cluster.openProducers, 0, "every producer was closed");
  };
  return { cluster, publisher, close };
}

const batchOf = (partition: number, ...texts: readonly string[]): RecordBatch => ({
  topic: TOPIC,
  partition,
  records: texts.map((value) => ({ key: null, value })),
});

const place = (partition: number) => ({ topic: `p.${TOPIC}`, partition });

async function publishError(work: Promise<unknown>): Promise<PublishError> {
  const error = await work.then(() => null, (error: unknown) => error);
  assert.ok(error instanceof PublishError, `expected a PublishError, got ${error}`);
  return error;
}

Deno.test("publish() says which batches are durable and which to publish again", async () => {
  const { cluster, publisher, close } = openPublisher();
  const batches = [batchOf(0, "a"), batchOf(1, "b"), batchOf(2, "c")];
  cluster.sendFailures = [null, "lost-before", null];
  const error = await publishError(publisher.publish(batches));
  assert.equal(error.retriable, true);
  assert.equal(error.code, "publish-failed");
  assert.deepEqual(error.published, [
    { topic: TOPIC, partition: 0, baseOffset: 0, count: 1 },
    { topic: TOPIC, partition: 2, baseOffset: 0, count: 1 },
  ]);
  assert.deepEqual(error.rejected, [batches[1]]);
  await publisher.publish(error.rejected);
  assert.deepEqual([0, 1, 2].map((i) => cluster.texts(place(i))), [["a"], ["b"], ["c"]]);
  await close();
});

Deno.test("publish() behind a rejected one is rejected, so that nothing overtakes", async () => {
  const { cluster, publisher, close } = openPublisher();
  const gate = Promise.withResolvers<void>();
  cluster.gate = gate.promise;
  cluster.sendFailures = ["not-leader"];
  const first = publishError(publisher.publish([batchOf(0, "a")]));
  while (cluster.sends.length === 0) await Promise.resolve();
  const second = publishError(publisher.publish([batchOf(0, "b")]));
  for (let i = 0; i < 50; i++) await Promise.resolve();
  gate.resolve();
  assert.equal((await first).retriable, true);
  assert.equal((await second).retriable, true);
  assert.deepEqual(cluster.texts(place(0)), []);
  assert.equal(publisher.discardedProducers, 1);
  await publisher.publish([batchOf(0, "a")]);
  await publisher.publish([batchOf(0, "b")]);
  assert.deepEqual(cluster.texts(place(0)), ["a", "b"]);
  assert.deepEqual(cluster.sends.map(({ producer }) => producer), [1, 2, 2]);
  await close();
});

Deno.test("publish() calls that wait for one partition go together, each with its own offset", async () => {
  const { cluster, publisher, close } = openPublisher();
  const gate = Promise.withResolvers<void>();
  cluster.gate = gate.promise;
  const first = publisher.publish([batchOf(0, "a")]);
  while (cluster.sends.length === 0) await Promise.resolve();
  const others = ["b", "c", "d"].map((text) => publisher.publish([batchOf(0, text, text)]));
  for (let i = 0; i < 50; i++) await Promise.resolve();
  gate.resolve();
  await first;
  const published = (await Promise.all(others)).flat();
  assert.deepEqual(published.map(({ baseOffset, count }) => [baseOffset, count]), [
    [1, 2],
    [3, 2],
    [5, 2],
  ]);
  assert.deepEqual(cluster.sends.map(({ count }) => count), [1, 6]);
  await close();
});

Deno.test("publish() finds the one of several batches that is refused, and the others go", async () => {
  const { cluster, publisher, close } = openPublisher();
  const decoder = new TextDecoder();
  cluster.refuse = (records) =>
    records.some(({ value }) => decoder.decode(value!) === "bad") ? "invalid" : null;
  const texts = ["a", "bad", "b"];
  const outcomes = await Promise.allSettled(
    texts.map((text) => publisher.publish([batchOf(0, text)])),
  );
  assert.deepEqual(outcomes.map(({ status }) => status), ["fulfilled", "rejected", "rejected"]);
  const [, bad, behind] = outcomes.map((each) =>
    each.status === "rejected" && each.reason instanceof PublishError ? each.reason : null
  );
  assert.equal(bad!.retriable, false);
  assert.equal(behind!.retriable, true);
  await publisher.publish(behind!.rejected);
  assert.deepEqual(cluster.texts(place(0)), ["a", "b"]);
  await close();
});

Deno.test("publish() cuts a batch above one send, and names the unsent rest of it", async () => {
  const { cluster, publisher, close } = openPublisher();
  const records = Array.from({ length: 2 * MAX_SEND.records + 5 }, (_, i) => ({
    key: null,
    value: `${i}`,
  }));
  cluster.sendFailures = [null, "not-leader"];
  const error = await publishError(publisher.publish([{ topic: TOPIC, partition: 1, records }]));
  const count = MAX_SEND.records;
  assert.deepEqual(error.published, [{ topic: TOPIC, partition: 1, baseOffset: 0, count }]);
  assert.deepEqual(error.rejected[0]!.records, records.slice(count));
  const rest = await publisher.publish(error.rejected);
  assert.deepEqual(rest, [
    { topic: TOPIC, partition: 1, baseOffset: count, count: records.length - count },
  ]);
  assert.deepEqual(cluster.texts(place(1)), records.map(({ value }) => value));
  await close();
});

Deno.test("publish() whose producer cannot be opened is rejected, and the next opens another", async () => {
  const { cluster, publisher, close } = openPublisher();
  cluster.requestFailures.set("openProducer", [failure("CONNECTION", true)]);
  const error = await publishError(publisher.publish([batchOf(0, "a")]));
  assert.equal(error.retriable, true);
  assert.deepEqual(cluster.sends, []);
  await publisher.publish([batchOf(0, "a")]);
  assert.deepEqual(cluster.texts(place(0)), ["a"]);
  await close();
});

Deno.test("publish() of one batch that may not be sent sends none of the others", async () => {
  const { cluster, publisher, close } = openPublisher();
  const good = batchOf(0, "a");
  for (
    const [bad, code] of [
      [{ ...good, topic: "no-such-topic" }, "unknown-topic"],
      [batchOf(3, "b"), "unknown-partition"],
      [batchOf(0, "b", "x".repeat(1_100_000)), "record-too-large"],
      [batchOf(0), "publish-failed"],
      [{ ...good, records: [{ key: null, value: "b", timestamp: NaN }] }, "publish-failed"],
    ] as const
  ) {
    const error = await failsWith(publisher.publish([good, bad]), code);
    assert.ok(error instanceof PublishError);
    assert.equal(error.retriable, false);
    assert.deepEqual(error.rejected, [good, bad]);
  }
  assert.deepEqual(cluster.sends, []);
  await close();
});

Deno.test("publish() beyond what may wait in memory is rejected as retriable", async () => {
  const { cluster, publisher, close } = openPublisher();
  const gate = Promise.withResolvers<void>();
  cluster.gate = gate.promise;
  const value = new Uint8Array(1_000_000);
  const records = Array.from({ length: Math.ceil(MAX_QUEUED_BYTES / value.length) }, () => ({
    key: null,
    value,
  }));
  const first = publisher.publish([{ topic: TOPIC, partition: 0, records }]);
  while (cluster.sends.length === 0) await Promise.resolve();
  const error = await publishError(publisher.publish([batchOf(1, "a".repeat(10_000))]));
  assert.equal(error.retriable, true);
  assert.match(error.message, /publish more slowly/);
  gate.resolve();
  await first;
  await publisher.publish([batchOf(1, "a")]);
  await close();
});

/** What the publisher's callers do: publish until acknowledged, in order. */
async function publishAll(
  publisher: PartitionPublisher,
  partition: number,
  batches: readonly (readonly string[])[],
): Promise<void> {
  for (const texts of batches) {
    let waiting: readonly RecordBatch[] = [batchOf(partition, ...texts)];
    while (waiting.length > 0) {
      try {
        await publisher.publish(waiting);
        waiting = [];
      } catch (error) {
        assert.ok(error instanceof PublishError && error.retriable, `${error}`);
        waiting = error.rejected;
      }
    }
  }
}

Deno.test("whatever fails, what was acknowledged is there, in order, and only lost answers double", async () => {
  const outcome = fc.constantFrom<(SendFailure | null)[]>(
    null,
    null,
    "lost-before",
    "lost-after",
    "not-leader",
  );
  await fc.assert(
    fc.asyncProperty(
      fc.array(outcome, { maxLength: 30 }),
      fc.array(
        fc.record({
          partition: fc.integer({ min: 0, max: 2 }),
          sizes: fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 1, maxLength: 5 }),
        }),
        { minLength: 1, maxLength: 5 },
      ),
      async (failures, senders) => {
        const { cluster, publisher, close } = openPublisher();
        cluster.sendFailures = [...failures];
        const lost = failures.filter((each) => each === "lost-after").length;
        const plans = senders.map(({ partition, sizes }, sender) => ({
          partition,
          batches: sizes.map((size, batch) =>
            Array.from({ length: size }, (_, i) => `${sender}:${batch}:${i}`)
          ),
        }));
        await Promise.all(
          plans.map(({ partition, batches }) => publishAll(publisher, partition, batches)),
        );
        for (const [sender, { partition, batches }] of plans.entries()) {
          const stored = cluster.texts(place(partition));
          const own = stored.filter((text) => text.startsWith(`${sender}:`));
          // A batch whose answer was lost is there twice, the second time before anything later.
          let at = 0;
          let doubled = 0;
          for (const texts of batches) {
            let times = 0;
            while (texts.every((text, i) => own[at + i] === text)) {
              at += texts.length;
              times++;
            }
            assert.ok(times >= 1, `${texts} is missing or out of order in ${own}`);
            doubled += times - 1;
          }
          assert.equal(at, own.length);
          assert.ok(doubled <= lost, `${doubled} batches doubled, ${lost} answers lost`);
        }
        assert.equal(cluster.overlaps, 0);
        assert.equal(cluster.sendsAfterRejection, 0);
        await close();
      },
    ),
    { numRuns: 200 },
  );
});
