/**
 * A run that is played by another process, stepped from this one, and judged in the end.
 */

import assert from "node:assert/strict";
import { dirname, join } from "node:path";
import { attachLive, type LiveFloor } from "../../../sim/live/attach_live.ts";
import { findLiveRun } from "../../../sim/live/find_live_run.ts";
import { LiveError } from "../../../sim/live/protocol.ts";
import { eventually } from "../../support/eventually.ts";
import { assertWholeRun, reportOf, SHORT_BURST, startSim } from "../session/sim_process.ts";

const ENGINE = "trading-engine-0";
const LONG_MS = 60_000;

async function attachedTo(runs: string): Promise<LiveFloor> {
  let floor: LiveFloor | null = null;
  await eventually("it can be attached to", async () => {
    try {
      floor = await attachLive(await findLiveRun(null, runs));
    } catch (error) {
      if (!(error instanceof LiveError)) throw error;
    }
    return floor !== null;
  }, LONG_MS);
  return floor!;
}

async function lagOf(floor: LiveFloor, id: string): Promise<number> {
  return (await floor.actors()).find((actor) => actor.id === id)?.lag ?? NaN;
}

Deno.test("a run whose engine was stepped from another process loses nothing, and its report says so", async () => {
  const directory = join(await Deno.makeTempDir(), "stepped");
  const runs = dirname(directory);
  const sim = startSim(SHORT_BURST, "--run-id", "stepped", "--runs", runs);
  let hasEnded = false;
  void sim.ended.then(() => hasEnded = true);
  try {
    const floor = await attachedTo(runs);
    await floor.suspend(ENGINE);
    await eventually("it is behind", async () => await lagOf(floor, ENGINE) > 50, LONG_MS);
    await eventually("the gateway is done", async () => {
      const gateways = (await floor.actors()).filter(({ role }) => role === "order-gateway");
      return gateways.length === 2 &&
        gateways.every(({ lag, phase }) => lag + +(phase !== "running") === 0);
    }, LONG_MS);
    const first = (await floor.step(ENGINE)).done?.read;
    const second = (await floor.step(ENGINE)).done?.read;
    assert.deepEqual([first?.topic, second?.topic], ["orders", "orders"]);
    if (first?.partition === second?.partition) assert.equal(second?.offset, first!.offset + 1);
    // As when its process is killed: not a word before.
    await floor.close();
    const { code, out, err } = await sim.ended;
    assert.equal(code, 0, `${out}\n${err}`);
    assert.match(
      out,
      /trading-engine-0 is resumed by a live stepper after 2 steps: the stepper went/,
    );
    await assertWholeRun(directory);
    const { notes } = await reportOf(directory);
    assert.match(notes.join("\n"), /A live stepper suspended trading-engine-0 \(for .*, 2 steps\)/);
    await assert.rejects(attachLive(directory), /it has ended; step through it/);
  } finally {
    // Only when something above failed: its log is not written to while it is removed.
    if (!hasEnded) sim.kill("SIGKILL");
    await sim.ended;
    await Deno.remove(runs, { recursive: true });
  }
});
