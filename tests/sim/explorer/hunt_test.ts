import assert from "node:assert/strict";
import type { HuntCommand } from "../../../sim/explorer/explore_arguments.ts";
import { huntAsJson, renderHunt } from "../../../sim/explorer/explore_report.ts";
import { hunt } from "../../../sim/explorer/hunt.ts";
import type { PlayedWorld } from "../../../sim/explorer/play_world.ts";
import type { World } from "../../../sim/explorer/world.ts";
import { readWorld, WorldFileError } from "../../../sim/explorer/world_file.ts";
import { worldOf } from "../../../sim/explorer/world_of.ts";
import { WorldPool } from "../../../sim/explorer/world_pool.ts";
import { plain } from "../../../sim/report/paint.ts";

/** Far from what anybody hunts through: what is kept of it is removed. */
const FROM_SEED = 4_000_000_000;

const COMMAND: HuntCommand = {
  kind: "hunt",
  fromSeed: FROM_SEED,
  seeds: 200,
  minutes: null,
  jobs: 2,
  keepGoing: false,
  json: false,
};

/** A floor that loses an order whenever a trading engine is terminated. */
function playBroken(world: World): Promise<PlayedWorld> {
  const isBroken = world.plan.faults.some(({ verb, target }) =>
    verb === "terminate" && target.startsWith("trading-engine")
  );
  const chain = ["orders/0/7  AAPL  {...}"];
  const violation = isBroken
    ? { invariant: "no-lost-order", text: "an order is lost", chain }
    : null;
  return Promise.resolve({
    violation,
    violations: violation === null ? [] : [violation],
    digest: null,
    reached: { trade: 3 },
    faults: [],
    records: 100,
    virtualMs: 60_000,
    events: 50,
  });
}

function surroundings(interrupted = new AbortController().signal) {
  let now = 0;
  return {
    play: playBroken,
    now: () => now += 10,
    interrupted,
    onPlayed: () => {},
    say: () => {},
  };
}

Deno.test("hunt() shrinks what it found to the fault that did it, and keeps a world that shows it again", async () => {
  const report = await hunt(COMMAND, surroundings());
  const { first } = report;
  assert.ok(first !== null && first.path !== null);
  try {
    assert.equal(first.shrunk?.plan.faults.length, 1);
    assert.equal(first.shrunk.plan.faults[0]?.verb, "terminate");
    const kept = readWorld(first.path);
    assert.deepEqual(kept, first.shrunk);
    assert.equal((await playBroken(kept)).violation?.invariant, "no-lost-order");
    const { seed } = first.found;
    const text = renderHunt(report, plain).join("\n");
    assert.match(
      text,
      new RegExp(`BROKEN by seed ${seed}: no-lost-order\n  It claims: .*\n  an order is lost\n`),
    );
    assert.ok(text.includes("    orders/0/7  AAPL"));
    assert.match(text, /terminate: "trading-engine/);
    assert.ok(text.includes(`deno task explore --seed ${seed} --plan ${first.path}`));
    assert.match(text, /never {2}zombie /);
    const json = JSON.parse(JSON.stringify(huntAsJson(report)));
    assert.equal(json.shrunk.seed, seed);
    assert.equal(json.found[0].violations[0].invariant, "no-lost-order");
  } finally {
    await Deno.remove(first.path);
  }
});

Deno.test("hunt() ends after its seeds, or after its minutes", async () => {
  const sound = { ...surroundings(), play: (world: World) => playBroken({ ...world, plan: CALM }) };
  const bySeeds = await hunt({ ...COMMAND, seeds: 7 }, sound);
  assert.equal(bySeeds.exploration.tally.seeds, 7);
  assert.equal(bySeeds.first, null);
  assert.match(renderHunt(bySeeds, plain).join("\n"), /no invariant was broken/);
  const byTime = await hunt({ ...COMMAND, seeds: null, minutes: 0.01 }, sound);
  const { seeds } = byTime.exploration.tally;
  assert.ok(seeds > 10 && seeds < 70, `${seeds} seeds in 600 ms of 10 ms each look`);
});

const CALM = { ...worldOf(1).plan, faults: [] };

Deno.test("hunt() that is interrupted tells what it found, and shrinks no further", async () => {
  const interrupt = new AbortController();
  let plays = 0;
  const report = await hunt({ ...COMMAND, jobs: 1 }, {
    ...surroundings(interrupt.signal),
    play: async (world) => {
      plays++;
      const played = await playBroken(world);
      if (played.violation !== null) interrupt.abort();
      return played;
    },
  });
  const { first, interrupted, exploration } = report;
  assert.ok(interrupted && first !== null && first.path !== null);
  await Deno.remove(first.path);
  assert.equal(plays, exploration.tally.seeds);
  assert.equal(first.plays, 0);
  assert.deepEqual(first.shrunk, first.found.world);
});

Deno.test("readWorld() refuses what is no world of this version", async () => {
  const file = await Deno.makeTempFile();
  try {
    for (const text of ["{", "{}", JSON.stringify({ ...worldOf(1), version: 0 })]) {
      await Deno.writeTextFile(file, text);
      assert.throws(() => readWorld(file), WorldFileError, text);
    }
  } finally {
    await Deno.remove(file);
  }
});

Deno.test("WorldPool takes a thread that fails for a finding, and plays on", async () => {
  using pool = new WorldPool(1);
  const world = worldOf(25);
  // No plan at all: a fault of the explorer itself.
  const broken = { ...world, plan: null } as unknown as World;
  const { violation } = await pool.play(broken, false);
  assert.equal(violation?.invariant, "goes-on");
  assert.equal((await pool.play(world, false)).violation, null);
});
