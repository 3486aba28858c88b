import assert from "node:assert/strict";
import { PublishError } from "../../../kafka/event_log.ts";
import { settle } from "../../support/fake_clock.ts";
import { FaultyFixture, hasSettled } from "./faulty_fixture.ts";

async function publishError(work: Promise<unknown>): Promise<PublishError> {
  const error = await work.then(() => null, (thrown: unknown) => thrown);
  assert.ok(error instanceof PublishError, String(error));
  assert.match(error.message, /^Cannot [^:]+: ./);
  return error;
}

Deno.test("publish() under lost-acknowledgement stores everything and rejects it as retriable", async () => {
  await using fixture = await FaultyFixture.open();
  fixture.faults.begin({ id: "lost", kind: "lost-acknowledgement", times: 1 });
  const batches = [fixture.batch(["a", "b"]), fixture.batch(["x"], 1)];
  const error = await publishError(fixture.log.publish(batches));
  assert.deepEqual([error.code, error.retriable], ["publish-failed", true]);
  assert.deepEqual(error.rejected, batches);
  assert.deepEqual(error.published, []);
  assert.deepEqual([await fixture.stored(0), await fixture.stored(1)], [["a", "b"], ["x"]]);
  assert.deepEqual(fixture.fired, ["lost"]);
  assert.equal((await fixture.log.publish([fixture.batch(["c"])]))[0]!.baseOffset, 2);
});

Deno.test("publish() loses the acknowledgement of a place alone, and says what became of the rest", async () => {
  await using fixture = await FaultyFixture.open();
  fixture.faults.begin({ id: "lost", kind: "lost-acknowledgement", where: { partition: 1 } });
  const batches = [fixture.batch(["a"]), fixture.batch(["x"], 1)];
  const error = await publishError(fixture.log.publish(batches));
  assert.deepEqual(error.rejected, [batches[1]]);
  assert.deepEqual(error.published.map(({ partition }) => partition), [0]);
  assert.equal((await fixture.log.publish([fixture.batch(["b"])]))[0]!.baseOffset, 1);
});

Deno.test("publish() under unavailable stores nothing and rejects as retriable, until it ends", async () => {
  await using fixture = await FaultyFixture.open();
  fixture.faults.begin({ id: "away", kind: "unavailable" });
  const publishing = publishError(fixture.log.publish([fixture.batch(["a"])]));
  await settle();
  assert.equal(await hasSettled(publishing), false, "a refusal takes time");
  await fixture.clock.advance(1);
  const error = await publishing;
  assert.deepEqual([error.code, error.retriable], ["log-unavailable", true]);
  assert.deepEqual(await fixture.stored(), []);
  fixture.faults.end("away");
  await fixture.log.publish([fixture.batch(["a"])]);
  assert.deepEqual(await fixture.stored(), ["a"]);
});

Deno.test("publish() refuses the places out of reach and stores the others", async () => {
  await using fixture = await FaultyFixture.open();
  const where = { topic: fixture.topic, partition: 0 };
  fixture.faults.begin({ id: "away", kind: "unavailable", where });
  const batches = [fixture.batch(["a"]), fixture.batch(["x"], 1)];
  const publishing = publishError(fixture.log.publish(batches));
  await fixture.clock.advance(1);
  const error = await publishing;
  assert.deepEqual(error.rejected, [batches[0]]);
  assert.deepEqual(error.published.map(({ partition }) => partition), [1]);
  assert.deepEqual([await fixture.stored(0), await fixture.stored(1)], [[], ["x"]]);
});

Deno.test("publish() under full is refused for good as on a full disk", async () => {
  await using fixture = await FaultyFixture.open();
  fixture.faults.begin({ id: "full", kind: "full", times: 1 });
  const publishing = publishError(fixture.log.publish([fixture.batch(["a"])]));
  await fixture.clock.advance(1);
  const error = await publishing;
  assert.deepEqual([error.code, error.retriable], ["log-full", false]);
  assert.match(error.message, /the disk is full$/);
  assert.deepEqual(await fixture.stored(), []);
  await fixture.log.publish([fixture.batch(["a"])]);
});

Deno.test("publish() under several refusals is out of reach, which is all it can know", async () => {
  await using fixture = await FaultyFixture.open();
  fixture.faults.begin({ id: "full", kind: "full" });
  fixture.faults.begin({ id: "away", kind: "unavailable" });
  const publishing = publishError(fixture.log.publish([fixture.batch(["a"])]));
  await fixture.clock.advance(1);
  assert.equal((await publishing).code, "log-unavailable");
});

Deno.test("publish() under late-acknowledgement is stored at once and acknowledged later", async () => {
  await using fixture = await FaultyFixture.open();
  fixture.faults.begin({ id: "short", kind: "late-acknowledgement", byMs: 100 });
  fixture.faults.begin({ id: "long", kind: "late-acknowledgement", byMs: 300 });
  const publishing = fixture.log.publish([fixture.batch(["a"])]);
  await fixture.clock.advance(299);
  assert.deepEqual(await fixture.stored(), ["a"]);
  assert.equal(await hasSettled(publishing), false, "the worst holds");
  await fixture.clock.advance(1);
  assert.equal(await hasSettled(publishing), true);
  assert.deepEqual(fixture.fired, ["long"]);
});

Deno.test("publish() under slow takes longer, and goes on at once when the fault ends", async () => {
  await using fixture = await FaultyFixture.open();
  fixture.faults.begin({ id: "slow", kind: "slow", byMs: 10_000 });
  const publishing = fixture.log.publish([fixture.batch(["a"])]);
  await fixture.clock.advance(5_000);
  assert.deepEqual(await fixture.stored(), []);
  fixture.faults.end("slow");
  await publishing;
  assert.deepEqual(await fixture.stored(), ["a"]);
  assert.deepEqual(fixture.clock.pending, []);
});

Deno.test("publish() after a slow one to the same partition does not overtake it", async () => {
  await using fixture = await FaultyFixture.open();
  fixture.faults.begin({ id: "slow", kind: "slow", byMs: 100, times: 1 });
  const first = fixture.log.publish([fixture.batch(["first"])]);
  const second = fixture.log.publish([fixture.batch(["second"])]);
  const elsewhere = fixture.log.publish([fixture.batch(["elsewhere"], 1)]);
  await settle();
  assert.deepEqual(await fixture.stored(1), ["elsewhere"]);
  await fixture.clock.advance(100);
  await Promise.all([first, second, elsewhere]);
  assert.deepEqual(await fixture.stored(), ["first", "second"]);
});

Deno.test("publish() under clock-jump stamps what has no stamp, and leaves stamps alone", async () => {
  await using fixture = await FaultyFixture.open();
  fixture.faults.begin({ id: "jump", kind: "clock-jump", byMs: -5_000 });
  const { topic } = fixture;
  const records = [{ key: null, value: "own" }, { key: null, value: "cause", timestamp: 7 }];
  await fixture.log.publish([{ topic, partition: 0, records }]);
  const reader = fixture.inner.openReader([{ topic, partition: 0, offset: 0 }]);
  const [batch] = await reader.poll({ timeoutMs: 0 });
  reader.close();
  assert.deepEqual(batch!.records.map(({ timestamp }) => timestamp), [995_000, 7]);
});
