import assert from "node:assert/strict";
import { isPlayedTwice } from "../../sim/explorer/explore.ts";
import { type PlayedWorld, playWorld, playWorldTwice } from "../../sim/explorer/play_world.ts";
import { worldOf } from "../../sim/explorer/world_of.ts";
import { readFindings } from "./findings.ts";
import type { HostDecorator } from "./planted_bug.ts";
import { PLANTED_BUGS } from "./planted_bugs.ts";
import { PAGE, renderFindings } from "./render_findings.ts";

const KEPT = await readFindings();
const SEED_OF = new Map(KEPT.findings.map(({ bug, any }) => [bug, any]));

function play(seed: number, host: HostDecorator): Promise<PlayedWorld> {
  return (isPlayedTwice(seed) ? playWorldTwice : playWorld)(worldOf(seed), { host });
}

Deno.test("docs/planted-bugs.md tells the kept findings of every planted bug", async () => {
  assert.equal(await Deno.readTextFile(PAGE), renderFindings(KEPT, PLANTED_BUGS));
  assert.ok(PLANTED_BUGS.length >= 16);
  assert.deepEqual(KEPT.findings.map(({ bug }) => bug), PLANTED_BUGS.map(({ id }) => id));
  for (const { bug, any } of KEPT.findings) assert.ok(any !== null, `${bug} was never found`);
});

for (const bug of PLANTED_BUGS) {
  Deno.test(`playWorld() finds ${bug.id} again by the seed that found it`, async () => {
    const kept = SEED_OF.get(bug.id);
    assert.ok(kept);
    const { violation } = await play(kept.seed, bug.host);
    const again = "what the floor or worlds do has changed: hunt anew by `deno task planted`";
    assert.equal(violation?.invariant ?? "none", kept.invariant, `seed ${kept.seed}: ${again}`);
  });
}

Deno.test("playWorld() finds nothing wrong with the floor as it is in the worlds that found a bug", async () => {
  const seeds = new Set(KEPT.findings.map(({ any }) => any!.seed)); // All found: see the first test.
  for (const seed of seeds) {
    const { violation } = await play(seed, (host) => host);
    assert.equal(violation, null, `seed ${seed}: ${violation?.text}`);
  }
});
