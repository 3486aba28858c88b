import assert from "node:assert/strict";
import { ClusterNames } from "../../../kafka/cluster/cluster_names.ts";
import { ABSENCE_PATIENCE_MS } from "../../../kafka/cluster/cluster_settings.ts";
import { ClusterView } from "../../../kafka/cluster/cluster_view.ts";
import { KafkaClientError } from "../../../kafka/cluster/kafka_client.ts";
import { toEventLogError } from "../../../kafka/cluster/log_errors.ts";
import { patiently } from "../../../kafka/cluster/patience.ts";
import { EventLogError } from "../../../kafka/event_log.ts";
import { failure, MemoryCluster } from "./memory_client.ts";

async function typeOf(work: Promise<unknown>): Promise<string> {
  const error = await work.then(() => null, (error: unknown) => error);
  assert.ok(error instanceof KafkaClientError, `expected a KafkaClientError, got ${error}`);
  return error.type;
}

Deno.test("ClusterNames puts the prefix before names, and knows its own", () => {
  const names = new ClusterNames("run-1.");
  assert.equal(names.topic("orders"), "run-1.orders");
  assert.equal(names.group("desk"), "run-1.desk");
  assert.equal(names.logicalTopic("run-1.orders"), "orders");
  assert.equal(names.logicalTopic("run-2.orders"), null);
  assert.equal(names.logicalGroup("run-1.desk"), "desk");
  const bare = new ClusterNames("");
  assert.equal(bare.logicalTopic("orders"), "orders");
  assert.equal(bare.logicalTopic("__consumer_offsets"), null);
});

Deno.test("toEventLogError() keeps what is retriable, and gives Kafka's errors the log's codes", () => {
  const lost = toEventLogError(failure("CONNECTION", true), "do it");
  assert.deepEqual([lost.code, lost.retriable], ["log-unavailable", true]);
  assert.match(lost.message, /^Cannot do it: CONNECTION/);
  const fenced = toEventLogError(failure("FENCED_INSTANCE_ID", false), "do it");
  assert.deepEqual([fenced.code, fenced.retriable], ["fenced-generation", false]);
  assert.equal(toEventLogError(failure("CLOSED", false), "do it").code, "log-closed");
  const own = new EventLogError("topic-drift", "Cannot do it: so");
  assert.equal(toEventLogError(own, "do it"), own);
  assert.throws(() => toEventLogError(new TypeError("a fault"), "do it"), TypeError);
});

Deno.test("patiently() tries again what is retriable, and nothing else", async () => {
  const failures: string[] = [];
  let attempts = 0;
  const answer = await patiently(() => {
    attempts++;
    return attempts < 3 ? Promise.reject(failure("CONNECTION", true)) : Promise.resolve("there");
  }, { forMs: 10_000, onFailure: ({ type }) => failures.push(type) });
  assert.deepEqual([answer, attempts, failures], ["there", 3, ["CONNECTION", "CONNECTION"]]);
  attempts = 0;
  const refused = patiently(() => {
    attempts++;
    return Promise.reject(failure("AUTHENTICATION", false));
  }, { forMs: 10_000 });
  assert.deepEqual([await typeOf(refused), attempts], ["AUTHENTICATION", 1]);
  attempts = 0;
  const once = patiently(() => {
    attempts++;
    return Promise.reject(failure("CONNECTION", true));
  }, { forMs: 0 });
  assert.deepEqual([await typeOf(once), attempts], ["CONNECTION", 1]);
});

Deno.test("patiently() ends at once when its signal aborts, in an attempt and between two", async () => {
  const closing = new AbortController();
  const stuck = patiently(() => new Promise<never>(() => {}), {
    forMs: 60_000,
    signal: closing.signal,
  });
  const between = patiently(() => Promise.reject(failure("CONNECTION", true)), {
    forMs: 60_000,
    signal: closing.signal,
    onFailure: () => closing.abort(),
  });
  assert.deepEqual([await typeOf(stuck), await typeOf(between)], ["CLOSED", "CLOSED"]);
});

/** A view of a cluster in memory. */
function openView(cluster: MemoryCluster): ClusterView {
  const client = cluster.client();
  return new ClusterView({
    client: () => Promise.resolve(client),
    closed: new AbortController().signal,
  });
}

Deno.test("ClusterView asks once for what is wanted together, and again after invalidate()", async () => {
  const cluster = new MemoryCluster();
  cluster.createTopic("a", 2);
  cluster.createTopic("b", 3);
  const view = openView(cluster);
  const counts = await Promise.all([view.partitionsOf("a"), view.partitionsOf("b")]);
  assert.deepEqual(counts, [2, 3]);
  assert.equal(await view.leaderOf({ topic: "b", partition: 2 }), 1);
  assert.equal(cluster.requests.get("metadata"), 1);
  cluster.partition({ topic: "b", partition: 2 }).leader = 7;
  view.invalidate();
  assert.equal(await view.leaderOf({ topic: "b", partition: 2 }), 7);
  assert.equal(cluster.requests.get("metadata"), 2);
});

Deno.test("ClusterView asks again for a partition that had no leader, and after a failure", async () => {
  const cluster = new MemoryCluster();
  cluster.createTopic("a", 1);
  const place = { topic: "a", partition: 0 };
  const view = openView(cluster);
  cluster.requestFailures.set("metadata", [failure("CONNECTION", true)]);
  assert.equal(await typeOf(view.leaderOf(place)), "CONNECTION");
  cluster.partition(place).leader = -1;
  assert.equal(await typeOf(view.leaderOf(place)), "LEADER_NOT_AVAILABLE");
  cluster.partition(place).leader = 1;
  assert.equal(await view.leaderOf(place), 1);
  assert.equal(
    await typeOf(view.leaderOf({ topic: "a", partition: 1 })),
    "UNKNOWN_TOPIC_OR_PARTITION",
  );
});

Deno.test("ClusterView doubts an absence where several brokers might know better", async () => {
  const cluster = new MemoryCluster();
  const view = openView(cluster);
  assert.equal(await view.partitionsOf("a"), null);
  assert.equal(cluster.requests.get("metadata"), 1);
  cluster.brokers = [1, 2];
  const late = view.partitionsOf("a");
  cluster.createTopic("b", 1);
  const timer = setTimeout(() => cluster.createTopic("a", 4), ABSENCE_PATIENCE_MS / 4);
  assert.equal(await late, 4);
  clearTimeout(timer);
  assert.equal(await view.partitionsOf("c"), null);
});
