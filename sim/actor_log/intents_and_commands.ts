/**
 * Which intent a command was sent for, and which command an intent led to. They carry the same id and
 * the same correlation id, by which the index finds them. Bytes that are meant to be no command carry
 * neither: they are known by their value, and looked for near by.
 *
 * @module
 */

import type { LogRecord } from "../../kafka/event_log.ts";
import type { Intent } from "../../kafka/messages/mod.ts";
import type { RunIndex } from "./index/run_index.ts";
import type { RecordPlace } from "./record_place.ts";
import { readRecordOf, type RecordReader } from "./record_reader.ts";
import type { ReadRecord } from "./step.ts";
import { isCommand } from "./subject.ts";

/**
 * Records looked at for bytes that are no command: far more than a producer ever has on its way. For
 * what a stranger wrote, without an intent, so many looks are for nothing.
 */
export const MAX_REACH_RECORDS = 20_000;

/** What looking needs. */
export interface IntentLookup {
  readonly index: RunIndex;
  readonly records: RecordReader;
  /** The rank of a record; null for one that the run does not have. */
  readonly rankOf: (place: RecordPlace) => number | null;
  /** How many partitions `intents` has. */
  readonly intentPartitions: number;
}

/** The newest intent before a command that it was sent for, or null. */
export async function intentOf(
  lookup: IntentLookup,
  command: ReadRecord,
): Promise<RecordPlace | null> {
  const rank = lookup.rankOf(command.place);
  if (rank === null) return null;
  if (command.message === null) return await nearIntentOf(lookup, command.place, rank);
  const { id, correlationId } = command.message;
  let newest: RecordPlace | null = null;
  for (const at of lookup.index.about(correlationId)) {
    if (at >= rank) break;
    const found = await recordAt(lookup, at, "intents");
    if (found?.message?.type === "intent" && found.message.id === id) newest = found.place;
  }
  return newest;
}

/** The first command after an intent that was sent for it, or null: it was never sent. */
export async function commandOf(
  lookup: IntentLookup,
  intent: ReadRecord,
): Promise<ReadRecord | null> {
  const rank = lookup.rankOf(intent.place);
  const { message } = intent;
  if (rank === null || message?.type !== "intent") return null;
  if (!isCommand(message)) {
    const place = await nearCommandOf(lookup, message, rank);
    return place === null ? null : readRecordOf(await lookup.records.read(place), place);
  }
  for (const at of lookup.index.about(message.correlationId, rank + 1)) {
    const found = await recordAt(lookup, at, "order-commands");
    if (found?.message?.id === message.id) return found;
  }
  return null;
}

async function recordAt(
  { index, records }: IntentLookup,
  rank: number,
  topic: RecordPlace["topic"],
): Promise<ReadRecord | null> {
  const entry = index.entryAt(rank);
  if (entry.kind !== "record" || entry.place.topic !== topic) return null;
  return readRecordOf(await records.read(entry.place), entry.place);
}

async function nearIntentOf(
  { index, records, intentPartitions }: IntentLookup,
  command: RecordPlace,
  rank: number,
): Promise<RecordPlace | null> {
  const bytes = await records.read(command);
  const partitions = Array.from(
    { length: intentPartitions },
    (_, partition) => ({ topic: "intents", partition }),
  );
  const near = index.entries({ from: rank, direction: "backward", partitions, events: false });
  return await firstThat(near, async (place) => {
    const { message } = readRecordOf(await records.read(place), place);
    return message?.type === "intent" && isValueOf(message, bytes);
  });
}

async function nearCommandOf(
  { index, records }: IntentLookup,
  intent: Intent,
  rank: number,
): Promise<RecordPlace | null> {
  const partitions = [{ topic: "order-commands", partition: intent.partition }];
  const near = index.entries({ from: rank, direction: "forward", partitions, events: false });
  return await firstThat(
    near,
    async (place) => isValueOf(intent, await records.read(place)),
  );
}

function isValueOf({ value, encoding, key }: Intent, record: LogRecord): boolean {
  if (record.key !== key) return false;
  return encoding === "text" ? record.text === value : record.value?.toBase64() === value;
}

async function firstThat(
  entries: ReturnType<RunIndex["entries"]>,
  isWanted: (place: RecordPlace) => Promise<boolean>,
): Promise<RecordPlace | null> {
  let looked = 0;
  for (const entry of entries) {
    if (looked++ >= MAX_REACH_RECORDS) return null;
    if (entry.kind === "record" && await isWanted(entry.place)) return entry.place;
  }
  return null;
}
