/**
 * Where a step's records went, as an actor tells it.
 *
 * @module
 */

import type { PublishedBatch } from "../../kafka/event_log.ts";
import type { ActorStep } from "../runtime/actor.ts";

/** The places of what was published. */
export function writtenPlaces(published: readonly PublishedBatch[]): ActorStep["wrote"] {
  return published.map(({ topic, partition, baseOffset: offset, count }) => ({
    topic,
    partition,
    offset,
    count,
  }));
}
