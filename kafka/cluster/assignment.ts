/**
 * Who gets which partition of a group: what its leader decides, from what the members say.
 *
 * @module
 */

import { assignPartitions } from "../group_assignment.ts";
import type { Subscription } from "./consumer_protocol.ts";
import type { ClientPartition } from "./kafka_client.ts";

/** A member as the leader sees it. */
export interface Subscriber extends Omit<Subscription, "instanceId"> {
  readonly memberId: string;
  /** Unique within the group; unlike `memberId` it is the same after a restart. */
  readonly instanceId: string;
}

/**
 * The partitions of each member, by member id, by the rules of the embedded log: every partition goes
 * to one that subscribes to its topic, as evenly as may be, and moving as few as may be. Equal input
 * gives equal output, whatever ids the group gave the members.
 *
 * @param partitionCounts of each topic; one without is left out
 */
export function sharePartitions(
  members: readonly Subscriber[],
  partitionCounts: ReadonlyMap<string, number>,
): ReadonlyMap<string, readonly ClientPartition[]> {
  const owners = ownersOf(members);
  const partitions = [...partitionCounts].flatMap(([topic, count]) =>
    Array.from({ length: count }, (_, partition) => {
      const owner = owners.get(`${topic}/${partition}`)?.instanceId ?? null;
      return { topic, partition, owner };
    })
  );
  const shared = assignPartitions(
    members.map(({ instanceId, topics }) => ({ memberId: instanceId, topics })),
    partitions,
  );
  return new Map(members.map(({ memberId, instanceId }) => [
    memberId,
    shared
      .filter(({ owner }) => owner === instanceId)
      .map(({ topic, partition }) => ({ topic, partition })),
  ]));
}

/** Of several that say they own a partition, the one that says so of the latest generation. */
function ownersOf(members: readonly Subscriber[]): ReadonlyMap<string, Subscriber> {
  const owners = new Map<string, Subscriber>();
  for (const member of [...members].sort((a, b) => (a.instanceId < b.instanceId ? -1 : 1))) {
    for (const { topic, partition } of member.owned) {
      const name = `${topic}/${partition}`;
      const other = owners.get(name);
      if (other === undefined || other.generation < member.generation) owners.set(name, member);
    }
  }
  return owners;
}
