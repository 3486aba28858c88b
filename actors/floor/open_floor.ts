/**
 * Opening a floor: its topics exist, and every partition that is folded begins with the floor's
 * parameters. Opening again, after a crash or by another process, finds them and compares.
 *
 * @module
 */

import type { EventLog, TopicPartition } from "../../kafka/event_log.ts";
import {
  decodeRecord,
  encodeMessage,
  type FloorOpened,
  type FloorParameters,
} from "../../kafka/messages/mod.ts";
import { topicSettings } from "../../kafka/topics.ts";
import { publishUntilAcknowledged } from "../log_access/publish_until_acknowledged.ts";
import { readRange } from "../log_access/read_range.ts";
import type { Clock } from "../runtime/clock.ts";
import { FOLDED_TOPICS } from "../topology.ts";
import { differenceOf, FloorParametersError } from "./floor_parameters.ts";

/**
 * Makes the log ready for actors.
 *
 * @throws {FloorParametersError} when the log belongs to a floor with other parameters; the first
 * difference is named
 * @throws {EventLogError} `topic-drift` when a topic exists with other settings
 */
export async function openFloor(
  log: EventLog,
  parameters: FloorParameters,
  { clock }: { readonly clock: Clock },
): Promise<void> {
  await log.createTopics(topicSettings({ partitions: parameters.partitions }));
  for (const topic of FOLDED_TOPICS) {
    const partitions = await log.partitionCount(topic);
    for (let partition = 0; partition < partitions; partition++) {
      await openPartition(log, { topic, partition }, parameters, clock);
    }
  }
}

/** The parameters that a log's floor was opened with, or null when there is none in it. */
export async function readFloorParameters(log: EventLog): Promise<FloorParameters | null> {
  const [topic] = FOLDED_TOPICS;
  if ((await log.describeTopics([topic])).length === 0) return null;
  return await firstParameters(log, { topic, partition: 0 });
}

async function openPartition(
  log: EventLog,
  source: TopicPartition,
  parameters: FloorParameters,
  clock: Clock,
): Promise<void> {
  const found = await firstParameters(log, source);
  if (found === null) {
    const timestamp = Math.floor(clock.now());
    const message: FloorOpened = {
      type: "floor-opened",
      id: `floor-opened/${source.topic}/${source.partition}`,
      correlationId: "floor",
      timestamp,
      parameters,
    };
    const record = { key: null, value: encodeMessage(message), timestamp };
    await publishUntilAcknowledged(log, [{ ...source, records: [record] }], { clock });
    return;
  }
  const difference = differenceOf(found, parameters);
  if (difference !== null) {
    throw new FloorParametersError(
      `Cannot open the floor: ${source.topic}/${source.partition} was opened with ${difference}`,
    );
  }
}

async function firstParameters(
  log: EventLog,
  source: TopicPartition,
): Promise<FloorParameters | null> {
  for await (const record of readRange(log, source, { from: 0, to: 1 })) {
    // Every folded topic takes the same opening message.
    const decoded = decodeRecord("orders", record);
    if (decoded.ok && decoded.message.type === "floor-opened") return decoded.message.parameters;
    throw new FloorParametersError(
      `Cannot open the floor: the first record of ${source.topic}/${source.partition} is no opening`,
    );
  }
  return null;
}
