/**
 * Partitions grouped by topic, as requests have them.
 *
 * @module
 */

import type { ClientPartition } from "./kafka_client.ts";

/** One entry a topic, in the order in which topics and partitions come. */
export function byTopic<From extends ClientPartition, To>(
  places: readonly From[],
  entryOf: (place: From) => To,
): { topic: string; partitions: To[] }[] {
  const topics = new Map<string, To[]>();
  for (const place of places) {
    const partitions = topics.get(place.topic);
    if (partitions === undefined) topics.set(place.topic, [entryOf(place)]);
    else partitions.push(entryOf(place));
  }
  return [...topics].map(([topic, partitions]) => ({ topic, partitions }));
}
