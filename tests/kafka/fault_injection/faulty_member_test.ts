import assert from "node:assert/strict";
import { settle } from "../../support/fake_clock.ts";
import { failsWith } from "../log_fixture.ts";
import { FaultyFixture, hasSettled, polledTexts } from "./faulty_fixture.ts";

Deno.test("poll() under unavailable waits until it ends, then goes on", async () => {
  await using fixture = await FaultyFixture.open();
  const member = await fixture.member();
  await fixture.inner.publish([fixture.batch(["a"])]);
  fixture.faults.begin({ id: "away", kind: "unavailable" });
  const polling = member.poll({ timeoutMs: 1_000 });
  await fixture.clock.advance(500);
  assert.equal(await hasSettled(polling), false);
  fixture.faults.end("away");
  const polled = await polling;
  assert.ok(polled.kind === "records");
  assert.equal(polled.batches.length, 1);
});

Deno.test("poll() under unavailable gives nothing at its timeout or signal", async () => {
  await using fixture = await FaultyFixture.open();
  const member = await fixture.member();
  await fixture.inner.publish([fixture.batch(["a"])]);
  fixture.faults.begin({ id: "away", kind: "unavailable" });
  const polling = member.poll({ timeoutMs: 1_000 });
  await fixture.clock.advance(1_000);
  assert.deepEqual(await polling, { kind: "records", batches: [] });
  const ending = new AbortController();
  const ended = member.poll({ timeoutMs: 1_000, signal: ending.signal });
  await settle();
  ending.abort();
  assert.deepEqual(await ended, { kind: "records", batches: [] });
  fixture.faults.endAll();
  assert.deepEqual(await polledTexts(member), ["a"], "nothing was lost");
});

Deno.test("poll() that waits already meets an outage that begins meanwhile", async () => {
  await using fixture = await FaultyFixture.open();
  const member = await fixture.member();
  const polling = member.poll({ timeoutMs: 1_000 });
  await settle();
  fixture.faults.begin({ id: "away", kind: "unavailable" });
  await settle();
  await fixture.inner.publish([fixture.batch(["a"])]);
  await fixture.clock.advance(400);
  assert.equal(await hasSettled(polling), false);
  fixture.faults.end("away");
  const polled = await polling;
  assert.ok(polled.kind === "records" && polled.batches.length === 1);
});

Deno.test("poll() withholds a partition out of reach, and delivers it afterwards", async () => {
  await using fixture = await FaultyFixture.open();
  const member = await fixture.member();
  fixture.faults.begin({ id: "away", kind: "unavailable", where: { partition: 0 } });
  await fixture.inner.publish([fixture.batch(["a", "b"]), fixture.batch(["x"], 1)]);
  assert.deepEqual(await polledTexts(member), ["x"]);
  const polling = member.poll({ timeoutMs: 1_000 });
  await fixture.clock.advance(100);
  assert.equal(await hasSettled(polling), false);
  fixture.faults.end("away");
  const polled = await polling;
  assert.ok(polled.kind === "records");
  assert.deepEqual(polled.batches[0]!.records.map(({ text }) => text), ["a", "b"]);
  assert.deepEqual(fixture.fired, ["away"]);
});

Deno.test("commit(), heartbeat() and leave() under unavailable are refused as retriable", async () => {
  await using fixture = await FaultyFixture.open();
  const member = await fixture.member();
  await fixture.inner.publish([fixture.batch(["a"])]);
  await polledTexts(member);
  fixture.faults.begin({ id: "away", kind: "unavailable" });
  const place = { topic: fixture.topic, partition: 0 };
  const calls = [
    () => member.commit([{ ...place, offset: 1 }]),
    () => member.heartbeat(),
    () => member.leave(),
  ];
  for (const call of calls) {
    const refused = failsWith(call(), "log-unavailable");
    await fixture.clock.advance(1);
    assert.equal((await refused).retriable, true);
  }
  fixture.faults.end("away");
  assert.equal((await member.committed())[0]!.offset, 0);
  await member.commit([{ ...place, offset: 1 }]);
  assert.equal((await member.committed())[0]!.offset, 1);
});

Deno.test("heartbeat() is not refused for a partition out of reach, a commit of it is", async () => {
  await using fixture = await FaultyFixture.open();
  const member = await fixture.member();
  fixture.faults.begin({ id: "away", kind: "unavailable", where: { partition: 0 } });
  await member.heartbeat();
  await member.commit([{ topic: fixture.topic, partition: 1, offset: 0 }]);
  const commit = member.commit([{ topic: fixture.topic, partition: 0, offset: 0 }]);
  const refused = failsWith(commit, "log-unavailable");
  await fixture.clock.advance(1);
  await refused;
});

Deno.test("poll() under duplicate-delivery delivers each batch twice, moving nothing", async () => {
  await using fixture = await FaultyFixture.open();
  const member = await fixture.member();
  fixture.faults.begin({ id: "twice", kind: "duplicate-delivery" });
  await fixture.inner.publish([fixture.batch(["a", "b"])]);
  assert.deepEqual(await polledTexts(member), ["a", "b"]);
  assert.deepEqual(await polledTexts(member), ["a", "b"]);
  assert.deepEqual(await polledTexts(member), []);
  await fixture.inner.publish([fixture.batch(["c"])]);
  assert.deepEqual(await polledTexts(member), ["c"]);
  fixture.faults.end("twice");
  assert.deepEqual(await polledTexts(member), ["c"]);
  assert.deepEqual(await polledTexts(member), []);
});

Deno.test("poll() under duplicate-delivery repeats nothing behind a seek", async () => {
  await using fixture = await FaultyFixture.open();
  const member = await fixture.member();
  fixture.faults.begin({ id: "twice", kind: "duplicate-delivery", times: 1 });
  await fixture.inner.publish([fixture.batch(["a", "b", "c"])]);
  assert.deepEqual(await polledTexts(member), ["a", "b", "c"]);
  member.seek({ topic: fixture.topic, partition: 0, offset: 2 });
  assert.deepEqual(await polledTexts(member), ["c"]);
});

Deno.test("poll() under redelivery goes on from so many records earlier, once", async () => {
  await using fixture = await FaultyFixture.open();
  const member = await fixture.member();
  await fixture.inner.publish([fixture.batch(["a", "b", "c"]), fixture.batch(["x"], 1)]);
  assert.deepEqual((await polledTexts(member)).toSorted(), ["a", "b", "c", "x"]);
  fixture.faults.begin({ id: "again", kind: "redelivery", records: 2, where: { partition: 0 } });
  assert.deepEqual(await polledTexts(member), ["b", "c"]);
  assert.deepEqual(await polledTexts(member), []);
  fixture.faults.begin({ id: "more", kind: "redelivery", records: 100, times: 2 });
  for (let time = 0; time < 2; time++) {
    assert.deepEqual((await polledTexts(member)).toSorted(), ["a", "b", "c", "x"]);
  }
  assert.deepEqual(await polledTexts(member), []);
  assert.deepEqual([fixture.faults.fired("again"), fixture.faults.fired("more")], [1, 2]);
});

Deno.test("poll() under redelivery waits for something that was read", async () => {
  await using fixture = await FaultyFixture.open();
  const member = await fixture.member();
  fixture.faults.begin({ id: "again", kind: "redelivery", records: 1 });
  assert.deepEqual(await polledTexts(member), []);
  assert.deepEqual(fixture.fired, []);
  await fixture.inner.publish([fixture.batch(["a"])]);
  assert.deepEqual(await polledTexts(member), ["a"]);
  assert.deepEqual(await polledTexts(member), ["a"]);
  assert.deepEqual(fixture.fired, ["again"]);
});

Deno.test("poll() under slow takes longer, and its signal ends the delay", async () => {
  await using fixture = await FaultyFixture.open();
  const member = await fixture.member();
  await fixture.inner.publish([fixture.batch(["a"])]);
  fixture.faults.begin({ id: "slow", kind: "slow", byMs: 50 });
  const polling = member.poll({ timeoutMs: 0 });
  await fixture.clock.advance(49);
  assert.equal(await hasSettled(polling), false);
  await fixture.clock.advance(1);
  const polled = await polling;
  assert.ok(polled.kind === "records" && polled.batches.length === 1);
  const ending = new AbortController();
  const ended = member.poll({ timeoutMs: 1_000, signal: ending.signal });
  ending.abort();
  assert.deepEqual(await ended, { kind: "records", batches: [] });
});
