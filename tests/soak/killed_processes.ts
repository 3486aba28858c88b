/**
 * Runs whose process is killed at random moments and resumed, until they are over.
 *
 * @module
 */

import assert from "node:assert/strict";
import { join } from "node:path";
import { type Random, seededRandom } from "../../actors/seeded_random.ts";
import { ExitCode } from "../../sim/command_line/exit_codes.ts";
import { systemClock } from "../../actors/runtime/clock.ts";
import {
  assertWholeRun,
  recordsIn,
  type SimProcess,
  startSim,
} from "../sim/session/sim_process.ts";

const SCENARIO = new URL("./soak_burst.ts", import.meta.url).pathname;

/** Kills of one run at most; then it is let go to its end. */
const KILLS_PER_RUN = 12;

/** Sittings of one run that may fail because the machine is too busy. */
const MOST_FAILURES = 5;

/** A process lives so long at least and at most before it is killed. */
const LIFE_MS = { least: 50, most: 5_000 };

/** Or it writes at most so many intents. */
const MOST_INTENTS = 3_000;

/** Or something of these kinds happens, and at most so long after it. */
const MOMENTS = ["starting", "recovered", "assigned", "commit", "restart", "snapshot", "stopping"];
const AFTER_MOMENT_MS = 60;

/** How often is looked. */
const LOOK_EVERY_MS = 25;

/** What came of it. */
export interface Killed {
  readonly runs: number;
  readonly kills: number;
  /** Of them, those before there was anything to go on with. */
  readonly unbegun: number;
  /** Sittings that ended by themselves, for a machine too busy, and were gone on with. */
  readonly failed: number;
  readonly records: number;
  readonly repeats: number;
  /** How many at what moments. */
  readonly byMoment: Readonly<Record<string, number>>;
}

/** Kills `kills` processes. @throws {assert.AssertionError} keeping the run's folder, which it names */
export async function soakProcesses(
  { kills, seed, runs, say }: {
    readonly kills: number;
    readonly seed: number;
    readonly runs: string;
    readonly say: (text: string) => void;
  },
): Promise<Killed> {
  const random = seededRandom(seed, "kills");
  const byMoment: Record<string, number> = {};
  const sum = { runs: 0, kills: 0, unbegun: 0, failed: 0, records: 0, repeats: 0, byMoment };
  while (sum.kills < kills) {
    const runId = `soak-${seed}-${sum.runs++}`;
    const directory = join(runs, runId);
    const most = Math.min(KILLS_PER_RUN, kills - sum.kills);
    const played = await playKilled({
      directory,
      runs,
      runId,
      seed: seed + sum.runs,
      most,
      random,
      byMoment,
    });
    sum.kills += played.kills;
    sum.unbegun += played.unbegun;
    sum.failed += played.failed;
    const { records, repeats, outputs } = await assertWholeRun(directory);
    sum.records += records;
    sum.repeats += repeats;
    say(
      `${runId}: killed ${played.kills} times (${played.unbegun} before it began); ${records} ` +
        `records folded, ${outputs} outputs, ${repeats} repeats; whole`,
    );
    await Deno.remove(directory, { recursive: true });
  }
  return sum;
}

async function playKilled(run: {
  readonly directory: string;
  readonly runs: string;
  readonly runId: string;
  readonly seed: number;
  readonly most: number;
  readonly random: Random;
  readonly byMoment: Record<string, number>;
}): Promise<Pick<Killed, "kills" | "unbegun" | "failed">> {
  const { directory, runs, runId, most, random, byMoment } = run;
  const anew = [SCENARIO, "--runs", runs, "--run-id", runId, "--seed", String(run.seed)];
  let args = anew;
  let kills = 0;
  let unbegun = 0;
  let failed = 0;
  for (;;) {
    const sim = startSim(...args);
    const over = new AbortController();
    const killing = kills < most ? killSomeTime(sim, directory, random, over.signal) : null;
    const { code, signal, out, err } = await sim.ended;
    over.abort();
    const moment = await killing;
    if (signal === "SIGKILL") {
      kills++;
      byMoment[moment!] = (byMoment[moment!] ?? 0) + 1;
      args = ["--resume", directory];
      continue;
    }
    if (code === ExitCode.invalid && /before it began|no run's folder/.test(err)) {
      // Killed before there was anything to go on with: the message says to start anew.
      unbegun++;
      await removeIfThere(directory);
      args = anew;
      continue;
    }
    if (code === ExitCode.failed && failed < MOST_FAILURES && /go on with it/.test(err)) {
      // A machine so busy that an actor had no turn for seconds: the run failed, and goes on.
      failed++;
      args = ["--resume", directory];
      continue;
    }
    assert.equal(code, ExitCode.held, `${directory} after ${kills} kills: ${out}${err}`);
    return { kills, unbegun, failed };
  }
}

/**
 * Kills at a random time after the start, when a random number of intents has been written since, or
 * shortly after something happened: the first finds starts and drains, the second the midst of bursts,
 * however fast the machine is, the third what takes too short to be found otherwise.
 *
 * @returns which of them
 */
async function killSomeTime(
  sim: SimProcess,
  directory: string,
  random: Random,
  over: AbortSignal,
): Promise<string> {
  const draw = random();
  const share = random();
  const moment = MOMENTS[Math.floor(random() * MOMENTS.length)]!; // random() is below 1.
  let name = "after a time";
  if (draw < 0.35) {
    await systemClock.sleep(LIFE_MS.least + share * (LIFE_MS.most - LIFE_MS.least), over);
  } else if (draw < 0.65) {
    name = "after intents";
    const enough = await recordsIn(directory, "intents") + share * MOST_INTENTS;
    while (!over.aborted && await recordsIn(directory, "intents") < enough) {
      await systemClock.sleep(LOOK_EVERY_MS, over);
    }
  } else {
    name = `at ${moment}`;
    const before = await eventsIn(directory, moment);
    const more = 1 + Math.floor(share * 8);
    while (!over.aborted && await eventsIn(directory, moment) < before + more) {
      await systemClock.sleep(LOOK_EVERY_MS, over);
    }
    await systemClock.sleep(random() * AFTER_MOMENT_MS, over);
  }
  if (!over.aborted) sim.kill("SIGKILL");
  return name;
}

/** How many runtime events of a kind a run has written down. */
async function eventsIn(directory: string, kind: string): Promise<number> {
  try {
    const text = await Deno.readTextFile(join(directory, "events.ndjson"));
    return text.split(`"kind":"${kind}"`).length - 1;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return 0;
    throw error;
  }
}

async function removeIfThere(directory: string): Promise<void> {
  try {
    await Deno.remove(directory, { recursive: true });
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}
