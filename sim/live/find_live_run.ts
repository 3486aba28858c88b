/**
 * Which run is meant: the one that is named, else the one that is going on.
 *
 * @module
 */

import { findRuns } from "../clean_command.ts";
import { findRun, isThere, UnreadableRunError } from "../find_run.ts";
import { runPaths } from "../run_folder.ts";
import { isPlayed } from "./attachable_run.ts";
import { attachLive } from "./attach_live.ts";
import { liveFilesIn } from "./live_file.ts";
import { LiveError } from "./protocol.ts";

/**
 * The folder of a run, given by id or folder; null: of the one that is going on in `runs`.
 *
 * @throws {LiveError} when there is none, or several are going on: they are named
 */
export async function findLiveRun(run: string | null, runs: string): Promise<string> {
  if (run !== null) return await named(run, runs);
  const played: string[] = [];
  for (const { directory } of await findRuns(runs)) {
    if (await isPlayed(runPaths(directory)) || await isReached(directory)) played.push(directory);
  }
  const [only, ...others] = played;
  if (only === undefined) {
    throw new LiveError(
      "not-running",
      `Cannot attach: no run is going on in ${runs}; start one in another terminal: deno task sim ` +
        `scenarios/burst.ts`,
    );
  }
  if (others.length === 0) return only;
  throw new LiveError(
    "not-running",
    `Cannot attach: ${played.length} runs are going on; name one of them: ${played.join(", ")}`,
  );
}

async function named(run: string, runs: string): Promise<string> {
  try {
    return await findRun({
      run,
      runs,
      what: "attach to",
      isUsable: ({ manifest }) => isThere(manifest, "isFile"),
      lacks: "it has no manifest.json, so it is no run's folder",
    });
  } catch (error) {
    if (!(error instanceof UnreadableRunError)) throw error;
    throw new LiveError("no-run", error.message, error);
  }
}

/** Whether a process that has joined can be reached where the session's own is gone. */
async function isReached(directory: string): Promise<boolean> {
  if ((await liveFilesIn(directory)).length === 0) return false;
  try {
    await using _floor = await attachLive(directory);
    return true;
  } catch (error) {
    if (error instanceof LiveError) return false;
    throw error;
  }
}
