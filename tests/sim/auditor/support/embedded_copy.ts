/**
 * A session's records in an embedded log, which threads can open.
 *
 * @module
 */

import { openEventLog } from "../../../../kafka/open_event_log.ts";
import { TOPIC_NAMES, topicSettings } from "../../../../kafka/topics.ts";
import type { ArrayLog } from "./array_log.ts";
import { PARTITIONS } from "./hand_floor.ts";

/** Writes a log's records to a new file, as batches of a few records. */
export async function copyToFile(log: ArrayLog, path: string): Promise<void> {
  await using file = await openEventLog({ kind: "embedded", path });
  const partitions = Object.fromEntries(TOPIC_NAMES.map((name) => [name, PARTITIONS]));
  await file.createTopics(topicSettings({ partitions }));
  for (const topic of TOPIC_NAMES) {
    for (let partition = 0; partition < PARTITIONS; partition++) {
      const records = log.records(topic, partition);
      for (let at = 0; at < records.length; at += 7) {
        await file.publish([{ topic, partition, records: records.slice(at, at + 7) }]);
      }
    }
  }
}

/** Adds so many records that are no messages, which break a rule. */
export async function addGarbage(path: string, count: number): Promise<void> {
  await using file = await openEventLog({ kind: "embedded", path }, { create: false });
  const records = Array.from({ length: count }, () => ({ key: "MSFT", value: "{" }));
  await file.publish([{ topic: "market-data", partition: 0, records }]);
}
