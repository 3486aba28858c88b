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
          factory: createPuppet,
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
  await runtime.settled();
  await settle();
  assert.deepEqual(clock.pending, []);
  return events;
}

Deno.test("spawnLocal() under a fake clock: a hang is found after 1 s and 5 s, to the millisecond", async () => {
  const events = await session(7);
  const [ready] = events.filter((event) => event.kind === "ready" && event.incarnation === 2);
  const [failure] = events.filter((event) => event.kind === "failure" && event.incarnation === 2);
  assert.equal(failure?.kind === "failure" && failure.reason, "unresponsive");
  assert.equal((failure?.at ?? 0) - (ready?.at ?? 0), 6000);
  const last = events.at(-1);
  assert.equal(last?.kind === "down" && last.reason, "stopped");
  assert.equal(last?.incarnation, 3);
});

Deno.test("the same seed tells the same runtime events under a fake clock, another seed others", async () => {
  assert.deepEqual(await session(7), await session(7));
  assert.notDeepEqual(await session(7), await session(8));
});
