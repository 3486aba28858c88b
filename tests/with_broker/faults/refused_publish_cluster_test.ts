/**
 * What a cluster can refuse a log that runs: a topic that is gone, a partition that nobody leads, a
 * batch that is too large, a producer that another one has fenced.
 */

import assert from "node:assert/strict";
import { publishUntilAcknowledged } from "../../../actors/log_access/publish_until_acknowledged.ts";
import { systemClock } from "../../../actors/runtime/clock.ts";
import { type ClusterLogConfig, KAFKA_CLIENTS } from "../../../kafka/cluster/cluster_config.ts";
import { openClusterLog } from "../../../kafka/cluster/cluster_log.ts";
import { MAX_MESSAGE_BYTES, MAX_RECORD_BYTES } from "../../../kafka/cluster/cluster_settings.ts";
import {
  type EventLog,
  EventLogError,
  type EventLogErrorCode,
  PublishError,
} from "../../../kafka/event_log.ts";
import type { NativeCluster } from "../../../kafka/native_broker/mod.ts";
import { failsWith, newTopic, readRecords, textsOf } from "../../kafka/log_fixture.ts";
import { eventually } from "../../support/eventually.ts";
import { scratchFolder, startIn, tool } from "../native_broker/cluster_of_a_test.ts";
import { configOn, LONG_MS, wholeAgain } from "./broken_cluster.ts";
import { fenceProducer } from "./fencing.ts";
import { readByConsoleConsumer } from "./stored_records.ts";

/** Far below what a log assumes of its topics. */
const SMALL_MESSAGE_BYTES = 10_000;

/** A log under test and where it is. */
interface Opened {
  readonly config: ClusterLogConfig;
  readonly log: EventLog;
}

Deno.test("a cluster refuses, and logs by both clients say so and go on", async (test) => {
  await using folder = await scratchFolder();
  await using cluster = await startIn(folder.path, { brokers: 3 });
  await using logs = new AsyncDisposableStack();
  const opened = await Promise.all(KAFKA_CLIENTS.map(async (client): Promise<Opened> => {
    const config = configOn(cluster, client);
    return { config, log: logs.use(await openClusterLog(config)) };
  }));
  const step = (name: string, work: (opened: Opened) => Promise<void>) =>
    test.step(name, async () => void await Promise.all(opened.map(work)));
  await test.step("nothing of a topic with the cluster's own defaults", () => defaults(cluster));
  await step("a topic deleted under a running log", deletedTopic);
  await step("a record above the limit", largeRecord);
  await step("a topic whose limit is smaller", (each) => smallTopic(cluster, each));
  await step("a producer that another has fenced", ({ config }) => fenced(cluster, config));
  await test.step("a partition without a leader", () => offline(cluster, opened));
});

/** Three replicas, of which two must have a record: what makes all the rest worth asking. */
async function defaults(cluster: NativeCluster): Promise<void> {
  await tool(cluster, "TopicCommand", "--create", "--topic", "by-default", "--partitions", "1");
  const text = await tool(cluster, "TopicCommand", "--describe", "--topic", "by-default");
  assert.equal(/Replicas: (\S+)/.exec(text)?.[1]?.split(",").length, 3);
  assert.match(text, /min\.insync\.replicas=2/);
}

async function deletedTopic({ config, log }: Opened): Promise<void> {
  const topic = await newTopic(log);
  await acknowledged(log, topic, 0, "before");
  const place = { topic, partition: 0 };
  const reader = log.openReader([{ ...place, offset: 0 }]);
  const options = { group: "readers", topics: [topic], instanceId: "reader-0" };
  const member = await log.join(options);
  await eventually("the member reads", async () => {
    const polled = await member.poll({ timeoutMs: 100 });
    return polled.kind === "records" && polled.batches.length > 0;
  }, LONG_MS);
  {
    await using another = await openClusterLog(config);
    await another.deleteTopics([topic]);
  }
  const again = () => log.publish([{ ...place, records: [{ key: null, value: "after" }] }]);
  const refused = await failing(again, "unknown-topic");
  assert.ok(refused instanceof PublishError && !refused.retriable);
  assert.equal(refused.message, `Cannot publish to "${topic}"/0: there is no topic "${topic}"`);
  const unread = await failing(() => reader.poll({ timeoutMs: 100 }), "unknown-topic");
  assert.equal(unread.message, `Cannot read "${topic}": there is no such topic`);
  await failing(() => member.poll({ timeoutMs: 100 }), "unknown-topic");
  reader.close();
  await member.leave();
}

async function largeRecord({ log }: Opened): Promise<void> {
  const topic = await newTopic(log);
  const records = [{ key: null, value: "small" }, {
    key: null,
    value: "x".repeat(MAX_RECORD_BYTES + 1),
  }];
  const error = await failsWith(
    log.publish([{ topic, partition: 0, records: [records[0]!] }, {
      topic,
      partition: 1,
      records,
    }]),
    "record-too-large",
  );
  assert.ok(error instanceof PublishError && !error.retriable);
  assert.match(error.message, new RegExp(`"${topic}"/1: .*${MAX_RECORD_BYTES}`));
  const [description] = await log.describeTopics([topic]);
  assert.deepEqual(description?.offsets.map(({ end }) => end), [0, 0], "nothing was sent");
}

async function smallTopic(
  cluster: NativeCluster,
  { config: { topicPrefix }, log }: Opened,
): Promise<void> {
  await createByTool(cluster, `${topicPrefix}small`, [
    ...["--partitions", "2", "--replication-factor", "3"],
    ...["--config", `max.message.bytes=${SMALL_MESSAGE_BYTES}`],
  ]);
  const large = "x".repeat(SMALL_MESSAGE_BYTES);
  const publishing = log.publish([
    { topic: "small", partition: 0, records: [{ key: null, value: large }] },
    { topic: "small", partition: 1, records: [{ key: null, value: "fits" }] },
  ]);
  const error = await failsWith(publishing, "record-too-large");
  assert.ok(error instanceof PublishError && !error.retriable);
  assert.match(error.message, /"small"\/0: .*MESSAGE_TOO_LARGE/);
  assert.deepEqual(error.rejected.map(({ partition }) => partition), [0]);
  await acknowledged(log, "small", 1, "goes on");
  await acknowledged(log, "small", 0, "goes on");
  const wanted = {
    name: "small",
    partitions: 2,
    cleanup: "delete",
    retentionMs: 604_800_000,
    timestampType: "create-time",
  } as const;
  const drift = (await log.findDrift([wanted])).map(({ difference }) => difference);
  assert.ok(
    drift.includes(`has max.message.bytes ${SMALL_MESSAGE_BYTES} instead of ${MAX_MESSAGE_BYTES}`),
    drift.join("; "),
  );
}

/** Every record of several is stored once and in order, whoever took the producer's id meanwhile. */
async function fenced(cluster: NativeCluster, config: ClusterLogConfig): Promise<void> {
  await using log = await openClusterLog(config);
  const topic = await newTopic(log);
  const clusterTopic = `${config.topicPrefix}${topic}`;
  await acknowledged(log, topic, 0, "first");
  await fenceProducer(cluster, config, { topic: clusterTopic, partition: 0 });
  const second = { topic, partition: 0, records: [{ key: null, value: "second" }] };
  const error = await failsWith(log.publish([second]), "publish-failed");
  assert.ok(error.retriable, error.message);
  assert.match(error.message, /INVALID_PRODUCER_EPOCH|PRODUCER_FENCED/);
  await acknowledged(log, topic, 0, "second");
  await acknowledged(log, topic, 0, "third");
  const stored = await readByConsoleConsumer(cluster, clusterTopic);
  assert.deepEqual(stored.map(({ value }) => value), ["first", "fence", "second", "third"]);
}

async function offline(cluster: NativeCluster, opened: readonly Opened[]): Promise<void> {
  const onOneBrokerEach = ["--replica-assignment", "1,2,3", "--config", "min.insync.replicas=1"];
  await using fresh = new AsyncDisposableStack();
  const logs = await Promise.all(opened.map(async ({ config }) => {
    await createByTool(cluster, `${config.topicPrefix}single`, onOneBrokerEach);
    const log = fresh.use(await openClusterLog(config));
    for (const partition of [0, 1, 2]) await acknowledged(log, "single", partition, "before");
    return log;
  }));
  await cluster.kill(3);
  const waiting: Promise<void>[] = [];
  try {
    await Promise.all(logs.map(async (log) => {
      // Under way during the whole outage; the others do not wait behind it.
      let answered = false;
      const waited = acknowledged(log, "single", 2, "during").then(() => {
        answered = true;
      });
      waited.catch(() => {}); // Told below.
      waiting.push(waited);
      for (const partition of [0, 1]) await acknowledged(log, "single", partition, "during");
      for (const partition of [0, 1]) {
        assert.deepEqual(await texts(log, "single", partition), ["before", "during"]);
      }
      assert.equal(answered, false, "acknowledged by nobody");
    }));
  } finally {
    await cluster.start(3);
  }
  await Promise.all(waiting);
  for (const log of logs) {
    const [first, ...rest] = await texts(log, "single", 2);
    assert.equal(first, "before");
    assert.ok(rest.length > 0 && rest.every((text) => text === "during"));
  }
  for (const { config } of opened) await wholeAgain(config, `${config.topicPrefix}single`);
}

async function acknowledged(
  log: EventLog,
  topic: string,
  partition: number,
  value: string,
): Promise<void> {
  const batch = { topic, partition, records: [{ key: null, value }] };
  await publishUntilAcknowledged(log, [batch], { clock: systemClock });
}

async function texts(log: EventLog, topic: string, partition: number) {
  const place = { topic, partition };
  return textsOf(await readRecords({ log, deadlineMs: LONG_MS }, place, 2));
}

/** Tries until it fails with this code; other failures and successes are of the way there. */
async function failing(
  work: () => Promise<unknown>,
  code: EventLogErrorCode,
): Promise<EventLogError> {
  let found: EventLogError | null = null;
  await eventually(`it fails with ${code}`, async () => {
    const error = await work().then(() => null, (error: unknown) => error);
    if (error instanceof EventLogError && error.code === code) found = error;
    return found !== null;
  }, LONG_MS);
  return found!; // Set, or eventually() has thrown.
}

async function createByTool(
  cluster: NativeCluster,
  topic: string,
  args: readonly string[],
): Promise<void> {
  await tool(cluster, "TopicCommand", "--create", "--topic", topic, ...args);
  await wholeAgain(configOn(cluster, "kafkajs"), topic);
}
