/**
 * Where a record stands, and how that is written.
 *
 * @module
 */

import type { TopicPartition, TopicPartitionOffset } from "../../kafka/event_log.ts";
import { TOPIC_NAMES, type TopicName } from "../../kafka/topics.ts";

/** The place of a record of a run. */
export interface RecordPlace extends TopicPartitionOffset {
  /** A topic of the floor. */
  readonly topic: TopicName;
}

/** A place as people write it: `order-commands/3/117`. */
export function formatPlace({ topic, partition, offset }: TopicPartitionOffset): string {
  return `${topic}/${partition}/${offset}`;
}

/** A partition as people write it: `order-commands/3`. */
export function formatPartition({ topic, partition }: TopicPartition): string {
  return `${topic}/${partition}`;
}

/** Whether two places are the same one. */
export function isSamePlace(one: TopicPartitionOffset, other: TopicPartitionOffset): boolean {
  return one.offset === other.offset && one.partition === other.partition &&
    one.topic === other.topic;
}

const PLACE = /^([a-z-]+)\/(\d{1,9})\/(\d{1,15})$/;

/**
 * The place that a text writes, or null when it writes none.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { formatPlace, parsePlace } from "./record_place.ts";
 * const place = { topic: "order-commands", partition: 3, offset: 117 } as const;
 * assert.deepEqual(parsePlace(formatPlace(place)), place);
 * assert.equal(parsePlace("order-comands/3/117"), null);
 * ```
 */
export function parsePlace(text: string): RecordPlace | null {
  const match = PLACE.exec(text);
  const topic = TOPIC_NAMES.find((name) => name === match?.[1]);
  if (match === null || topic === undefined) return null;
  return { topic, partition: Number(match[2]), offset: Number(match[3]) };
}
