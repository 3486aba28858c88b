/**
 * Which records a story tells of, how they hang together, and what each means among the others.
 *
 * @module
 */

import type { ActorLog, Cause } from "../actor_log/actor_log.ts";
import { FirstAnswers } from "../actor_log/first_answers.ts";
import { originOf } from "../actor_log/outputs_in_log.ts";
import { formatPlace, isSamePlace, type RecordPlace } from "../actor_log/record_place.ts";
import type { ReadRecord } from "../actor_log/step.ts";

/** A record among the others of its story. */
export interface StoryRecord {
  readonly record: ReadRecord;
  readonly rank: number;
  readonly cause: Cause;
  /** Told only because it brought about something of the story. */
  readonly aside: boolean;
  readonly repeatOf: RecordPlace | null;
}

/** Records with their causes; causes that are none of them are added as asides. */
export async function storyRecords(
  log: ActorLog,
  records: readonly ReadRecord[],
): Promise<readonly StoryRecord[]> {
  const told = new Map<string, StoryRecord>();
  const firsts = new Map<string, RecordPlace>();
  const wanted = new Set(records.map(({ place }) => formatPlace(place)));
  for (const record of records) {
    const cause = await log.cause(record.place);
    if (cause.kind !== "none" && !wanted.has(formatPlace(cause.place))) {
      await addAside(log, told, cause.place);
    }
    const repeatOf = firstOf(firsts, record);
    told.set(formatPlace(record.place), {
      record,
      rank: rankOf(log, record.place),
      cause,
      aside: false,
      repeatOf,
    });
  }
  return [...told.values()].sort((a, b) => a.rank - b.rank);
}

async function addAside(
  log: ActorLog,
  told: Map<string, StoryRecord>,
  place: RecordPlace,
): Promise<void> {
  const name = formatPlace(place);
  if (told.has(name)) return;
  told.set(name, {
    record: await log.record(place),
    rank: rankOf(log, place),
    // What brought an aside about is another story.
    cause: { kind: "none", why: "" },
    aside: true,
    repeatOf: null,
  });
}

/** Those of some records that say something first: without what was sent again. */
export function firstSaid(records: readonly ReadRecord[]): readonly ReadRecord[] {
  const firsts = new Map<string, RecordPlace>();
  return records.filter((record) => firstOf(firsts, record) === null);
}

/** Where a derived message was said first; null when this is where. */
function firstOf(firsts: Map<string, RecordPlace>, { message, place }: ReadRecord) {
  if (message === null || originOf(message) === null) return null;
  const name = `${place.topic}/${place.partition} ${message.id}`;
  const first = firsts.get(name);
  if (first === undefined) firsts.set(name, place);
  return first ?? null;
}

function rankOf({ index }: ActorLog, place: RecordPlace): number {
  const rank = index.rankOf(place);
  if (rank === null) throw new RangeError(`Cannot tell of ${formatPlace(place)}: it is not there`);
  return rank;
}

/** What a story's commands and answers are to one another. */
export interface Answers {
  /** The command that was answered first under the same id; null for the first itself. */
  firstCommand(record: ReadRecord): RecordPlace | null;
  /** The first answer, which a duplicate repeats; null where there is none, or it is this one. */
  firstAnswer(record: ReadRecord): RecordPlace | null;
  /** An earlier command with the same message id: this one was sent again. */
  sentBefore(record: ReadRecord): RecordPlace | null;
}

/** Reads them from a story's records, which are in the run's order. */
export function answersAmong(records: readonly StoryRecord[]): Answers {
  const firsts = new FirstAnswers();
  const sent = new Map<string, RecordPlace>();
  for (const { record, repeatOf } of records) {
    const { message, place } = record;
    if (place.topic === "order-commands" && message !== null && !sent.has(message.id)) {
      sent.set(message.id, place);
    }
    if (repeatOf === null) firsts.take(record);
  }
  return {
    firstCommand: (record) => firsts.firstCommand(record),
    firstAnswer: (record) => firsts.firstAnswer(record),
    sentBefore({ message, place }) {
      if (place.topic !== "order-commands" || message === null) return null;
      const before = sent.get(message.id);
      return before === undefined || isSamePlace(before, place) ? null : before;
    },
  };
}
