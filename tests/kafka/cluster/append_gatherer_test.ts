import assert from "node:assert/strict";
import { appendedBatches, AppendGatherer } from "../../../kafka/cluster/append_gatherer.ts";
import { MAX_REQUEST_BYTES } from "../../../kafka/cluster/cluster_settings.ts";
import type { AppendedBatch, BatchToAppend } from "../../../kafka/cluster/kafka_client.ts";
import { failure } from "./memory_client.ts";

const topic = "orders";

/** A broker that answers each request as the test says; offsets are those of the request's place. */
function gathererOf(
  answer: (batch: BatchToAppend, at: number) => AppendedBatch | Error = stored,
) {
  const requests: { readonly nodeId: number; readonly partitions: readonly number[] }[] = [];
  const gatherer = new AppendGatherer({
    append: (nodeId, batches) => {
      requests.push({ nodeId, partitions: batches.map(({ partition }) => partition) });
      const answers = batches.map(answer);
      const failed = answers.find((each) => each instanceof Error);
      if (failed !== undefined) return Promise.reject(failed);
      return Promise.resolve(answers.filter((each): each is AppendedBatch => "topic" in each));
    },
  });
  return { gatherer, requests };
}

function stored({ topic, partition }: BatchToAppend): AppendedBatch {
  return { topic, partition, error: null, baseOffset: partition * 100 };
}

const batch = new Uint8Array([1]);

Deno.test("AppendGatherer sends what one turn hands over for a broker in one request", async () => {
  const { gatherer, requests } = gathererOf();
  const offsets = await Promise.all([
    gatherer.append(1, { topic, partition: 0 }, batch),
    gatherer.append(2, { topic, partition: 5 }, batch),
    Promise.resolve().then(() => gatherer.append(1, { topic, partition: 3 }, batch)),
  ]);
  assert.deepEqual(offsets.map(({ baseOffset }) => baseOffset), [0, 500, 300]);
  assert.deepEqual(requests, [
    { nodeId: 1, partitions: [0, 3] },
    { nodeId: 2, partitions: [5] },
  ]);
  await gatherer.append(1, { topic, partition: 0 }, batch);
  assert.equal(requests.length, 3);
});

Deno.test("AppendGatherer: a batch that is refused takes no other of its request along", async () => {
  const { gatherer } = gathererOf((wanted) =>
    wanted.partition === 1
      ? { ...stored(wanted), error: failure("NOT_LEADER_OR_FOLLOWER", true), baseOffset: -1 }
      : stored(wanted)
  );
  const [first, second, third] = await Promise.allSettled(
    [0, 1, 2].map((partition) => gatherer.append(1, { topic, partition }, batch)),
  );
  assert.equal(first?.status, "fulfilled");
  assert.equal(third?.status, "fulfilled");
  assert.ok(second?.status === "rejected");
  assert.equal(second.reason.type, "NOT_LEADER_OR_FOLLOWER");
});

Deno.test("AppendGatherer: a request without an answer is every batch's failure", async () => {
  const lost = failure("CONNECTION", true);
  const { gatherer } = gathererOf(() => lost);
  const ended = await Promise.allSettled(
    [0, 1].map((partition) => gatherer.append(1, { topic, partition }, batch)),
  );
  for (const each of ended) assert.ok(each.status === "rejected" && each.reason === lost);
});

Deno.test("AppendGatherer cuts what is too large for one request, and sends a larger batch alone", async () => {
  const { gatherer, requests } = gathererOf();
  const half = new Uint8Array(MAX_REQUEST_BYTES / 2);
  const more = new Uint8Array(MAX_REQUEST_BYTES + 1);
  await Promise.all(
    [half, half, batch, more, batch].map((bytes, partition) =>
      gatherer.append(1, { topic, partition }, bytes)
    ),
  );
  assert.deepEqual(requests.map(({ partitions }) => partitions), [[0, 1], [2], [3], [4]]);
});

Deno.test("appendedBatches() finds each batch's answer, in whatever order, and names what is missing", () => {
  const batches = [2, 0, 1].map((partition) => ({ topic, partition, batch }));
  const appended = appendedBatches(batches, [
    { topic, partition: 0, errorCode: 0, baseOffset: 7 },
    { topic, partition: 2, errorCode: 10, baseOffset: -1, detail: "too much" },
    { topic: "others", partition: 1, errorCode: 0, baseOffset: 9 },
  ]);
  assert.deepEqual(appended.map(({ partition, baseOffset }) => [partition, baseOffset]), [
    [2, -1],
    [0, 7],
    [1, -1],
  ]);
  assert.deepEqual(appended.map(({ error }) => error?.message ?? null), [
    "Cannot append to orders/2: MESSAGE_TOO_LARGE; too much",
    null,
    "Cannot append to orders/1: the broker's answer leaves it out",
  ]);
});
