/**
 * The newest records of a partition first: what a producer needs that looks for its own last word.
 *
 * @module
 */

import {
  type EventLog,
  EventLogError,
  type LogRecord,
  type TopicPartition,
} from "../../kafka/event_log.ts";
import { readRange } from "./read_range.ts";

/** Records of the first stretch; every further one is twice as long, up to the second limit. */
export const FIRST_STRETCH_RECORDS = 2_000;
export const MAX_STRETCH_RECORDS = 64_000;

/**
 * Yields stretches of the partition from its end to its start; within a stretch the oldest record
 * comes first. A caller that has found what it wants stops, so the cost follows from how recent that is.
 *
 * For topics that keep every record: a stretch that comes back short is a failure, not an answer.
 *
 * @throws {EventLogError} `unknown-topic`; `log-unavailable` when records that exist do not come
 */
export async function* readBackwards(
  log: EventLog,
  at: TopicPartition,
): AsyncGenerator<readonly LogRecord[]> {
  const [description] = await log.describeTopics([at.topic]);
  if (description === undefined) {
    throw new EventLogError("unknown-topic", `Cannot read "${at.topic}": there is no such topic`);
  }
  const bounds = description.offsets[at.partition];
  const start = bounds?.start ?? 0;
  let length = FIRST_STRETCH_RECORDS;
  for (let to = bounds?.end ?? 0; to > start;) {
    const from = Math.max(start, to - length);
    const records: LogRecord[] = [];
    for await (const record of readRange(log, at, { from, to })) records.push(record);
    if (records.at(-1)?.offset !== to - 1) {
      throw new EventLogError(
        "log-unavailable",
        `Cannot read "${at.topic}" ${at.partition} from ${from} to ${to}: ` +
          `only ${records.length} records came`,
        { retriable: true },
      );
    }
    yield records;
    to = from;
    length = Math.min(length * 2, MAX_STRETCH_RECORDS);
  }
}
