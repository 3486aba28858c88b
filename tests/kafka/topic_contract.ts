import assert from "node:assert/strict";
import { failsWith, type LogFixture, newTopic, plainTopic, publishTexts } from "./log_fixture.ts";

/** Topics: made, found, refused, deleted; and the life of the handle. */
export function topicContract(name: string, open: () => Promise<LogFixture>): void {
  Deno.test(`${name}: createTopics() makes what describeTopics() finds, and may be repeated`, async () => {
    await using fixture = await open();
    const { log } = fixture;
    const wanted = [
      plainTopic({ partitions: 3, timestampType: "log-append-time" }),
      plainTopic({ partitions: 1, cleanup: "compact" }),
      plainTopic({ cleanup: "delete", retentionMs: 60_000 }),
    ];
    await log.createTopics(wanted);
    await log.createTopics(wanted);
    const found = await log.describeTopics(wanted.map((topic) => topic.name));
    for (const topic of wanted) {
      const { offsets, ...settings } = found.find((each) => each.name === topic.name)!;
      assert.deepEqual(settings, topic);
      assert.deepEqual(offsets, Array(topic.partitions).fill({ start: 0, end: 0 }));
      assert.equal(await log.partitionCount(topic.name), topic.partitions);
    }
  });

  Deno.test(`${name}: describeTopics() without names gives all, and leaves out what is not there`, async () => {
    await using fixture = await open();
    const topic = await newTopic(fixture.log);
    const all = await fixture.log.describeTopics();
    assert.ok(all.some((each) => each.name === topic));
    const some = await fixture.log.describeTopics([topic, "no-such-topic"]);
    assert.deepEqual(some.map((each) => each.name), [topic]);
  });

  Deno.test(`${name}: createTopics() refuses a topic that exists otherwise, naming the difference`, async () => {
    await using fixture = await open();
    const topic = plainTopic({ partitions: 2 });
    await fixture.log.createTopics([topic]);
    const error = await failsWith(
      fixture.log.createTopics([{ ...topic, partitions: 3 }]),
      "topic-drift",
    );
    assert.match(error.message, /2 partitions instead of 3/);
    assert.equal(await fixture.log.partitionCount(topic.name), 2);
  });

  Deno.test(`${name}: createTopics() refuses impossible settings`, async () => {
    await using fixture = await open();
    for (
      const wrong of [
        { name: "" },
        { name: "a b" },
        { name: ".." },
        { name: "x".repeat(250) },
        { partitions: 0 },
        { partitions: 1.5 },
      ]
    ) {
      await failsWith(fixture.log.createTopics([plainTopic(wrong)]), "invalid-topic");
    }
  });

  Deno.test(`${name}: partitionCount() of an unknown topic fails, naming it`, async () => {
    await using fixture = await open();
    const error = await failsWith(fixture.log.partitionCount("no-such-topic"), "unknown-topic");
    assert.match(error.message, /"no-such-topic"/);
  });

  Deno.test(`${name}: deleteTopics() removes a topic with its records`, async () => {
    await using fixture = await open();
    const { log } = fixture;
    const topic = await newTopic(log);
    const other = await newTopic(log);
    await publishTexts(log, { topic, partition: 0 }, ["gone"]);
    await publishTexts(log, { topic: other, partition: 0 }, ["stays"]);
    await log.deleteTopics([topic]);
    assert.deepEqual(await log.describeTopics([topic]), []);
    await failsWith(publishTexts(log, { topic, partition: 0 }, ["late"]), "unknown-topic");
    const [found] = await log.describeTopics([other]);
    assert.equal(found!.offsets[0]!.end, 1);
  });

  Deno.test(`${name}: close() may be repeated, and everything after it fails`, async () => {
    await using fixture = await open();
    const { log } = fixture;
    const topic = await newTopic(log);
    const member = await log.join({ group: topic, topics: [topic], instanceId: "member" });
    const reader = log.openReader([{ topic, partition: 0, offset: 0 }]);
    await log.close();
    await log.close();
    await failsWith(publishTexts(log, { topic, partition: 0 }, ["late"]), "log-closed");
    await failsWith(log.describeTopics(), "log-closed");
    await failsWith(log.partitionCount(topic), "log-closed");
    await failsWith(reader.poll({ timeoutMs: 0 }), "log-closed");
    await failsWith(member.poll({ timeoutMs: 0 }), "log-closed", "not-assigned");
    await failsWith(log.join({ group: topic, topics: [topic], instanceId: "x" }), "log-closed");
  });

  Deno.test(`${name}: close() ends a poll that waits`, async () => {
    await using fixture = await open();
    const { log, deadlineMs } = fixture;
    const topic = await newTopic(log);
    const reader = log.openReader([{ topic, partition: 0, offset: 0 }]);
    const polled = reader.poll({ timeoutMs: deadlineMs }).catch((error) => error);
    const started = performance.now();
    await log.close();
    await polled;
    assert.ok(performance.now() - started < deadlineMs / 2);
  });
}
