import assert from "node:assert/strict";
import { PublishError } from "../../../kafka/event_log.ts";
import { failsWith, newTopic, publishTexts, uniqueName, untilBalanced } from "../log_fixture.ts";
import { memoryFixture } from "./fixtures.ts";

Deno.test("a handle that is closed takes its members along, and nobody else's", async () => {
  await using fixture = await memoryFixture();
  const { log, openAnother } = fixture;
  const topic = await newTopic(log, { partitions: 4 });
  const group = uniqueName("group");
  const other = await openAnother!();
  const here = await log.join({ group, topics: [topic], instanceId: "here" });
  const there = await other.join({ group, topics: [topic], instanceId: "there" });
  await untilBalanced(fixture, [here, there], 4);
  const reader = other.openReader([{ topic, partition: 0, offset: 0 }]);
  const waiting = failsWith(reader.poll({ timeoutMs: 60_000 }), "log-closed");
  await other.close();
  await waiting;
  await failsWith(there.poll({ timeoutMs: 0 }), "log-closed");
  await untilBalanced(fixture, [here], 4);
  await publishTexts(log, { topic, partition: 0 }, ["v"]);
});

Deno.test("the log ends with its first handle, for the others too", async () => {
  await using fixture = await memoryFixture();
  const { log, openAnother } = fixture;
  const topic = await newTopic(log);
  const other = await openAnother!();
  const member = await other.join({ group: "readers", topics: [topic], instanceId: "a" });
  await member.poll({ timeoutMs: 0 });
  const waiting = failsWith(member.poll({ timeoutMs: 60_000 }), "log-closed");
  await log.close();
  await waiting;
  await failsWith(publishTexts(other, { topic, partition: 0 }, ["late"]), "log-closed");
  assert.throws(() => log.handle(), { code: "log-closed" });
  await other.close();
});

Deno.test("a second member under a name takes its place at once and fences the first", async () => {
  await using fixture = await memoryFixture();
  const { log } = fixture;
  const topic = await newTopic(log, { partitions: 2 });
  const group = uniqueName("group");
  const join = () => log.join({ group, topics: [topic], instanceId: "engine-0" });
  const first = await join();
  await untilBalanced(fixture, [first], 2);
  const waiting = failsWith(first.poll({ timeoutMs: 60_000 }), "fenced-generation");
  const second = await join();
  await waiting;
  const told = await second.poll({ timeoutMs: 0 });
  assert.ok(told.kind === "assignment");
  assert.equal(told.assigned.length, 2);
  const place = { topic, partition: 0, offset: 0 };
  await failsWith(first.commit([place]), "fenced-generation");
  await failsWith(first.poll({ timeoutMs: 0 }), "fenced-generation");
  await first.leave();
  await second.commit([place]);
  assert.deepEqual((await log.describeGroup(group)).members.map(({ instanceId }) => instanceId), [
    "engine-0",
  ]);
});

Deno.test("publish() appends all its batches or none", async () => {
  await using fixture = await memoryFixture();
  const { log } = fixture;
  const topic = await newTopic(log, { partitions: 2 });
  const batch = (partition: number, value: string) => ({
    topic,
    partition,
    records: [{ key: null, value }],
  });
  const batches = [batch(0, "fits"), batch(1, "x".repeat(1_100_000))];
  const error = await failsWith(log.publish(batches), "record-too-large");
  assert.ok(error instanceof PublishError);
  assert.deepEqual([error.published, error.rejected], [[], batches]);
  const [description] = await log.describeTopics([topic]);
  assert.deepEqual(description!.offsets.map(({ end }) => end), [0, 0]);
});
