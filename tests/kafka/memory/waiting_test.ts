import assert from "node:assert/strict";
import { clearImmediate, setImmediate } from "node:timers";
import type { LogClock } from "../../../kafka/log_clock.ts";
import { openMemoryLog } from "../../../kafka/open_event_log.ts";
import { type Wait, WaitingRoom } from "../../../kafka/memory/waiting_room.ts";
import { FakeClock } from "../../support/fake_clock.ts";
import { newTopic, publishTexts, textsOf } from "../log_fixture.ts";
import { memoryFixture } from "./fixtures.ts";
import { JumpingClock } from "./jumping_clock.ts";

Deno.test("a waiting poll is woken by the append itself, in the same turn of the loop", async () => {
  let hasTurned = false;
  // Nobody's time ever comes, so only the append can have woken it.
  await using log = await openMemoryLog({ clock: new FakeClock() });
  const topic = await newTopic(log);
  const reader = log.openReader([{ topic, partition: 0, offset: 0 }]);
  const member = await log.join({ group: "readers", topics: [topic], instanceId: "a" });
  assert.equal((await member.poll({ timeoutMs: 1_000 })).kind, "assignment");
  const turn = setImmediate(() => hasTurned = true);
  for (let i = 0; i < 50; i++) {
    const read = reader.poll({ timeoutMs: 1_000 });
    const polled = member.poll({ timeoutMs: 1_000 });
    await publishTexts(log, { topic, partition: 0 }, [`${i}`]);
    assert.deepEqual(textsOf((await read)[0]!.records), [`${i}`]);
    assert.equal((await polled).kind, "records");
    await member.commit([{ topic, partition: 0, offset: i + 1 }]);
  }
  assert.equal(hasTurned, false);
  clearImmediate(turn);
  reader.close();
});

Deno.test("a reader with a backlog lets its thread hear, in the machine's time", async () => {
  await using log = await openMemoryLog();
  const topic = await newTopic(log);
  const reader = log.openReader([{ topic, partition: 0, offset: 0 }]);
  let heard = false;
  const timer = setTimeout(() => heard = true, 0);
  const deadline = performance.now() + 5_000;
  while (!heard) {
    assert.ok(performance.now() < deadline, "the thread never came to its timer");
    await publishTexts(log, { topic, partition: 0 }, ["more"]);
    await reader.poll({ timeoutMs: 0 });
  }
  clearTimeout(timer);
  reader.close();
});

Deno.test("a poll waits to its end by the clock, and not longer", async () => {
  const clock = new FakeClock(1_000);
  await using log = await openMemoryLog({ clock });
  const topic = await newTopic(log);
  const reader = log.openReader([{ topic, partition: 0, offset: 0 }]);
  let found: unknown = null;
  const polled = reader.poll({ timeoutMs: 500 }).then((batches) => found = batches);
  await clock.advance(499);
  assert.equal(found, null);
  await clock.advance(1);
  assert.deepEqual(found, []);
  await polled;
  reader.close();
});

Deno.test("a member that waits is told when another's session ends, however long its poll", async () => {
  await using fixture = await memoryFixture();
  const { log, clock } = fixture;
  const topic = await newTopic(log);
  const join = (instanceId: string) =>
    log.join({ group: "readers", topics: [topic], instanceId, sessionTimeoutMs: 1_000 });
  const silent = await join("silent");
  await silent.poll({ timeoutMs: 0 });
  const joinedAt = clock!.now();
  const waiting = await join("waiting");
  assert.equal((await waiting.poll({ timeoutMs: 0 })).kind, "assignment");
  const told = await waiting.poll({ timeoutMs: 3_600_000 });
  assert.ok(told.kind === "assignment");
  assert.deepEqual(told.assignment.map(({ partition }) => partition), [0, 1]);
  const waitedMs = clock!.now() - joinedAt;
  assert.ok(waitedMs >= 1_000 && waitedMs < 1_100, `told after ${waitedMs} ms`);
});

Deno.test("WaitingRoom sleeps once for all waits, and wakes each at its time, in order", async () => {
  const clock = new FakeClock();
  const sleeps: number[] = [];
  const watched: LogClock = {
    now: () => clock.now(),
    sleep(ms, signal) {
      sleeps.push(ms);
      return clock.sleep(ms, signal);
    },
  };
  const room = new WaitingRoom(watched);
  const woken: string[] = [];
  const wait = (until: number, name = `${until}`): Wait => ({
    until,
    timeIsUp: () => void woken.push(`${name} at ${clock.now()}`),
  });
  const given = wait(20);
  for (const each of [wait(100), given, wait(100, "second"), wait(60), wait(Infinity)]) {
    room.enter(each);
  }
  room.leave(given);
  assert.deepEqual(sleeps, [100, 20]);
  await clock.advance(20);
  assert.deepEqual(woken, []);
  await clock.advance(80);
  assert.deepEqual(woken, ["60 at 60", "100 at 100", "second at 100"]);
  room.enter(wait(200));
  room.close();
  await clock.advance(200);
  assert.equal(woken.length, 3);
  assert.deepEqual(clock.pending, []);
});

Deno.test("WaitingRoom takes the end of a sleep for the time, whatever a rounding clock says", async () => {
  const clock = new JumpingClock(0);
  const room = new WaitingRoom({
    now: () => Math.floor(clock.now() / 10) * 10,
    sleep: (ms, signal) => clock.sleep(ms, signal),
  });
  await new Promise<void>((resolve) => room.enter({ until: 25, timeIsUp: resolve }));
  assert.equal(clock.now(), 25);
  room.close();
});
