/**
 * A run's process is killed, or interrupted, and the run is gone on with.
 */

import assert from "node:assert/strict";
import { join } from "node:path";
import { ExitCode } from "../../../sim/command_line/exit_codes.ts";
import { lockFile } from "../../../actors/floor/process_lock.ts";
import { eventually } from "../../support/eventually.ts";
import {
  assertWholeRun,
  recordsIn,
  reportOf,
  SHORT_BURST,
  type SimProcess,
  startSim,
} from "./sim_process.ts";

const DEADLINE_MS = 20_000;

async function withRuns(work: (runs: string) => Promise<void>): Promise<void> {
  const runs = await Deno.makeTempDir({ prefix: "outcry-resume-" });
  try {
    await work(runs);
  } finally {
    await Deno.remove(runs, { recursive: true });
  }
}

/** Waits until the traders have written so many intents; the process must be at work meanwhile. */
async function intends(sim: SimProcess, directory: string, count: number): Promise<void> {
  let ended: string | null = null;
  void sim.ended.then(({ code, err }) => ended = `it ended with ${code}: ${err}`);
  await eventually(`${count} intents in ${directory}`, async () => {
    assert.equal(ended, null);
    return await recordsIn(directory, "intents") >= count;
  }, DEADLINE_MS);
}

Deno.test("sim --resume goes on with a run that was killed in mid-burst, twice", async () => {
  await withRuns(async (runs) => {
    const directory = join(runs, "killed");
    const first = startSim(SHORT_BURST, "--runs", runs, "--run-id", "killed");
    await intends(first, directory, 300);
    first.kill("SIGKILL");
    assert.equal((await first.ended).signal, "SIGKILL");
    const before = await recordsIn(directory, "intents");

    const second = startSim("--resume", directory);
    await intends(second, directory, before + 100);
    second.kill("SIGKILL");
    await second.ended;

    const third = await startSim("--resume", directory).ended;
    assert.equal(third.code, ExitCode.held, third.out + third.err);
    const report = await reportOf(directory);
    assert.equal(report.resumed, 2);
    assert.ok(report.counts.answered <= report.counts.intended.orders);
    await assertWholeRun(directory);

    // Nobody plays between two processes, nor after the end.
    assert.ok(report.counts.activeMs! < report.elapsedMs + 5_000);
    const again = await startSim("--resume", directory, "--json").ended;
    assert.equal(again.code, ExitCode.held, again.out + again.err);
    assert.deepEqual(JSON.parse(again.out), JSON.parse(JSON.stringify(report)));
    assert.equal((await reportOf(directory)).resumed, 2);
  });
});

Deno.test("sim drains and reports when it is interrupted, and the run can be gone on with", async () => {
  await withRuns(async (runs) => {
    const directory = join(runs, "interrupted");
    const first = startSim(SHORT_BURST, "--runs", runs, "--run-id", "interrupted");
    await intends(first, directory, 300);
    first.kill("SIGINT");
    const ended = await first.ended;
    assert.equal(ended.code, ExitCode.interrupted, ended.out + ended.err);
    const report = await reportOf(directory);
    assert.equal(report.interrupted, true);
    assert.equal(report.floor.lag, 0);
    assert.deepEqual(report.invariants.filter(({ status }) => status !== "held"), []);

    const resumed = await startSim("--resume", directory, "--json").ended;
    assert.equal(resumed.code, ExitCode.held, resumed.out + resumed.err);
    await assertWholeRun(directory);
  });
});

Deno.test("sim --resume says what is right where there is nothing to go on with", async () => {
  await withRuns(async (runs) => {
    const none = join(runs, "none");
    const torn = join(runs, "torn");
    const unbegun = join(runs, "unbegun");
    const { code } = await startSim(
      SHORT_BURST,
      "--runs",
      runs,
      "--run-id",
      "unbegun",
      "--rate",
      "1",
    )
      .ended;
    assert.equal(code, ExitCode.held);
    await Deno.mkdir(torn);
    const manifest = await Deno.readTextFile(join(unbegun, "manifest.json"));
    using lock = await lockFile(join(unbegun, "lock"));
    assert.ok(lock !== null);
    const beside = await startSim("--resume", unbegun).ended;
    assert.equal(beside.code, ExitCode.invalid);
    assert.match(beside.err, /playing it/);
    lock[Symbol.dispose]();
    await Deno.writeTextFile(join(torn, "manifest.json"), manifest.slice(0, 500));
    await Deno.remove(join(unbegun, "log.sqlite"));
    const cases = [
      [none, /no manifest\.json, so it is no run's folder/],
      [torn, /manifest\.json is not JSON/],
      [unbegun, /it has no log\.sqlite.*start the scenario anew/],
    ] as const;
    await Promise.all(cases.map(async ([directory, says]) => {
      const { code, err, out } = await startSim("--resume", directory).ended;
      assert.equal(code, ExitCode.invalid, out + err);
      assert.match(err, says);
      assert.equal(err.trim().split("\n").length, 1, err);
    }));
  });
});
