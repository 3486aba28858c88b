/**
 * A step, told: what was decided and why, what befell it, and where it stopped.
 *
 * @module
 */

import type { Role } from "../../actors/topology.ts";
import { EventLogError } from "../../kafka/event_log.ts";
import type { ActorLog } from "../actor_log/actor_log.ts";
import { actorsOf } from "../actor_log/actors_of.ts";
import { formatPlace, type RecordPlace } from "../actor_log/record_place.ts";
import type { ReadRecord, Step } from "../actor_log/step.ts";
import { decisionOf } from "../actor_log/views/decision.ts";
import { unitsOf } from "../actor_log/views/units.ts";
import { interruptionOf } from "./interruptions.ts";
import type { ToldStep } from "./story.ts";
import { stopsOf } from "./where_it_stopped.ts";

/** A step that cannot be folded again: the log is damaged, or not the one that the folds wrote. */
export class UnfoldableError extends Error {
  constructor(place: RecordPlace, role: Role, cause: unknown) {
    const why = cause instanceof Error ? cause.message : String(cause);
    super(`Cannot explain what ${role} did with ${formatPlace(place)}: ${why}`, { cause });
    this.name = "UnfoldableError";
  }
}

/** What is known of a record from the rest of its story. */
export interface ToldRecord {
  readonly record: ReadRecord;
  readonly rank: number;
  /** The command that was answered first under its id; null when it is the first. */
  readonly first: RecordPlace | null;
  /** Whether the same was said before. */
  readonly isRepeat: boolean;
  /** The rank of the last record of the story. */
  readonly lastRank: number;
}

/** The roles whose steps are told: who keeps every record says nothing about one. */
export function rolesTold(record: ReadRecord): readonly Role[] {
  return actorsOf(record).filter((role) => role !== "audit-logger");
}

/** The step of a role on a record. @throws {UnfoldableError} when it cannot be folded */
export async function tellStep(
  log: ActorLog,
  role: Role,
  { record, rank, first, isRepeat, lastRank }: ToldRecord,
): Promise<ToldStep> {
  const step = await stepOf(log, record.place, role);
  return {
    step,
    decision: decisionOf(step, {
      units: unitsOf(log.run.parameters),
      first,
      hadComeBefore: isRepeat,
    }),
    interruption: await interruptionOf(log, step, { rank, lastRank }),
    stopped: await stopsOf(log, step),
  };
}

async function stepOf(log: ActorLog, place: RecordPlace, role: Role): Promise<Step> {
  try {
    return await log.step(place, role);
  } catch (error) {
    // That the log is out of reach says so itself.
    throw error instanceof EventLogError ? error : new UnfoldableError(place, role, error);
  }
}
