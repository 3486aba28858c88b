import assert from "node:assert/strict";
import type { ActorHost } from "../../../actors/floor/actor_host.ts";
import type { EventLog, PublishedBatch, RecordBatch } from "../../../kafka/event_log.ts";
import { findViolation } from "../../../sim/explorer/explore.ts";
import { playWorld, playWorldTwice } from "../../../sim/explorer/play_world.ts";
import type { World } from "../../../sim/explorer/world.ts";
import { worldOf } from "../../../sim/explorer/world_of.ts";

/** A host whose trading engines have every so manieth publish acknowledged though it never happened. */
function losing(host: ActorHost, every: number): ActorHost {
  let publishes = 0;
  const losingLog = (log: EventLog): EventLog =>
    new Proxy(log, {
      get(target, name) {
        if (name === "publish") {
          return (batches: readonly RecordBatch[]): Promise<readonly PublishedBatch[]> =>
            ++publishes % every === 0
              ? Promise.resolve(
                batches.map(({ topic, partition, records }) => ({
                  topic,
                  partition,
                  baseOffset: 0,
                  count: records.length,
                })),
              )
              : target.publish(batches);
        }
        const value: unknown = Reflect.get(target, name);
        return typeof value === "function" ? value.bind(target) : value;
      },
    });
  return {
    ...host,
    start: (actor) =>
      actor.role !== "trading-engine" ? host.start(actor) : host.start({
        ...actor,
        create: (around) => actor.create({ ...around, log: losingLog(around.log) }),
      }),
  };
}

/** A small world of the seed, so that a test does not take long. */
function smallWorld(seed: number): World {
  const world = worldOf(seed);
  const [first] = world.plan.phases;
  const phases = [{ ...first!, durationMs: Math.min(800, first!.durationMs) }];
  return { ...world, plan: { ...world.plan, phases, durationMs: phases[0]!.durationMs } };
}

Deno.test("playWorld() finds every invariant held in worlds with and without faults", async () => {
  let fired = 0;
  for (const seed of [2, 3]) {
    const { violations, digest, faults, records } = await playWorld(smallWorld(seed));
    assert.deepEqual(violations, [], `seed ${seed}`);
    assert.ok(digest !== null && records > 50, `seed ${seed}`);
    fired += faults.filter(({ missed }) => missed === null).length;
  }
  assert.ok(fired > 5, `only ${fired} faults took place`);
});

Deno.test("playWorldTwice() finds two plays of one world the same", async () => {
  const played = await playWorldTwice(smallWorld(25));
  assert.deepEqual(played.violations, []);
  const again = await playWorld(smallWorld(25));
  assert.equal(again.digest?.digest, played.digest?.digest);
  const other = await playWorld(smallWorld(26));
  assert.notEqual(other.digest?.digest, played.digest?.digest);
});

Deno.test("playWorldTwice() finds two plays that differ", async () => {
  let plays = 0;
  const host = (host: ActorHost) => (plays++ === 0 ? host : losing(host, 3));
  const { violations } = await playWorldTwice(smallWorld(5), { host });
  assert.deepEqual(violations.map(({ invariant }) => invariant), ["determinism"]);
});

Deno.test("findViolation() finds engines whose outputs get lost, and plays no further", async () => {
  const host = (host: ActorHost) => losing(host, 3);
  const found = await findViolation({ fromSeed: 11, seeds: 5, host });
  assert.ok(found !== null, "nothing was found");
  const { seed, seedsPlayed, world, played } = found;
  assert.equal(seedsPlayed, seed - 10);
  assert.deepEqual(world, worldOf(seed));
  assert.ok(played.violation !== null && played.violation.text !== "");
  assert.equal(await findViolation({ fromSeed: 11, seeds: 1 }), null);
});
