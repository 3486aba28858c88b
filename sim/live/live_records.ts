/**
 * The records of a step, read back from the log.
 *
 * @module
 */

import { readRange } from "../../actors/log_access/read_range.ts";
import type { EventLog } from "../../kafka/event_log.ts";
import type { Decision } from "../actor_log/views/decision.ts";
import { MAX_RECORDS_SHOWN } from "./limits.ts";
import type { LivePlace, ProcessStep } from "./protocol.ts";

/** A record, as plain data. */
export interface LiveRecord extends LivePlace {
  /** Milliseconds since the epoch: the log's stamp or the sender's, as the topic's table says. */
  readonly timestamp: number;
  readonly key: string | null;
  /** Null for a tombstone and for bytes that are not UTF-8. */
  readonly text: string | null;
}

/** One message that an actor was fed, or made, and what it gave out. */
export interface LiveStep {
  readonly actor: string;
  readonly incarnation: number;
  /** When it was done, in milliseconds since the epoch. */
  readonly at: number;
  /** Null for an actor that makes messages of its own. */
  readonly read: LiveRecord | null;
  /** What it wrote, at most {@link MAX_RECORDS_SHOWN}. */
  readonly wrote: readonly LiveRecord[];
  /** How much more it wrote. */
  readonly moreWrote: number;
  /** What was decided; null when that cannot be told. */
  readonly decision: Decision | null;
  /** Why it cannot; null when it can. */
  readonly undecided: string | null;
}

/** A step before its decision is known. */
export type ReadStep = Omit<LiveStep, "decision" | "undecided">;

/** A step with its records; null when there was nothing to do. @throws {EventLogError} */
export async function readStep(
  log: EventLog,
  actor: string,
  { incarnation, at, done }: ProcessStep,
): Promise<ReadStep | null> {
  if (done === null) return null;
  const [read = null] = done.read === null ? [] : await recordsAt(log, done.read, 1);
  const wrote: LiveRecord[] = [];
  let total = 0;
  for (const { count, ...place } of done.wrote) {
    total += count;
    const room = Math.min(count, MAX_RECORDS_SHOWN - wrote.length);
    if (room > 0) wrote.push(...await recordsAt(log, place, room));
  }
  return { actor, incarnation, at, read, wrote, moreWrote: total - wrote.length };
}

async function recordsAt(
  log: EventLog,
  place: LivePlace,
  count: number,
): Promise<readonly LiveRecord[]> {
  const records: LiveRecord[] = [];
  const range = { from: place.offset, to: place.offset + count, maxRecords: count };
  for await (const record of readRange(log, place, range)) {
    const { topic, partition, offset, timestamp, key, text } = record;
    records.push({ topic, partition, offset, timestamp, key, text });
  }
  return records;
}
