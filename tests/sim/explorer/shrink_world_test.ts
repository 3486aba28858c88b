import assert from "node:assert/strict";
import { shrinkWorld } from "../../../sim/explorer/shrink_world.ts";
import type { World } from "../../../sim/explorer/world.ts";
import { worldOf } from "../../../sim/explorer/world_of.ts";

/** A world with a good deal to take away. */
function richWorld(): World {
  for (let seed = 1;; seed++) {
    const world = worldOf(seed);
    const { faults, events, accounts, symbols, phases } = world.plan;
    const isRich = faults.length >= 12 && events.length >= 2 && accounts.length >= 8 &&
      symbols.length >= 3 && phases.length >= 3;
    if (isRich) return world;
  }
}

Deno.test("shrinkWorld() leaves the one fault that it takes, and of all else the least", async () => {
  const world = richWorld();
  const culprit = world.plan.faults[7]!;
  const shrunk = await shrinkWorld(world, {
    fails: ({ plan }) => Promise.resolve(plan.faults.includes(culprit)),
    maxPlays: 1_000,
  });
  const { plan } = shrunk;
  assert.deepEqual(plan.faults, [culprit]);
  assert.deepEqual(plan.events, []);
  assert.equal(plan.accounts.length, 1);
  assert.equal(plan.phases.length, 1);
  assert.equal(plan.symbols.length, Math.max(1, plan.instances["market-data-producer"]));
  assert.ok(Object.values(plan.partitions).every((count) => count === 1));
  assert.ok(Object.values(plan.instances).every((count) => count <= 1));
  assert.ok(Object.values(shrunk.latency).every(({ mostMs }) => mostMs === 0));
  assert.equal(shrunk.seed, world.seed);
});

Deno.test("shrinkWorld() takes nothing away that the violation needs", async () => {
  const world = richWorld();
  const { faults, accounts, partitions } = world.plan;
  const shrunk = await shrinkWorld(world, {
    fails: ({ plan }) =>
      Promise.resolve(
        plan.accounts.length > accounts.length / 2 && plan.faults.includes(faults[0]!) &&
          plan.faults.includes(faults.at(-1)!) &&
          plan.partitions.orders === partitions.orders,
      ),
    maxPlays: 1_000,
  });
  assert.deepEqual(shrunk.plan.faults, [faults[0], faults.at(-1)]);
  assert.equal(shrunk.plan.accounts.length, accounts.length);
  assert.equal(shrunk.plan.partitions.orders, partitions.orders);
});

Deno.test("shrinkWorld() plays no more often than it may, and leaves the world it was given alone", async () => {
  const world = richWorld();
  const before = structuredClone(world);
  let plays = 0;
  await shrinkWorld(world, {
    fails: () => {
      plays++;
      return Promise.resolve(plays % 2 === 0);
    },
    maxPlays: 17,
  });
  assert.equal(plays, 17);
  assert.deepEqual(world, before);
});
