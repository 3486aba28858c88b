/**
 * Playing a session in virtual time: the same session, on other ground. What it left is digested, kept
 * as a file in the run's folder, and judged as any other.
 *
 * @module
 */

import { join } from "node:path";
import { CONSUMER_ROLES } from "../../actors/topology.ts";
import { keepLogInFile } from "../../kafka/embedded/log_copy.ts";
import { digestLog, firstDifference, type LogDigest } from "../digest/digest_log.ts";
import { type RunFolder, RunFolderError, runPaths } from "../run_folder.ts";
import {
  judgeSession,
  type PlayedSession,
  playOn,
  type SessionResult,
} from "../session/play_session.ts";
import type { SessionSurroundings } from "../session/session.ts";
import { preloadSources } from "../session/source_factory.ts";
import type { VirtualFacts } from "./virtual_facts.ts";
import { VirtualGround } from "./virtual_ground.ts";

/** What a session in virtual time is played with. Metrics are not served: nobody could ask in time. */
export interface VirtualSurroundings extends Omit<SessionSurroundings, "metricsPort"> {
  /** Plays it a second time, without keeping it, and compares the digests. Default false. */
  readonly twice?: boolean;
  /** The machine's time, in milliseconds. Default `performance.now`. */
  readonly machineNow?: () => number;
}

/** The folder of the second playing, in the run's own and gone with its end. */
const AGAIN = "again";

/**
 * Plays the session of a run's folder in virtual time.
 *
 * @throws {FloorFailedError} when the floor gives up; what its log held by then is kept
 * @throws {VirtualTimeError} when nothing is left to happen and the session has not ended
 */
export async function playVirtualSession(
  surroundings: VirtualSurroundings,
): Promise<SessionResult & { readonly virtual: VirtualFacts }> {
  const { folder, twice = false, machineNow = () => performance.now() } = surroundings;
  await preloadSources();
  await using ground = groundOf(folder);
  const begunAt = machineNow();
  const played = await playAndKeep(ground, surroundings);
  const wallMs = machineNow() - begunAt;
  const events = ground.clock.eventCount;
  const digest = played.interrupted ? null : await digestLog(await ground.openAgain());
  const again = twice && digest !== null ? await digestAgain(surroundings) : undefined;
  const digests = [digest, again].flatMap((each) => each ? [each.digest] : []);
  const judged = await judgeSession(played, ground, { ...surroundings, digests });
  return {
    ...judged,
    notes: [...judged.notes, ...notesOn(digest, again)],
    virtual: {
      startsAt: startOf(folder),
      wallMs,
      events,
      digest,
      ...(again === undefined ? {} : { again }),
    },
  };
}

/** Keeps the log however the session ends: one that failed is worth looking at most of all. */
async function playAndKeep(
  ground: VirtualGround,
  surroundings: VirtualSurroundings,
): Promise<PlayedSession> {
  const { folder, say } = surroundings;
  try {
    return await ground.clock.run(() => playOn(ground, surroundings));
  } finally {
    const { log } = ground;
    if (log !== null) {
      await keepLogInFile(log, folder.paths.log, { groups: CONSUMER_ROLES });
      say(`the log is kept in ${folder.paths.log}`);
    }
  }
}

/** The digest of the same session played again in a folder that is removed; null when interrupted. */
async function digestAgain(surroundings: VirtualSurroundings): Promise<LogDigest | null> {
  const { folder, say, progress, interrupted } = surroundings;
  say("playing it again");
  const paths = runPaths(join(folder.paths.directory, AGAIN));
  Deno.mkdirSync(paths.audit, { recursive: true });
  try {
    const { manifest } = folder;
    const runId = `${folder.runId}-${AGAIN}`;
    const other: RunFolder = { runId, paths, manifest, [Symbol.dispose]: () => {} };
    await using ground = groundOf(other);
    const played = await ground.clock.run(() =>
      playOn(ground, { folder: other, progress, interrupted, say: () => {} })
    );
    return played.interrupted ? null : await digestLog(await ground.openAgain());
  } finally {
    Deno.removeSync(paths.directory, { recursive: true });
  }
}

function groundOf({ paths, manifest }: RunFolder): VirtualGround {
  return new VirtualGround({
    seed: manifest.plan.seed,
    startsAt: Date.parse(startOf({ paths, manifest })),
    auditFolder: paths.audit,
  });
}

function startOf({ paths, manifest }: Pick<RunFolder, "paths" | "manifest">): string {
  const { virtual } = manifest;
  if (virtual !== undefined) return virtual.startsAt;
  throw new RunFolderError(
    `Cannot play ${paths.directory} in virtual time: its manifest.json says that it is in real time`,
  );
}

function notesOn(digest: LogDigest | null, again: LogDigest | null | undefined): readonly string[] {
  if (digest === null) {
    return ["Ended early by the user, at a moment that no seed decides: this run has no digest."];
  }
  const differs = again ? firstDifference(digest, again) : null;
  return [
    "Latencies are those of the model of virtual time and of no machine.",
    ...(differs === null
      ? []
      : [`Played again it was another run; the first difference: ${differs}.`]),
  ];
}
