/**
 * How far a session had got when its process ended, from the intents in its log.
 *
 * @module
 */

import { readBackwards } from "../../actors/log_access/read_backwards.ts";
import { decodeRecord } from "../../kafka/messages/mod.ts";
import type { EventLog } from "../../kafka/event_log.ts";

/** The latest time at which any of these producers meant to send; null when none ever did. */
export async function lastIntendedAt(
  log: EventLog,
  producers: ReadonlySet<string>,
): Promise<number | null> {
  const topic = "intents";
  let latest: number | null = null;
  for (let partition = 0; partition < await log.partitionCount(topic); partition++) {
    const found = await lastIn(log, { topic, partition, producers });
    if (found !== null && (latest === null || found > latest)) latest = found;
  }
  return latest;
}

async function lastIn(log: EventLog, where: {
  readonly topic: "intents";
  readonly partition: number;
  readonly producers: ReadonlySet<string>;
}): Promise<number | null> {
  for await (const records of readBackwards(log, where)) {
    for (const record of records.toReversed()) {
      const decoded = decodeRecord(where.topic, record);
      if (!decoded.ok || decoded.message.type !== "intent") continue;
      if (where.producers.has(decoded.message.producer)) return decoded.message.intendedAt;
    }
  }
  return null;
}
