/**
 * One record, told: what led to it, back to the beginning, and what followed, to the end.
 *
 * @module
 */

import type { ActorLog } from "../actor_log/actor_log.ts";
import { formatPlace, type RecordPlace } from "../actor_log/record_place.ts";
import type { ReadRecord } from "../actor_log/step.ts";
import { messageLine } from "../actor_log/views/message_line.ts";
import { unitsOf } from "../actor_log/views/units.ts";
import { stopsIn, type Story } from "./story.ts";
import { DEFAULT_RECORDS_TOLD } from "./tell_order.ts";
import { tellPassages } from "./tell_passages.ts";
import { storyRecords } from "./told_records.ts";

/** Causes followed back: far more than the floor's longest chain. */
const MAX_CAUSES = 100;

/** The story of a record. @throws {RangeError} when the run has no such record */
export async function tellRecord(
  log: ActorLog,
  place: RecordPlace,
  { limit = DEFAULT_RECORDS_TOLD }: { readonly limit?: number } = {},
): Promise<Story> {
  const record = await log.record(place);
  const causes = await causesOf(log, place);
  const { effects, hidden } = await effectsOf(log, place, Math.max(1, limit - causes.length));
  const inOrder = inRunOrder(log, [...causes, record, ...effects]);
  const passages = await tellPassages(log, await storyRecords(log, inOrder));
  return {
    run: log.run,
    subject: { kind: "record", place },
    summary: [
      `${formatPlace(place)}: ${lineOf(log, record)}.`,
      `Before it in its chain: ${recordsOf(causes.length)}; what followed from it: ${
        hidden > 0 ? "at least " : ""
      }${recordsOf(effects.length + hidden)}.`,
    ],
    passages,
    stopped: stopsIn(passages),
    hidden,
  };
}

function lineOf({ run }: ActorLog, { message, malformed }: ReadRecord): string {
  return message === null
    ? `bytes that are no message (${malformed})`
    : messageLine(message, unitsOf(run.parameters));
}

function recordsOf(count: number): string {
  if (count === 0) return "nothing";
  return `${count} record${count === 1 ? "" : "s"}`;
}

/** What led to a record, the beginning first. */
async function causesOf(log: ActorLog, place: RecordPlace): Promise<readonly ReadRecord[]> {
  const causes: ReadRecord[] = [];
  let at = place;
  while (causes.length < MAX_CAUSES) {
    const cause = await log.cause(at);
    if (cause.kind === "none") break;
    at = cause.place;
    causes.unshift(await log.record(at));
  }
  return causes;
}

/** What followed from a record, generation by generation, and how many are known and left out. */
async function effectsOf(
  log: ActorLog,
  place: RecordPlace,
  limit: number,
): Promise<{ readonly effects: readonly ReadRecord[]; readonly hidden: number }> {
  const effects: ReadRecord[] = [];
  const queue: RecordPlace[] = [place];
  let hidden = 0;
  for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
    for (const effect of await log.effects(next)) {
      if (effects.length >= limit) {
        hidden++;
        continue;
      }
      effects.push(await log.record(effect));
      queue.push(effect);
    }
    // What is left in the queue may have effects of its own: those are not looked for.
    if (effects.length >= limit) break;
  }
  return { effects, hidden };
}

function inRunOrder({ index }: ActorLog, records: readonly ReadRecord[]): readonly ReadRecord[] {
  const ranked = records.map((record) => ({ record, rank: index.rankOf(record.place) ?? 0 }));
  return ranked.sort((a, b) => a.rank - b.rank).map(({ record }) => record);
}
