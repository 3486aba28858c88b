import assert from "node:assert/strict";
import type { EventLog } from "../../../kafka/event_log.ts";
import { type LogCallKind, openMemoryLog } from "../../../kafka/open_event_log.ts";
import { failsWith, newTopic, publishTexts } from "../log_fixture.ts";
import { latencyFixture } from "./fixtures.ts";
import { JumpingClock } from "./jumping_clock.ts";

/** The texts of a partition after two handles have each published some without waiting. */
async function raced(seed: number): Promise<readonly string[]> {
  await using fixture = await latencyFixture(seed);
  const { log } = fixture;
  const topic = await newTopic(log, { partitions: 1 });
  const others: readonly [string, EventLog][] = [["a", log.handle()], ["b", log.handle()]];
  const publishing = others.flatMap(([name, handle]) =>
    Array.from({ length: 8 }, (_, i) => publishTexts(handle, { topic, partition: 0 }, [name + i]))
  );
  await Promise.all(publishing);
  const reader = log.openReader([{ topic, partition: 0, offset: 0 }]);
  const [batch] = await reader.poll({ timeoutMs: 0 });
  reader.close();
  return batch!.records.map(({ text }) => text!);
}

Deno.test("latencies never turn the appends of one handle round, and those of two they do", async () => {
  const orders = new Set<string>();
  for (let seed = 0; seed < 10; seed++) {
    const texts = await raced(seed);
    assert.equal(texts.length, 16);
    for (const name of ["a", "b"]) {
      const own = texts.filter((text) => text.startsWith(name));
      assert.deepEqual(own, own.toSorted(), `seed ${seed}`);
    }
    orders.add(texts.join());
  }
  assert.ok(orders.size > 3, `10 seeds gave ${orders.size} orders`);
});

Deno.test("the same seed gives the same order", async () => {
  assert.deepEqual(await raced(7), await raced(7));
});

Deno.test("a call takes as long as was drawn for it; an append takes place before its answer", async () => {
  const took: Readonly<Record<LogCallKind, number>> = {
    publish: 10,
    append: 100,
    commit: 3,
    fetch: 5,
    join: 7,
    read: 2,
  };
  const clock = new JumpingClock(0);
  await using log = await openMemoryLog({ clock, latency: (call) => took[call] });
  const measure = async <T>(work: Promise<T>): Promise<readonly [T, number]> => {
    const from = clock.now();
    return [await work, clock.now() - from];
  };
  const [topic, creating] = await measure(newTopic(log, { timestampType: "log-append-time" }));
  assert.equal(creating, took.commit);
  const [member, joining] = await measure(
    log.join({ group: "readers", topics: [topic], instanceId: "a" }),
  );
  assert.equal(joining, took.join);
  const place = { topic, partition: 0 };
  const from = clock.now();
  const [, publishing] = await measure(publishTexts(log, place, ["v"]));
  assert.equal(publishing, took.publish + took.append);
  assert.equal((await measure(log.describeTopics()))[1], took.read);
  assert.equal((await measure(member.poll({ timeoutMs: 0 })))[1], took.fetch);
  const [polled] = await measure(member.poll({ timeoutMs: 0 }));
  assert.ok(polled.kind === "records");
  assert.equal(polled.batches[0]!.records[0]!.timestamp, from + took.publish);
  assert.equal((await measure(member.commit([{ ...place, offset: 1 }])))[1], took.commit);
});

Deno.test("what is on its way when the topic goes, or the log, is refused", async () => {
  const clock = new JumpingClock();
  const log = await openMemoryLog({ clock, latency: (call) => call === "publish" ? 10 : 1 });
  const topic = await newTopic(log);
  const tooLate = publishTexts(log, { topic, partition: 0 }, ["v"]);
  await Promise.all([failsWith(tooLate, "unknown-topic"), log.deleteTopics([topic])]);
  const other = await newTopic(log);
  const closed = failsWith(publishTexts(log, { topic: other, partition: 0 }, ["v"]), "log-closed");
  await Promise.all([closed, log.close()]);
});
