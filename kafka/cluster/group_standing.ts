/**
 * What a member of a group has, and how that differs from what it had.
 *
 * @module
 */

import type { TopicPartition } from "../event_log.ts";
import type { ClientPartition } from "./kafka_client.ts";

/** A partition that the member has had without a break since it got it. */
export interface HeldPartition extends ClientPartition {
  /** Another one each time that the member gets it. */
  readonly acquisition: number;
  /** The committed offset when it got it; null where nothing was committed, or not known yet. */
  committed: number | null;
}

/** What the member has: an object of its own for every change. */
export interface Standing {
  readonly generation: number;
  readonly held: readonly HeldPartition[];
}

/**
 * What it has in a generation. What it had one generation before it has had ever since; in one that
 * it missed, others may have had it and gone on with it.
 *
 * @param acquire gives the next number
 */
export function nextStanding(
  before: Standing | null,
  generation: number,
  partitions: readonly ClientPartition[],
  acquire: () => number,
): Standing {
  const unbroken = before !== null &&
    (generation === before.generation || generation === before.generation + 1);
  const kept = new Map((unbroken ? before.held : []).map((each) => [placeName(each), each]));
  const held = partitions.map((place) =>
    kept.get(placeName(place)) ?? { ...place, acquisition: acquire(), committed: null }
  );
  return { generation, held };
}

/** What has been got and lost. What was lost and got again meanwhile is both. */
export function changeBetween(
  before: Standing,
  next: Standing,
): { readonly assigned: readonly HeldPartition[]; readonly revoked: readonly HeldPartition[] } {
  return { assigned: without(next, before), revoked: without(before, next) };
}

function without({ held }: Standing, other: Standing): readonly HeldPartition[] {
  const acquisitions = new Set(other.held.map(({ acquisition }) => acquisition));
  return held.filter(({ acquisition }) => !acquisitions.has(acquisition));
}

/** What a partition is known by within a group. */
export function placeName({ topic, partition }: TopicPartition): string {
  return `${topic}/${partition}`;
}
