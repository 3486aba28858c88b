import assert from "node:assert/strict";
import { faultyLog } from "../../../kafka/fault_injection/faulty_log.ts";
import { settle } from "../../support/fake_clock.ts";
import { FaultyFixture, hasSettled } from "./faulty_fixture.ts";

Deno.test("faultyLog() crashes before a call after so many others, and nothing of the actor goes on", async () => {
  await using fixture = await FaultyFixture.open();
  const at = { operation: "publish", moment: "before", skip: 1 } as const;
  fixture.faults.begin({ id: "crash", kind: "crash", ...at });
  await fixture.log.publish([fixture.batch(["a"])]);
  const crashed = fixture.log.publish([fixture.batch(["b"])]);
  const later = fixture.log.publish([fixture.batch(["c"])]);
  const question = fixture.log.partitionCount(fixture.topic);
  await settle();
  for (const call of [crashed, later, question]) assert.equal(await hasSettled(call), false);
  assert.deepEqual(await fixture.stored(), ["a"]);
  assert.deepEqual(fixture.crashes, ["crash before publish (crash)"]);
  assert.deepEqual(fixture.fired, ["crash"]);
});

Deno.test("faultyLog() crashes after a call that was done, and what was under way never settles", async () => {
  await using fixture = await FaultyFixture.open();
  const member = await fixture.member();
  const waiting = member.poll({ timeoutMs: 1_000 });
  fixture.faults.begin({ id: "crash", kind: "crash", operation: "publish", moment: "after" });
  const crashed = fixture.log.publish([fixture.batch(["a"])]);
  await fixture.clock.advance(2_000);
  assert.deepEqual(await fixture.stored(), ["a"]);
  assert.equal(await hasSettled(crashed), false);
  assert.equal(await hasSettled(waiting), false);
  assert.equal(fixture.crashes.length, 1);
});

Deno.test("faultyLog() crashes at calls of the place alone", async () => {
  await using fixture = await FaultyFixture.open();
  const at = { operation: "publish", moment: "before" } as const;
  fixture.faults.begin({ id: "crash", kind: "crash", ...at, where: { partition: 1 } });
  await fixture.log.publish([fixture.batch(["a"])]);
  const crashed = fixture.log.publish([fixture.batch(["x"], 1)]);
  await settle();
  assert.equal(await hasSettled(crashed), false);
});

Deno.test("faultyLog() under unavailable lets joins, reads and questions wait", async () => {
  await using fixture = await FaultyFixture.open();
  await fixture.inner.publish([fixture.batch(["a"])]);
  fixture.faults.begin({ id: "away", kind: "unavailable" });
  const place = { topic: fixture.topic, partition: 0, offset: 0 };
  const reader = fixture.log.openReader([place]);
  const calls = [
    fixture.log.join({ group: "group", topics: [fixture.topic], instanceId: "a" }),
    fixture.log.partitionCount(fixture.topic),
    fixture.log.describeTopics(),
    fixture.log.lag("group"),
  ];
  const read = reader.poll({ timeoutMs: 5_000 });
  await fixture.clock.advance(4_000);
  for (const call of [...calls, read]) assert.equal(await hasSettled(call), false);
  fixture.faults.endAll();
  await Promise.all(calls);
  assert.deepEqual((await read).flatMap(({ records }) => records.map(({ text }) => text)), ["a"]);
  const nothing = fixture.log.openReader([{ ...place, offset: 1 }]);
  fixture.faults.begin({ id: "again", kind: "unavailable" });
  const timedOut = nothing.poll({ timeoutMs: 100 });
  await fixture.clock.advance(100);
  assert.deepEqual(await timedOut, []);
  for (const each of [reader, nothing]) each.close();
});

Deno.test("faultyLog() lets nothing settle behind a closed gate", async () => {
  await using fixture = await FaultyFixture.open();
  const gates: (() => void)[] = [];
  const log = faultyLog(fixture.inner, {
    faults: fixture.faults,
    clock: fixture.clock,
    gate: (settled) => new Promise((resolve) => gates.push(() => resolve(settled))),
  });
  const place = { topic: fixture.topic, partition: 0 };
  const calls = [
    log.publish([fixture.batch(["a"])]),
    log.partitionCount(fixture.topic),
    log.openReader([{ ...place, offset: 0 }]).poll({ timeoutMs: 0 }),
  ];
  const joining = log.join({ group: "group", topics: [fixture.topic], instanceId: "a" });
  await settle();
  for (const call of [...calls, joining]) assert.equal(await hasSettled(call), false);
  for (const open of gates.splice(0)) open();
  await Promise.all(calls);
  const member = await joining;
  const polls = [member.poll({ timeoutMs: 0 }), member.heartbeat(), member.commit([])];
  await settle();
  for (const call of polls) assert.equal(await hasSettled(call), false);
});

Deno.test("faultyLog() tells of every call before and after, and which were refused", async () => {
  await using fixture = await FaultyFixture.open();
  const member = await fixture.member();
  const place = { topic: fixture.topic, partition: 0 };
  await fixture.log.publish([fixture.batch(["a", "b"])]);
  await member.commit([{ ...place, offset: 1 }]);
  await assert.rejects(member.commit([{ ...place, offset: -1 }]));
  await member.heartbeat();
  const reader = fixture.log.openReader([{ ...place, offset: 0 }]);
  await reader.poll({ timeoutMs: 0 });
  reader.close();
  const told = fixture.calls.map(({ operation, moment, places, records, failed }) =>
    [operation, moment, places.length, ...(records === undefined ? [] : [records])].join(" ") +
    (failed === true ? " failed" : "")
  );
  assert.deepEqual(told, [
    "join before 0",
    "join after 0",
    "poll before 0",
    "poll after 0",
    "publish before 1 2",
    "publish after 1 2",
    "commit before 1",
    "commit after 1",
    "commit before 1",
    "commit after 1 failed",
    "heartbeat before 2",
    "heartbeat after 2",
    "read before 1",
    "read after 1",
  ]);
});
