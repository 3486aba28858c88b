/**
 * Logs of killed runs, cut, zeroed or changed at random bytes: what they held is there, or it is said
 * exactly what is not. Some are gone on with as a user would.
 *
 * @module
 */

import assert from "node:assert/strict";
import { join } from "node:path";
import { seededRandom } from "../../actors/seeded_random.ts";
import { openEventLog } from "../../kafka/open_event_log.ts";
import { ExitCode } from "../../sim/command_line/exit_codes.ts";
import { eventually } from "../support/eventually.ts";
import {
  applyCut,
  type Contents,
  contentsOf,
  copyLog,
  type Cut,
  type CutOutcome,
  drawCut,
  judgeCut,
} from "../kafka/embedded/cut_log.ts";
import { assertWholeRun, recordsIn, startSim } from "../sim/session/sim_process.ts";

const SCENARIO = new URL("./soak_burst.ts", import.meta.url).pathname;

/** Cuts of one killed run's log. */
const CUTS_PER_RUN = 40;

/** Of them, so many are shown to the command that goes on with runs. */
const RESUMED_PER_RUN = 2;

/** A run has written so many intents at least, and at most, when it is killed. */
const INTENTS = { least: 200, most: 4_000 };

const DEADLINE_MS = 120_000;

/** What came of it. */
export interface CutLogs {
  runs: number;
  cuts: number;
  outcomes: Record<CutOutcome, number>;
  /** Of those resumed: refused with a message, and then gone on with by `--accept-loss` to the end. */
  refusedResumes: number;
  acceptedLosses: number;
}

interface Setting {
  readonly seed: number;
  readonly runs: string;
  readonly say: (text: string) => void;
}

/** Cuts logs so often. @throws {assert.AssertionError} naming the cut */
export async function soakCuts(
  options: Setting & { readonly cuts: number },
): Promise<CutLogs> {
  const { cuts, seed, runs, say } = options;
  const random = seededRandom(seed, "cuts");
  const outcomes = { whole: 0, lost: 0, damaged: 0, refused: 0 };
  const sum: CutLogs = { runs: 0, cuts: 0, outcomes, refusedResumes: 0, acceptedLosses: 0 };
  while (sum.cuts < cuts) {
    const directory = await killedRun(`cut-${seed}-${sum.runs++}`, options, random);
    const before = await contentsOfCopy(directory);
    const most = Math.min(CUTS_PER_RUN, cuts - sum.cuts);
    const losses: Cut[] = [];
    for (let n = 0; n < most; n++) {
      const copy = join(runs, "cut.sqlite");
      await copyLog(join(directory, "log.sqlite"), copy);
      const cut = drawCut(copy, random);
      applyCut(copy, cut);
      const outcome = await judgeCut(copy, before).catch((cause: unknown) => {
        throw new Error(`Cannot account for ${directory} after ${JSON.stringify(cut)}`, { cause });
      });
      outcomes[outcome]++;
      sum.cuts++;
      if (outcome === "lost") losses.push(cut);
      await removeLog(copy);
    }
    for (const cut of losses.slice(0, RESUMED_PER_RUN)) await resumeCut(directory, cut, sum);
    say(`${directory}: cut ${most} times; so far ${JSON.stringify(outcomes)}`);
    await Deno.remove(directory, { recursive: true });
  }
  return sum;
}

/** Plays a run until some moment of its burst, and kills it. @returns its folder */
async function killedRun(
  runId: string,
  { seed, runs }: Setting,
  random: () => number,
): Promise<string> {
  const directory = join(runs, runId);
  const sim = startSim(SCENARIO, "--runs", runs, "--run-id", runId, "--seed", String(seed));
  const enough = INTENTS.least + random() * (INTENTS.most - INTENTS.least);
  await eventually(
    `${runId} intends ${enough} orders`,
    async () => await recordsIn(directory, "intents") >= enough,
    DEADLINE_MS,
  );
  sim.kill("SIGKILL");
  await sim.ended;
  return directory;
}

async function contentsOfCopy(directory: string): Promise<Contents> {
  const copy = join(directory, "intact.sqlite");
  await copyLog(join(directory, "log.sqlite"), copy);
  {
    await using log = await openEventLog({ kind: "embedded", path: copy }, { create: false });
    return await contentsOf(log);
  }
}

/** What a user sees: a refusal in one line, and with the loss accepted a run that ends well. */
async function resumeCut(directory: string, cut: Cut, sum: CutLogs): Promise<void> {
  const copy = `${directory}-resumed`;
  await copyFolder(directory, copy);
  applyCut(join(copy, "log.sqlite"), cut);
  const name = `${copy} after ${JSON.stringify(cut)}`;
  const refused = await startSim("--resume", copy).ended;
  assert.equal(refused.code, ExitCode.invalid, name + refused.out + refused.err);
  assert.match(refused.err, /gone that (was|were) acknowledged/, name);
  assert.equal(refused.err.trim().split("\n").length, 1, name + refused.err);
  sum.refusedResumes++;
  if (!refused.err.includes("--accept-loss")) {
    await Deno.remove(copy, { recursive: true });
    return;
  }
  const resumed = await startSim("--resume", copy, "--accept-loss").ended;
  assert.equal(resumed.code, ExitCode.held, name + resumed.out + resumed.err);
  await assertWholeRun(copy);
  sum.acceptedLosses++;
  await Deno.remove(copy, { recursive: true });
}

async function copyFolder(from: string, to: string): Promise<void> {
  await Deno.mkdir(to, { recursive: true });
  for await (const { name, isDirectory } of Deno.readDir(from)) {
    if (isDirectory) await copyFolder(join(from, name), join(to, name));
    else await Deno.copyFile(join(from, name), join(to, name));
  }
}

async function removeLog(path: string): Promise<void> {
  for (const suffix of ["", "-wal", "-shm", "-ends"]) {
    await Deno.remove(path + suffix).catch((error: unknown) => {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    });
  }
}
