/**
 * Everything that folds wrote to a log, by destination and by the partition that it follows from, each
 * output once.
 *
 * @module
 */

import type { PartitionCounts } from "../../actors/fold/partition_fold.ts";
import { readRange } from "../../actors/log_access/read_range.ts";
import type { EventLog, TopicPartition } from "../../kafka/event_log.ts";
import { channelOf } from "../../kafka/messages/mod.ts";
import type { TopicName } from "../../kafka/topics.ts";

/** The topics that folds write to. */
const WRITTEN = [
  "orders",
  "notifications",
  "order-commands",
  "market-data",
  "dead-letters",
] as const satisfies readonly TopicName[];

/** A state or an output that the fold of the log does not give. */
export interface FoldDifference {
  readonly text: string;
  /** Places as `topic/partition/offset`, cause first. */
  readonly chain: readonly string[];
}

/** One output as it stands in the log for the first time. */
export interface LoggedOutput {
  readonly text: string;
  readonly offset: number;
}

/** What was found. */
export interface LoggedOutputs {
  /** By `topic/partition`, then by channel. */
  readonly places: ReadonlyMap<string, ReadonlyMap<string, readonly LoggedOutput[]>>;
  readonly repeats: number;
  /** The first repeat that is not the same again. */
  readonly difference: FoldDifference | null;
}

/** Reads all of it. @throws {EventLogError} when the log cannot be read */
export async function outputsInLog(
  log: EventLog,
  partitions: PartitionCounts,
): Promise<LoggedOutputs> {
  const places = new Map<string, ReadonlyMap<string, readonly LoggedOutput[]>>();
  let repeats = 0;
  let difference: FoldDifference | null = null;
  for (const topic of WRITTEN) {
    for (let partition = 0; partition < partitions[topic]; partition++) {
      const found = await channelsOf(log, { topic, partition });
      places.set(`${topic}/${partition}`, found.channels);
      repeats += found.repeats;
      difference ??= found.difference;
    }
  }
  return { places, repeats, difference };
}

async function channelsOf(log: EventLog, place: TopicPartition) {
  const channels = new Map<string, LoggedOutput[]>();
  const known = new Map<string, LoggedOutput>();
  let repeats = 0;
  let difference: FoldDifference | null = null;
  for await (const { text, offset } of readRange(log, place)) {
    const id = derivedId(text);
    const channel = id === null ? null : channelOf(id);
    if (text === null || id === null || channel === null) continue;
    const before = known.get(id);
    if (before !== undefined) {
      repeats++;
      if (before.text === text) continue;
      const where = `${place.topic}/${place.partition}`;
      difference ??= {
        text: `${id} stands in ${where} twice, and not the same: ${before.text} and ${text}`,
        chain: [`${where}/${before.offset}`, `${where}/${offset}`],
      };
      continue;
    }
    const output = { text, offset };
    known.set(id, output);
    const outputs = channels.get(channel);
    if (outputs === undefined) channels.set(channel, [output]);
    else outputs.push(output);
  }
  return { channels, repeats, difference };
}

/** The id of a derived message; null for anything else that stands in a topic. */
function derivedId(text: string | null): string | null {
  if (text === null) return null;
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return null; // Bytes that a faulty producer or a stranger sent.
  }
  if (typeof json !== "object" || json === null || Array.isArray(json)) return null;
  const id: unknown = Reflect.get(json, "id");
  const isDerived = typeof id === "string" && typeof Reflect.get(json, "sequence") === "number" &&
    typeof Reflect.get(json, "causationId") === "string";
  return isDerived && /^[a-z-]+\/\d+\/\d+\/\d+$/.test(id) ? id : null;
}
