import assert from "node:assert/strict";
import { type Exploration, explore, isPlayedTwice } from "../../../sim/explorer/explore.ts";
import type { PlayedWorld } from "../../../sim/explorer/play_world.ts";
import type { World } from "../../../sim/explorer/world.ts";

/** A world that came out well, or broke an invariant. */
function outcome(invariant: string | null): PlayedWorld {
  const violation = invariant === null ? null : { invariant, text: "it broke", chain: [] };
  return {
    violation,
    violations: violation === null ? [] : [violation],
    digest: null,
    reached: { trade: 2 },
    faults: [],
    records: 10,
    virtualMs: 1_000,
    events: 5,
  };
}

/** Plays that end in the order in which the test lets them. */
class Plays {
  readonly underWay = new Map<number, (played: PlayedWorld) => void>();
  readonly twice: number[] = [];

  readonly play = ({ seed }: World, twice: boolean): Promise<PlayedWorld> => {
    if (twice) this.twice.push(seed);
    return new Promise((resolve) => this.underWay.set(seed, resolve));
  };

  async end(seed: number, invariant: string | null = null): Promise<void> {
    const resolve = this.underWay.get(seed);
    assert.ok(resolve !== undefined, `seed ${seed} is not being played`);
    this.underWay.delete(seed);
    resolve(outcome(invariant));
    for (let turns = 0; turns < 5; turns++) await Promise.resolve();
  }
}

const seedsOf = ({ found }: Exploration) => found.map(({ seed }) => seed);

Deno.test("explore() finds the lowest seed that breaks an invariant, whichever play ends first", async () => {
  const plays = new Plays();
  const exploring = explore({ fromSeed: 10, goOn: () => true, jobs: 3, play: plays.play });
  assert.deepEqual([...plays.underWay.keys()], [10, 11, 12]);
  await plays.end(12, "conservation");
  await plays.end(11, "no-overdraft");
  await plays.end(10);
  const exploration = await exploring;
  assert.deepEqual(seedsOf(exploration), [11]);
  assert.equal(exploration.found[0]?.seedsPlayed, 2);
  assert.equal(exploration.tally.seeds, 2, "seed 12 is not counted: another run might not play it");
});

Deno.test("explore() hands out no more seeds once an invariant is broken, unless it is to keep going", async () => {
  for (const keepGoing of [false, true]) {
    const plays = new Plays();
    const exploring = explore({
      fromSeed: 1,
      goOn: (handedOut) => handedOut < 3,
      jobs: 1,
      play: plays.play,
      keepGoing,
    });
    await plays.end(1, "conservation");
    if (keepGoing) {
      await plays.end(2);
      await plays.end(3, "liveness");
    }
    assert.deepEqual(seedsOf(await exploring), keepGoing ? [1, 3] : [1]);
    assert.equal(plays.underWay.size, 0);
  }
});

Deno.test("explore() adds up what was reached, and tells after every play", async () => {
  const plays = new Plays();
  const counts: number[] = [];
  const exploring = explore({
    fromSeed: 1,
    goOn: (handedOut) => handedOut < 4,
    jobs: 2,
    play: plays.play,
    onPlayed: ({ tally }) => counts.push(tally.seeds),
  });
  await plays.end(2);
  await plays.end(1);
  await plays.end(3);
  await plays.end(4);
  const { tally } = await exploring;
  assert.deepEqual(counts, [0, 2, 3, 4]);
  assert.equal(tally.reached.trade, 8);
  assert.equal(tally.records, 40);
  assert.ok(tally.never.includes("zombie") && !tally.never.includes("trade"));
});

Deno.test("explore() has a share of the seeds played twice, the same for everybody", async () => {
  const plays = new Plays();
  const exploring = explore({
    fromSeed: 1,
    goOn: (handedOut) => handedOut < 20,
    jobs: 20,
    play: plays.play,
  });
  for (let seed = 1; seed <= 20; seed++) await plays.end(seed);
  await exploring;
  const all = Array.from({ length: 20 }, (_, n) => n + 1);
  assert.deepEqual(plays.twice, all.filter(isPlayedTwice));
  assert.ok(plays.twice.length >= 2);
});
