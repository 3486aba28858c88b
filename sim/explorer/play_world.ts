/**
 * Playing a world and judging it.
 *
 * @module
 */

import type { ActorHost } from "../../actors/floor/actor_host.ts";
import { firstDifference, type LogDigest } from "../digest/digest_log.ts";
import type { FaultOutcome } from "../faults/fault_ledger.ts";
import { preloadSources } from "../session/source_factory.ts";
import { VIRTUAL_EPOCH } from "../virtual/virtual_epoch.ts";
import { makeAuditPlace } from "./audit_place.ts";
import { BoundedTime } from "./bounded_time.ts";
import { judgeWorld } from "./judge_world.ts";
import { Reached, type ReachedCounts } from "./reached.ts";
import { ReachedWatch } from "./reached_watch.ts";
import type { Violation } from "./violation.ts";
import type { World } from "./world.ts";
import { type Staged, WorldStage } from "./world_stage.ts";

/** How a world is played. */
export interface PlayOptions {
  /** Puts another host around the floor's own: what is known to be wrong is played so. */
  readonly host?: (host: ActorHost) => ActorHost;
}

/** What came of a world. Plain data. */
export interface PlayedWorld {
  /** The first invariant that was broken; null when all held. */
  readonly violation: Violation | null;
  /** All that were broken. */
  readonly violations: readonly Violation[];
  /** Null when the play broke off before there was a log. */
  readonly digest: LogDigest | null;
  readonly reached: ReachedCounts;
  readonly faults: readonly FaultOutcome[];
  /** Records in all topics. */
  readonly records: number;
  /** How long it took by its own time. */
  readonly virtualMs: number;
  /** Events of the scheduler. */
  readonly events: number;
}

/**
 * Plays a world under virtual time, in the caller's thread: safety under its faults, then liveness when
 * all of them are healed; then everything that it left is judged.
 */
export async function playWorld(world: World, options: PlayOptions = {}): Promise<PlayedWorld> {
  await preloadSources();
  using audit = makeAuditPlace();
  const startsAt = Date.parse(VIRTUAL_EPOCH);
  const time = new BoundedTime({ seed: world.seed, startsAt });
  const reached = new Reached();
  const watch = new ReachedWatch(reached);
  const auditFolder = world.plan.instances["audit-logger"] > 0 ? audit.folder : null;
  const stage = new WorldStage(world, {
    time,
    auditFolder,
    ...(options.host === undefined ? {} : { host: options.host }),
    onEvent: (event) => watch.event(event),
    onCall: (actor, call) => watch.call(actor, call),
  });
  try {
    const staged = await time.run(() => stage.play()).catch(brokenOff);
    const { drained, violation, faults } = staged;
    stage.leaveTime();
    reached.add("commit-refused", staged.fenced);
    for (const { verb } of world.plan.events) {
      reached.add(verb === "join" ? "instance-joined" : "instance-left");
    }
    const { log } = stage;
    const now = () => time.now();
    const judged = log === null
      ? { violations: [], digest: null }
      : await judgeWorld(log, { auditFolder, drained, now, reached });
    const violations = [...judged.violations, ...(violation === null ? [] : [violation])];
    return {
      violation: violations[0] ?? null,
      violations,
      digest: judged.digest,
      reached: reached.counts(),
      faults,
      records: judged.digest?.records ?? 0,
      virtualMs: time.now() - startsAt,
      events: time.eventCount,
    };
  } finally {
    await stage.close();
  }
}

/** Plays it twice, in two floors of their own: what differs is a violation, too. */
export async function playWorldTwice(
  world: World,
  options: PlayOptions = {},
): Promise<PlayedWorld> {
  const first = await playWorld(world, options);
  const second = await playWorld(world, options);
  if (first.digest === null || second.digest === null) return first;
  const difference = firstDifference(first.digest, second.digest);
  if (difference === null) return first;
  const text = `two plays of one world differ, first in ${difference}`;
  const violations = [...first.violations, { invariant: "determinism", text, chain: [] }];
  return { ...first, violation: violations[0] ?? null, violations };
}

/** What was thrown in virtual time: a floor that did not start, or time that stalled. */
function brokenOff(error: unknown): Staged {
  const text = `the play broke off: ${error instanceof Error ? error.message : String(error)}`;
  const violation = { invariant: "goes-on", text, chain: [] };
  return { drained: false, violation, faults: [], fenced: 0 };
}
