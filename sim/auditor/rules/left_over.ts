/**
 * Whether what a group has not committed is work: repeats are none. An actor whose acknowledgement was
 * lost publishes the same outputs again, at the latest when it is told to stop, and by then those who
 * would drop them may have stopped.
 *
 * @module
 */

import type { EventLog, PartitionLag } from "../../../kafka/event_log.ts";
import { readPartition } from "../partition_stream.ts";
import { MessageReader } from "../reading/message_reader.ts";

/** A longer rest is work, whatever stands in it. */
const MAX_REPEATS_LEFT = 1_000;

/** The first record past a group's committed offset that is no repeat; null when there is none. */
export async function firstLeftOver(
  log: EventLog,
  { topic, partition, offset, endOffset }: PartitionLag,
): Promise<number | null> {
  if (offset >= endOffset) return null;
  if (endOffset - offset > MAX_REPEATS_LEFT) return offset;
  /** Texts of the rest that did not stand before, as far as is known, and where each stands first. */
  const texts = new Map<string, number>();
  const reader = new MessageReader();
  for await (
    const records of readPartition(log, { topic, partition, start: offset, end: endOffset })
  ) {
    for (const record of records) {
      // What is no output of a fold, such as a client's command, is work also when it comes again.
      if (record.text === null || reader.read(record).kind !== "derived") return offset;
      if (!texts.has(record.text)) texts.set(record.text, record.offset);
    }
  }
  for await (const records of readPartition(log, { topic, partition, start: 0, end: offset })) {
    for (const { text } of records) if (text !== null) texts.delete(text);
  }
  const left = [...texts.values()];
  return left.length === 0 ? null : Math.min(...left);
}
