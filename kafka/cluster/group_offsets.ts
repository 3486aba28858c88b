/**
 * The committed offsets of a member's group.
 *
 * @module
 */

import { EventLogError, type TopicPartitionOffset } from "../event_log.ts";
import { OUTAGE_PATIENCE_MS } from "./cluster_settings.ts";
import type { GroupCoordinator } from "./group_coordinator.ts";
import type { ClientPartition } from "./kafka_client.ts";
import { placeName } from "./group_standing.ts";
import { patiently } from "./patience.ts";

/** The committed offset of each place, in their order; 0 where there is none. */
export async function committedOffsets(
  places: readonly ClientPartition[],
  from: {
    readonly group: string;
    readonly coordinator: GroupCoordinator;
    readonly signal: AbortSignal;
  },
): Promise<readonly number[]> {
  if (places.length === 0) return [];
  const { group, coordinator, signal } = from;
  const found = await patiently(
    () => coordinator.ask((client, node) => client.fetchOffsets(node, group, places)),
    { forMs: OUTAGE_PATIENCE_MS, signal },
  );
  const offsets = new Map(found.map((each) => [placeName(each), each.offset]));
  return places.map((place) => Math.max(0, offsets.get(placeName(place)) ?? 0));
}

/** @throws {EventLogError} `offset-out-of-range` */
export function checkOffsets(places: readonly TopicPartitionOffset[]): void {
  for (const { topic, partition, offset } of places) {
    if (Number.isSafeInteger(offset) && offset >= 0) continue;
    throw new EventLogError(
      "offset-out-of-range",
      `Cannot commit ${offset} of "${topic}"/${partition}: an offset is a whole number from 0`,
    );
  }
}
