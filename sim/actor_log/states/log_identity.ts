/**
 * By what a log is known again: where its partitions end, and what stands there. What was acknowledged
 * never changes, so a log that ends as it did is the one it was.
 *
 * @module
 */

import { crc32 } from "node:zlib";
import { readRange } from "../../../actors/log_access/read_range.ts";
import type { EventLog, LogRecord, TopicDescription } from "../../../kafka/event_log.ts";
import type { FloorParameters } from "../../../kafka/messages/mod.ts";
import { FOLDS } from "./folded_roles.ts";

/** Topics on which folded states depend: what is folded, and the marks of poison. */
const TOPICS: readonly string[] = [
  ...Object.values(FOLDS).map(({ topic }) => topic),
  "dead-letters",
];

/** The end of one partition. */
export interface PartitionEnd {
  readonly topic: string;
  readonly partition: number;
  /** The offset that the next record will get. */
  readonly end: number;
  /** Of its last record; 0 without one. */
  readonly checksum: number;
}

/** What states depend on. */
export interface LogIdentity {
  /** By role: the versions of the folds. */
  readonly folds: Readonly<Record<string, number>>;
  readonly parameters: FloorParameters;
  readonly ends: readonly PartitionEnd[];
}

/** What the states of a log, as it is now, depend on. */
export async function identityOf(log: EventLog, parameters: FloorParameters): Promise<LogIdentity> {
  const described = await log.describeTopics(TOPICS);
  const ends: PartitionEnd[] = [];
  for (const topic of [...described].sort(byName)) {
    for (let partition = 0; partition < topic.offsets.length; partition++) {
      ends.push(await endOf(log, topic, partition));
    }
  }
  const folds = Object.fromEntries(
    Object.entries(FOLDS).map(([role, { version }]) => [role, version]),
  );
  return { folds, parameters, ends };
}

function byName(one: TopicDescription, other: TopicDescription): number {
  return one.name < other.name ? -1 : 1;
}

async function endOf(
  log: EventLog,
  { name: topic, offsets }: TopicDescription,
  partition: number,
): Promise<PartitionEnd> {
  const end = offsets[partition]!.end;
  let checksum = 0;
  for await (const record of readRange(log, { topic, partition }, { from: end - 1, to: end })) {
    checksum = checksumOf(record);
  }
  return { topic, partition, end, checksum };
}

function checksumOf({ value, timestamp }: LogRecord): number {
  return crc32(value ?? new Uint8Array(), crc32(String(timestamp)));
}

/** In which way a log is another than states were made of, or null. It may have `grown` since, if so said. */
export function differenceBetween(
  built: LogIdentity,
  now: LogIdentity,
  { grown }: { readonly grown: boolean },
): string | null {
  if (JSON.stringify(built.parameters) !== JSON.stringify(now.parameters)) {
    return "they are of a floor with other parameters";
  }
  for (const end of now.ends) {
    const then = built.ends.find(({ topic, partition }) =>
      topic === end.topic && partition === end.partition
    );
    const place = `${end.topic}/${end.partition}`;
    if (then === undefined) return `they know nothing of ${place}`;
    if (grown && then.end < end.end) continue;
    if (then.end !== end.end) {
      return `they were built when ${place} ended at ${then.end}; now it ends at ${end.end}`;
    }
    if (then.checksum !== end.checksum) return `the last record of ${place} is another than it was`;
  }
  return null;
}
