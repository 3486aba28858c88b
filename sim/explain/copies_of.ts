/**
 * Where what a step sent stands a second time.
 *
 * @module
 */

import type { ActorLog } from "../actor_log/actor_log.ts";
import { formatPlace, type RecordPlace } from "../actor_log/record_place.ts";
import type { Step } from "../actor_log/step.ts";

/** Records that are looked at for one step. */
const MAX_LOOKED_AT = 2_000;

/** Copies that are looked for: so many show that it was all sent again. */
const MAX_COPIES = 20;

/** Later records with the ids of what the step sent, in the run's order. */
export async function copiesOf(
  log: ActorLog,
  { sent }: Pick<Step, "sent">,
): Promise<readonly RecordPlace[]> {
  const firsts = new Map(
    sent.flatMap(({ message, place }) => place === null ? [] : [[message.id, place] as const]),
  );
  const copies: RecordPlace[] = [];
  let looked = 0;
  for (const correlationId of new Set(sent.map(({ message }) => message.correlationId))) {
    for (const rank of log.index.about(correlationId)) {
      if (++looked > MAX_LOOKED_AT || copies.length >= MAX_COPIES) return copies;
      const entry = log.index.entryAt(rank);
      if (entry.kind !== "record" || !isElsewhere(entry.place, [...firsts.values()])) continue;
      const { message } = await log.record(entry.place);
      const first = message === null ? undefined : firsts.get(message.id);
      if (first !== undefined && isOfPartition(entry.place, first)) copies.push(entry.place);
    }
  }
  return copies;
}

/** In a partition of one of the places, and after it. */
function isElsewhere(place: RecordPlace, firsts: readonly RecordPlace[]): boolean {
  return firsts.some((first) => isOfPartition(place, first) && place.offset > first.offset) &&
    !firsts.some((first) => formatPlace(first) === formatPlace(place));
}

function isOfPartition(place: RecordPlace, other: RecordPlace): boolean {
  return place.topic === other.topic && place.partition === other.partition;
}
