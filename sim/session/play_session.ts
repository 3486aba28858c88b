/**
 * Playing a session: start the floor, let the script happen, stop, audit.
 *
 * @module
 */

import type { Floor } from "../../actors/floor/floor.ts";
import { CONSUMER_ROLES, type ConsumerRole } from "../../actors/topology.ts";
import { readFiredFaults } from "../faults/fired_before.ts";
import type { ReportInput } from "../report/run_report.ts";
import type { RunFolder } from "../run_folder.ts";
import { RuntimeEventFile } from "../runtime_event_file.ts";
import { auditSession } from "./audit_session.ts";
import { asFailure } from "./failures.ts";
import { FloorWatch } from "./floor_watch.ts";
import { type PlayedScript, Session, type SessionSurroundings } from "./session.ts";
import type { SessionGround } from "./session_ground.ts";
import { SessionLog } from "./session_log.ts";
import { steppedBefore } from "./stepped_before.ts";

/** What came of a session; a report is made of it. */
export type SessionResult = Pick<
  ReportInput,
  | "startedAt"
  | "elapsedMs"
  | "interrupted"
  | "resumed"
  | "measured"
  | "floor"
  | "log"
  | "verdicts"
  | "faults"
  | "notes"
>;

/** A session whose floor has been stopped, and which has not been judged. */
export type PlayedSession =
  & PlayedScript
  & Pick<SessionResult, "startedAt" | "elapsedMs" | "resumed">;

/**
 * Plays the session of a run's folder in real time, from its beginning or from where it was left.
 *
 * @throws {FloorFailedError} when the floor gives up; the run can be resumed
 */
export async function playSession(surroundings: SessionSurroundings): Promise<SessionResult> {
  // Closed after the floor, whose connections go through its proxies.
  await using ground = await SessionLog.open(surroundings.folder);
  return await judgeSession(await playOn(ground, surroundings), ground, surroundings);
}

/** Plays a session on a ground, to the end of its floor. @throws {FloorFailedError} */
export async function playOn(
  ground: SessionGround,
  surroundings: SessionSurroundings,
): Promise<PlayedSession> {
  const { folder, say } = surroundings;
  const { clock } = ground;
  const startedAt = clock.now();
  const firedBefore = readFiredFaults(folder.paths.events);
  using events = RuntimeEventFile.open(folder.paths.events);
  const watch = new FloorWatch(say);
  if (folder.manifest.resumed.length > 0) watch.recallSteps(steppedBefore(folder.paths.events));
  const floor = await ground.startFloor({
    ...floorOptionsOf(folder),
    firstEventNumber: events.nextNumber,
    onEvent: (event) => {
      events.append(event);
      watch.observe(event);
    },
  }).catch((error: unknown) => {
    throw asFailure("Cannot start the floor", error);
  });
  try {
    const played = await new Session({ floor, watch, ground, firedBefore }, surroundings)
      .play();
    await floor.stop();
    const elapsedMs = clock.now() - startedAt;
    return { ...played, startedAt, elapsedMs, resumed: folder.manifest.resumed.length };
  } catch (error) {
    await stopAfter(error, { floor, ground, say });
    throw error;
  }
}

/** Judges a session by its log. `digests`: of this session and of those that repeated it. */
export async function judgeSession(
  played: PlayedSession,
  ground: SessionGround,
  { folder, say, digests = [] }: Pick<SessionSurroundings, "folder" | "say"> & {
    readonly digests?: readonly string[];
  },
): Promise<SessionResult> {
  const { drained, drainMs, ...rest } = played;
  const stuckAfterMs = drained ? undefined : drainMs;
  const { verdicts, recordsAppended } = await auditSession(ground, {
    folder,
    drained,
    stuckAfterMs,
    digests,
    say,
  });
  const log = await ground.describe();
  return { ...rest, floor: { ...rest.floor, recordsAppended }, log, verdicts };
}

/** Why it ended is told, rather than what else went wrong while it was stopped. */
async function stopAfter(error: unknown, { floor, ground, say }: {
  readonly floor: Floor;
  readonly ground: SessionGround;
  readonly say: (text: string) => void;
}): Promise<void> {
  ground.network?.endAll();
  await floor.stop().catch((also) => {
    if (also !== error) say(`while stopping: ${messageOf(also)}`);
  });
}

function floorOptionsOf({ runId, manifest: { plan } }: RunFolder) {
  const instances = Object.fromEntries(
    CONSUMER_ROLES.map((role) => [role, plan.instances[role]]),
  ) as Record<ConsumerRole, number>; // Object.fromEntries forgets which keys it was given.
  return {
    runId,
    seed: plan.seed,
    symbols: plan.symbols.map(({ symbol, tickSize, lotSize }) => ({ symbol, tickSize, lotSize })),
    limits: plan.limits,
    partitions: plan.partitions,
    accounts: plan.accounts,
    instances,
  } as const;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
