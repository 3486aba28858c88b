import assert from "node:assert/strict";
import { ClusterNames } from "../../../kafka/cluster/cluster_names.ts";
import { MAX_MESSAGE_BYTES } from "../../../kafka/cluster/cluster_settings.ts";
import { ClusterView } from "../../../kafka/cluster/cluster_view.ts";
import { TopicAdministration } from "../../../kafka/cluster/topic_administration.ts";
import { creationOf, settingsOf } from "../../../kafka/cluster/topic_settings.ts";
import { failsWith, plainTopic } from "../log_fixture.ts";
import { failure, MemoryCluster } from "./memory_client.ts";

function openAdministration(prefix = "p."): {
  readonly cluster: MemoryCluster;
  readonly topics: TopicAdministration;
} {
  const cluster = new MemoryCluster();
  const control = cluster.client();
  const client = () => Promise.resolve(control);
  const closed = new AbortController().signal;
  const view = new ClusterView({ client, closed });
  const topics = new TopicAdministration({ view, names: new ClusterNames(prefix), client, closed });
  return { cluster, topics };
}

Deno.test("create() asks for replicas as there are brokers, and acknowledgement by two of three", () => {
  const created = [1, 2, 3, 5].map((brokers) => creationOf(plainTopic(), "t", brokers));
  assert.deepEqual(created.map(({ replicationFactor }) => replicationFactor), [1, 2, 3, 3]);
  const minInSync = created.map(({ configs }) => configs["min.insync.replicas"]);
  assert.deepEqual(minInSync, ["1", "1", "2", "2"]);
});

Deno.test("settingsOf() gives back every setting that creationOf() made", () => {
  for (
    const topic of [
      plainTopic(),
      plainTopic({ cleanup: "compact", timestampType: "log-append-time" }),
      plainTopic({ cleanup: "delete", retentionMs: 0 }),
      plainTopic({ cleanup: "delete", retentionMs: 86_400_000, partitions: 7 }),
    ]
  ) {
    const { partitions, configs } = creationOf(topic, "t", 1);
    const metadata = {
      topic: "t",
      partitions: Array.from({ length: partitions }, (_, partition) => ({
        partition,
        leader: 1,
        replicas: [1],
        inSyncReplicas: [1],
      })),
    };
    assert.deepEqual(settingsOf(topic.name, metadata, configs), topic);
  }
});

Deno.test("create() goes on when a request fails and when another creates the same", async () => {
  const { cluster, topics } = openAdministration();
  const topic = plainTopic();
  cluster.requestFailures.set("metadata", [failure("CONNECTION", true)]);
  cluster.requestFailures.set("createTopics", [
    failure("REQUEST_TIMEOUT", true),
    failure("TOPIC_ALREADY_EXISTS", false),
    failure("INVALID_REPLICATION_FACTOR", false),
  ]);
  await topics.create([topic]);
  const [found] = await topics.describe([topic.name]);
  const { offsets, ...settings } = found!;
  assert.deepEqual(settings, topic);
  assert.equal(offsets.length, topic.partitions);
});

Deno.test("create() of topics of which one has drifted creates none", async () => {
  const { topics } = openAdministration();
  const there = plainTopic();
  await topics.create([there]);
  const wanted = [plainTopic(), { ...there, partitions: 9 }];
  await failsWith(topics.create(wanted), "topic-drift");
  assert.deepEqual((await topics.describe()).map(({ name }) => name), [there.name]);
});

Deno.test("create() counts the prefix into a name's length", async () => {
  const { topics, cluster } = openAdministration("p".repeat(240));
  const error = await failsWith(
    topics.create([plainTopic({ name: "x".repeat(10) })]),
    "invalid-topic",
  );
  assert.match(error.message, /with the log's prefix its name has 250 characters/);
  assert.equal(cluster.requests.size, 0);
});

Deno.test("describe() leaves out topics of others, and refuses what the cluster refuses", async () => {
  const { cluster, topics } = openAdministration();
  cluster.createTopic("somebody-elses", 1);
  const own = plainTopic();
  await topics.create([own]);
  assert.deepEqual((await topics.describe()).map(({ name }) => name), [own.name]);
  cluster.requestFailures.set("metadata", [failure("AUTHENTICATION", false)]);
  const error = await failsWith(topics.describe(), "log-unavailable");
  assert.equal(error.retriable, false);
});

Deno.test("delete() that misses one topic deletes none, and one that was lost is tried again", async () => {
  const { cluster, topics } = openAdministration();
  const own = plainTopic();
  await topics.create([own]);
  await failsWith(topics.delete([own.name, "no-such-topic"]), "unknown-topic");
  assert.equal((await topics.describe()).length, 1);
  cluster.requestFailures.set("deleteTopics", [failure("CONNECTION", true)]);
  await topics.delete([own.name]);
  assert.deepEqual(await topics.describe(), []);
  await failsWith(topics.partitionCount(own.name), "unknown-topic");
});

Deno.test("findDrift() names what only a cluster has", async () => {
  const { cluster, topics } = openAdministration();
  const wanted = plainTopic({ partitions: 3 });
  await topics.create([wanted]);
  assert.deepEqual(await topics.findDrift([wanted]), []);
  const stored = cluster.topics.get(`p.${wanted.name}`)!;
  stored.configs["max.message.bytes"] = "1000";
  stored.configs["min.insync.replicas"] = "2";
  stored.configs["retention.bytes"] = "5000";
  stored.partitions[1]!.leader = -1;
  cluster.brokers = [1, 2, 3];
  const drift = await topics.findDrift([wanted]);
  assert.deepEqual(drift.map(({ difference }) => difference), [
    "has 1 replica instead of 3",
    "has min.insync.replicas 2 instead of 1",
    `has max.message.bytes 1000 instead of ${MAX_MESSAGE_BYTES}`,
    "forgets beyond 5000 bytes of a partition",
    "has no leader now for partition 1",
  ]);
  stored.configs["cleanup.policy"] = "compact,delete";
  const differences = (await topics.findDrift([wanted])).map(({ difference }) => difference);
  assert.ok(differences.includes("deletes what is old besides compacting"));
});
