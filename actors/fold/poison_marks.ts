/**
 * The durable marks by which poison is skipped: every fold of a partition reads them first.
 *
 * @module
 */

import type { EventLog, TopicPartition } from "../../kafka/event_log.ts";
import { decodeRecord } from "../../kafka/messages/mod.ts";
import { partitionForKey } from "../../kafka/partitioner.ts";
import { readRange } from "../log_access/read_range.ts";

/** Poison of one partition that a role may skip before it gives up: more is not bad luck. */
export const MAX_POISON_MARKS = 10_000;

/** The partition of `dead-letters` that the marks of a source partition are in. */
export function markPartition(source: TopicPartition, partitions: number): number {
  return partitionForKey(`${source.topic}/${source.partition}`, partitions);
}

/** The offsets that `role` skips in `source`. */
export async function loadPoisonMarks(
  log: EventLog,
  options: {
    readonly role: string;
    readonly source: TopicPartition;
    /** How many partitions `dead-letters` has. */
    readonly partitions: number;
  },
): Promise<Set<number>> {
  const { role, source } = options;
  const partition = markPartition(source, options.partitions);
  const marks = new Set<number>();
  for await (const record of readRange(log, { topic: "dead-letters", partition })) {
    // Cheaper than reading a letter with its bytes: most letters are malformed input, not poison.
    if (record.text === null || !record.text.includes('"kind":"poison"')) continue;
    const decoded = decodeRecord("dead-letters", record);
    if (!decoded.ok) continue;
    const letter = decoded.message;
    if (letter.kind !== "poison" || letter.role !== role) continue;
    if (letter.topic === source.topic && letter.partition === source.partition) {
      marks.add(letter.offset);
    }
  }
  return marks;
}
