/**
 * Records as a tree of passages.
 *
 * @module
 */

import type { Role } from "../../actors/topology.ts";
import type { ActorLog } from "../actor_log/actor_log.ts";
import { folderOf } from "../actor_log/actors_of.ts";
import { formatPlace } from "../actor_log/record_place.ts";
import { messageLine } from "../actor_log/views/message_line.ts";
import { unitsOf } from "../actor_log/views/units.ts";
import type { Passage } from "./story.ts";
import { rolesTold, tellStep } from "./tell_step.ts";
import { type Answers, answersAmong, type StoryRecord } from "./told_records.ts";

interface Telling {
  readonly log: ActorLog;
  readonly answers: Answers;
  /** By place: what followed from it, repeats too. */
  readonly effects: ReadonlyMap<string, readonly StoryRecord[]>;
  readonly lastRank: number;
}

/** The tree of a story's records, which are in the run's order: what begins something first. */
export async function tellPassages(
  log: ActorLog,
  records: readonly StoryRecord[],
): Promise<readonly Passage[]> {
  const effects = Map.groupBy(records, (each) => causePlace(each) ?? "");
  const telling: Telling = {
    log,
    answers: answersAmong(records),
    effects,
    lastRank: records.at(-1)?.rank ?? 0,
  };
  const passages: Passage[] = [];
  for (const root of effects.get("") ?? []) passages.push(await tell(telling, root, null));
  return passages;
}

/** The place of what brought a record about; null for what begins something. */
function causePlace({ cause }: StoryRecord): string | null {
  return cause.kind === "none" ? null : formatPlace(cause.place);
}

async function tell(
  telling: Telling,
  told: StoryRecord,
  causedAt: number | null,
): Promise<Passage> {
  const { log, answers, lastRank } = telling;
  const { record, rank, aside, repeatOf } = told;
  const followed = telling.effects.get(formatPlace(record.place)) ?? [];
  const about = {
    record,
    rank,
    first: answers.firstCommand(record),
    isRepeat: repeatOf !== null,
    lastRank,
  };
  const steps = [];
  for (const role of rolesOf(told)) steps.push(await tellStep(log, role, about));
  const effects: Passage[] = [];
  for (const next of followed) effects.push(await tell(telling, next, record.timestamp));
  return {
    record,
    rank,
    sinceCauseMs: causedAt === null ? null : record.timestamp - causedAt,
    line: record.message === null
      ? `bytes that are no message: ${record.malformed}`
      : messageLine(record.message, unitsOf(log.run.parameters)),
    aside,
    repeatOf,
    notes: notesOn(told, answers),
    steps,
    effects,
  };
}

/** Of an aside only the step is told by which it matters here. */
function rolesOf({ record, aside }: StoryRecord): readonly Role[] {
  if (!aside) return rolesTold(record);
  const role = folderOf(record.place.topic);
  return role === null ? [] : [role];
}

function notesOn({ record, repeatOf, aside }: StoryRecord, answers: Answers): readonly string[] {
  if (aside) return ["Another order; it is told here for what it brought about."];
  if (repeatOf !== null) {
    return [
      `The same record as ${formatPlace(repeatOf)}, sent again: whoever has had it drops it.`,
    ];
  }
  const notes: string[] = [];
  const sentBefore = answers.sentBefore(record);
  if (sentBefore !== null) {
    notes.push(`The same command as ${formatPlace(sentBefore)}, sent again under the same id.`);
  }
  const firstAnswer = answers.firstAnswer(record);
  if (firstAnswer !== null) notes.push(`The first answer stands at ${formatPlace(firstAnswer)}.`);
  return notes;
}
