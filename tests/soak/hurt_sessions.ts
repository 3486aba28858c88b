/**
 * Whole sessions in which every role, both producers too, is crashed, ended and hung at random times,
 * by the fault language.
 *
 * @module
 */

import assert from "node:assert/strict";
import { join } from "node:path";
import { ExitCode } from "../../sim/command_line/exit_codes.ts";
import { assertWholeRun, reportOf, startSim } from "../sim/session/sim_process.ts";

const SCENARIO = new URL("./hurt_roles.ts", import.meta.url).pathname;

/** What came of it. */
export interface HurtSessions {
  sessions: number;
  /** Actors that were hurt. */
  hurts: number;
  /** Faults that met nobody, such as between two incarnations. */
  missed: number;
  records: number;
  repeats: number;
  byVerbAndRole: Record<string, number>;
}

/** Plays sessions until so many faults took place. @throws {assert.AssertionError} naming the run */
export async function soakSessions({ hurts, seed, runs, say }: {
  readonly hurts: number;
  readonly seed: number;
  readonly runs: string;
  readonly say: (text: string) => void;
}): Promise<HurtSessions> {
  const sum: HurtSessions = {
    sessions: 0,
    hurts: 0,
    missed: 0,
    records: 0,
    repeats: 0,
    byVerbAndRole: {},
  };
  while (sum.hurts < hurts) {
    const runId = `hurt-${seed}-${sum.sessions++}`;
    const directory = join(runs, runId);
    const args = ["--runs", runs, "--run-id", runId, "--seed", String(seed + sum.sessions)];
    const { code, out, err } = await startSim(SCENARIO, ...args).ended;
    assert.equal(code, ExitCode.held, `${directory}: ${out}${err}`);
    const { faults } = await reportOf(directory);
    const fired = faults.filter(({ missed }) => missed === null);
    assert.ok(fired.length > 0, `${directory}: no fault took place`);
    for (const { name, on } of fired) {
      const [verb = "", target = ""] = name.split(" ");
      const what = `${verb} ${target.replace(/-\d+$/, "")}`;
      sum.byVerbAndRole[what] = (sum.byVerbAndRole[what] ?? 0) + on.length;
      sum.hurts += on.length;
    }
    sum.missed += faults.length - fired.length;
    const { records, repeats, outputs } = await assertWholeRun(directory);
    sum.records += records;
    sum.repeats += repeats;
    say(
      `${runId}: ${fired.length} faults (${
        faults.length - fired.length
      } missed); ${records} records ` +
        `folded, ${outputs} outputs, ${repeats} repeats; whole`,
    );
    await Deno.remove(directory, { recursive: true });
  }
  return sum;
}
