import assert from "node:assert/strict";
import { openClient } from "../../../kafka/cluster/open_client.ts";
import { type ClusterLogConfig, KAFKA_CLIENTS } from "../../../kafka/cluster/cluster_config.ts";
import { openClusterLog } from "../../../kafka/cluster/cluster_log.ts";
import { MAX_SEND } from "../../../kafka/cluster/cluster_settings.ts";
import { type AvailabilityChange, type EventLog, PublishError } from "../../../kafka/event_log.ts";
import { openEventLog } from "../../../kafka/open_event_log.ts";
import { TcpProxy } from "../../../kafka/tcp_proxy.ts";
import {
  deadline,
  failsWith,
  newTopic,
  plainTopic,
  publishTexts,
  readRecords,
  textsOf,
} from "../../kafka/log_fixture.ts";
import { clusterFixture } from "../support/cluster_fixture.ts";
import { testBrokers } from "../support/test_brokers.ts";

const DEADLINE_MS = 30_000;

/** What a caller does with a rejection: the same again, until it is acknowledged. */
async function publishUntilDone(log: EventLog, topic: string, text: string): Promise<void> {
  const before = deadline(DEADLINE_MS, () => `acknowledgement of ${text}`);
  for (;;) {
    before();
    try {
      await publishTexts(log, { topic, partition: 0 }, [text]);
      return;
    } catch (error) {
      if (!(error instanceof PublishError) || !error.retriable) throw error;
    }
  }
}

/** The fixture's cluster through a proxy that a test can cut. */
function throughProxy(config: ClusterLogConfig): {
  readonly proxies: readonly TcpProxy[];
  readonly config: ClusterLogConfig;
} {
  const proxies = testBrokers().map((target) => TcpProxy.open({ target }));
  const through = Object.fromEntries(
    testBrokers().map((name, i) => [name, proxies[i]!.address]),
  );
  return { proxies, config: { ...config, through } };
}

for (const client of KAFKA_CLIENTS) {
  Deno.test(`kafka by ${client}: an outage is told once, survived, and its end told once`, async () => {
    await using fixture = await clusterFixture(client);
    const topic = await newTopic(fixture.log, { partitions: 1 });
    const { proxies, config } = throughProxy(fixture.config);
    const changes: AvailabilityChange[] = [];
    const log = await openEventLog(config, { onAvailability: (change) => changes.push(change) });
    try {
      await publishTexts(log, { topic, partition: 0 }, ["before"]);
      const reader = log.openReader([{ topic, partition: 0, offset: 0 }]);
      const [first] = await reader.poll({ timeoutMs: DEADLINE_MS });
      assert.deepEqual(textsOf(first!.records), ["before"]);
      assert.deepEqual(changes, []);
      for (const proxy of proxies) proxy.cut();
      const error = await failsWith(
        publishTexts(log, { topic, partition: 0 }, ["lost"]),
        "publish-failed",
      );
      assert.equal(error.retriable, true);
      assert.deepEqual(await reader.poll({ timeoutMs: 100 }), []);
      const described = log.describeTopics([topic]);
      assert.deepEqual(changes.map(({ available }) => available), [false]);
      for (const proxy of proxies) proxy.mend();
      await publishUntilDone(log, topic, "lost");
      assert.equal((await described)[0]!.name, topic);
      const [after] = await reader.poll({ timeoutMs: DEADLINE_MS });
      assert.equal(after!.records.at(-1)!.text, "lost");
      const before = deadline(DEADLINE_MS, () => "word of the outage's end");
      while (changes.length < 2) {
        before();
        await log.describeTopics([topic]);
        await reader.poll({ timeoutMs: 100 });
      }
      assert.deepEqual(changes.map(({ available }) => available), [false, true]);
      reader.close();
    } finally {
      await log.close();
      for (const proxy of proxies) await proxy.close();
    }
  });

  Deno.test(`kafka by ${client}: a log opens, and closes soon, while nobody answers`, async () => {
    await using fixture = await clusterFixture(client);
    const log = await openClusterLog({ ...fixture.config, brokers: ["127.0.0.1:1"] });
    const reader = log.openReader([{ topic: "t", partition: 0, offset: 0 }]);
    const polled = reader.poll({ timeoutMs: DEADLINE_MS }).catch((error) => error.code);
    const described = failsWith(log.describeTopics(), "log-closed");
    assert.equal(
      (await failsWith(publishTexts(log, { topic: "t", partition: 0 }, ["v"]), "publish-failed"))
        .retriable,
      true,
    );
    await log.close();
    await described;
    assert.equal(await polled, "log-closed");
  });

  Deno.test(`kafka by ${client}: the prefix begins the names on the cluster and is seen nowhere else`, async () => {
    await using fixture = await clusterFixture(client);
    const topic = await newTopic(fixture.log);
    await using other = await clusterFixture(client);
    assert.deepEqual(await other.log.describeTopics([topic]), []);
    assert.deepEqual(await other.log.describeTopics(), []);
    const control = await openClient(fixture.config);
    const { topics } = await control.metadata("all");
    await control.close();
    const name = `${fixture.config.topicPrefix}${topic}`;
    assert.ok(topics.some((each) => each.topic === name));
  });

  Deno.test(`kafka by ${client}: a batch above one send arrives whole and in order`, async () => {
    await using fixture = await clusterFixture(client);
    const topic = await newTopic(fixture.log, { partitions: 1 });
    const texts = Array.from({ length: 2 * MAX_SEND.records + 7 }, (_, i) => `${i}`);
    assert.equal(await publishTexts(fixture.log, { topic, partition: 0 }, texts), 0);
    const read = await readRecords(fixture, { topic, partition: 0 }, texts.length);
    assert.deepEqual(textsOf(read), texts);
  });

  Deno.test(`kafka by ${client}: findDrift() names what the topic has otherwise on the cluster`, async () => {
    await using fixture = await clusterFixture(client);
    const wanted = plainTopic({ partitions: 1 });
    const control = await openClient(fixture.config);
    await control.createTopics([{
      topic: `${fixture.config.topicPrefix}${wanted.name}`,
      partitions: 1,
      replicationFactor: 1,
      configs: { "retention.ms": "-1", "max.message.bytes": "2000" },
    }]);
    await control.close();
    const before = deadline(DEADLINE_MS, () => "topic");
    while ((await fixture.log.describeTopics([wanted.name])).length === 0) before();
    const drift = (await fixture.log.findDrift([wanted])).map(({ difference }) => difference);
    assert.ok(drift.includes("has max.message.bytes 2000 instead of 8388608"), `${drift}`);
  });
}
