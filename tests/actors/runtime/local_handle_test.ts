/** Actors in one thread under a clock that stands still: every limit falls on its very millisecond. */
import assert from "node:assert/strict";
import { spawnLocal } from "../../../actors/runtime/local_handle.ts";
import { DEFAULT_BACKOFF } from "../../../actors/runtime/restart_policy.ts";
import { Runtime } from "../../../actors/runtime/runtime.ts";
import type { RuntimeEvent } from "../../../actors/runtime/runtime_events.ts";
import { Supervisor } from "../../../actors/runtime/supervisor.ts";
import { seededRandom } from "../../../actors/seeded_random.ts";
import { FakeClock, settle } from "../../support/fake_clock.ts";
import { createPuppet } from "./puppet.ts";

/** A supervised puppet that crashes, then hangs, then is stopped; and what was told. */
async function session(seed: number): Promise<readonly RuntimeEvent[]> {
  const clock = new FakeClock();
  const events: RuntimeEvent[] = [];
  const runtime = new Runtime({
    runId: "virtual",
    clock,
    random: seededRandom(seed),
    warn: () => {},
  });
  runtime.events.addSink((event) => events.push(event));
  const root = new Supervisor({
    kind: "supervisor",
    id: "root",
    strategy: "one-for-one",
    restart: "permanent",
    policy: { maxRestarts: 5, withinMs: 30_000, backoff: DEFAULT_BACKOFF },
    children: [{
      kind: "actor",
      id: "puppet-0",
      role: "puppet",
      restart: "permanent",
      shutdownMs: 5000,
      start: (incarnation) =>
        spawnLocal({
          runtime,
          id: "puppet-0",
          role: "puppet",
          incarnation,
          create: ({ clock }) => (start) => createPuppet(start, clock),
          options: {},
        }),
    }],
  }, runtime);
  await root.start().ready;
  await clock.advance(1000);
  await root.actor("puppet-0")?.crash();
  await clock.advance(300);
  await root.actor("puppet-0")?.hang(60_000);
  await clock.advance(8000);
  await root.stop();
  assert.equal(runtime.zombies.alive, 1);
  await clock.advance(60_000);
  await runtime.settled();
  await settle();
  assert.deepEqual(clock.pending, []);
  return events;
}

/** The hang was asked for 1.3 s after the first start. */
function hungAt(events: readonly RuntimeEvent[]): number | undefined {
  const [first] = events;
  return first === undefined ? undefined : first.at + 1300;
}

Deno.test("spawnLocal() under a fake clock: a hang is found after 1 s and 5 s, to the millisecond", async () => {
  const events = await session(7);
  const [ready] = events.filter((event) => event.kind === "ready" && event.incarnation === 2);
  const [failure] = events.filter((event) => event.kind === "failure" && event.incarnation === 2);
  assert.equal(failure?.kind === "failure" && failure.reason, "unresponsive");
  assert.equal((failure?.at ?? 0) - (ready?.at ?? 0), 6000);
  const stopped = events.findLast(({ kind }) => kind === "down");
  assert.equal(stopped?.kind === "down" && stopped.reason, "stopped");
  assert.equal(stopped?.incarnation, 3);
  const last = events.at(-1);
  assert.equal(last?.kind === "zombie-ended" && last.incarnation, 2);
  assert.equal((last?.at ?? 0) - (hungAt(events) ?? 0), 60_000);
});

Deno.test("the same seed tells the same runtime events under a fake clock, another seed others", async () => {
  assert.deepEqual(await session(7), await session(7));
  assert.notDeepEqual(await session(7), await session(8));
});

Deno.test("spawnLocal(): one terminated in a hang is a zombie until the hang is over, and does nothing more", async () => {
  const clock = new FakeClock();
  const events: RuntimeEvent[] = [];
  const runtime = new Runtime({ runId: "hung", clock, random: () => 0, warn: () => {} });
  runtime.events.addSink((event) => events.push(event));
  const handle = spawnLocal({
    runtime,
    id: "puppet-0",
    role: "puppet",
    incarnation: 1,
    limits: { dataCapacity: 1_000 },
    create: ({ clock }) => (start) => createPuppet(start, clock),
    options: { beatEveryMs: 100 },
  });
  let beats = 0;
  handle.onData((items) => void (beats += items.length));
  await clock.advance(250);
  await handle.hang(5_000);
  const [beatsThen, toldThen] = [beats, events.length];
  await clock.advance(1_000);
  assert.deepEqual([beats, events.length], [beatsThen, toldThen], "it is deaf and still");
  handle.terminate();
  await clock.advance(2_000);
  assert.equal((await handle.down).confirmed, false);
  assert.deepEqual(runtime.zombies.names(), ["puppet-0:1"]);
  await clock.advance(2_000);
  await handle.ended;
  await clock.advance(10_000);
  assert.equal(beats, beatsThen, "what waited for the hang's end was never done");
  assert.deepEqual(events.slice(toldThen).map(({ kind, at }) => `${kind} ${at}`), [
    "failure 1250",
    "down 1300",
    "zombie 2250",
    "zombie-ended 5250",
  ]);
  assert.deepEqual(clock.pending, []);
});

Deno.test("spawnLocal(): one that crashes leaves no wait behind, and its end is seen at once", async () => {
  const clock = new FakeClock();
  const runtime = new Runtime({ runId: "crashed", clock, random: () => 0, warn: () => {} });
  const handle = spawnLocal({
    runtime,
    id: "puppet-0",
    role: "puppet",
    incarnation: 1,
    create: ({ clock }) => (start) => createPuppet(start, clock),
    options: { beatEveryMs: 60_000 },
  });
  await settle();
  await handle.crash("by the script");
  const { reason, confirmed } = await handle.down;
  assert.deepEqual({ reason, confirmed }, { reason: "crashed", confirmed: true });
  await handle.ended;
  await settle();
  assert.deepEqual(clock.pending, []);
});
