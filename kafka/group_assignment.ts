/**
 * Who gets which partition: as evenly as may be, and moving as few as may be.
 *
 * @module
 */

import type { TopicPartition } from "./event_log.ts";

/** A member as the assignment sees it. */
export interface AssignableMember {
  readonly memberId: string;
  readonly topics: readonly string[];
}

/** A partition and who has it. */
export interface OwnedPartition extends TopicPartition {
  /** Null when nobody has had it, or its owner is gone. */
  readonly owner: string | null;
}

/**
 * The owners after a rebalance. An owner keeps what it has as far as balance permits; what is free
 * goes, in order of topic and partition, to the member with the fewest. Then partitions move from
 * who has most to who has fewest for as long as the two differ by more than one. Equal input gives
 * equal output. A partition that no member subscribes to has owner null.
 */
export function assignPartitions(
  members: readonly AssignableMember[],
  partitions: readonly OwnedPartition[],
): readonly OwnedPartition[] {
  const loads = members
    .map((member) => ({ ...member, owned: [] as OwnedPartition[] }))
    .sort((a, b) => (a.memberId < b.memberId ? -1 : 1));
  const unassigned: OwnedPartition[] = [];
  for (const partition of [...partitions].sort(byPlace)) {
    const owner = loads.find(({ memberId }) => memberId === partition.owner);
    if (owner?.topics.includes(partition.topic)) owner.owned.push(partition);
    else unassigned.push(partition);
  }
  const orphans = unassigned.filter((partition) => {
    const taker = least(loads.filter(({ topics }) => topics.includes(partition.topic)));
    taker?.owned.push({ ...partition, owner: taker.memberId });
    return taker === undefined;
  });
  while (moveOne(loads));
  return [
    ...loads.flatMap(({ owned }) => owned),
    ...orphans.map((partition) => ({ ...partition, owner: null })),
  ].sort(byPlace);
}

interface Load extends AssignableMember {
  readonly owned: OwnedPartition[];
}

function least(loads: readonly Load[]): Load | undefined {
  let found: Load | undefined;
  for (const load of loads) {
    if (found === undefined || load.owned.length < found.owned.length) found = load;
  }
  return found;
}

/** Moves the last partition that can go from the fullest member to the emptiest that takes it. */
function moveOne(loads: readonly Load[]): boolean {
  const fullestFirst = [...loads].sort((a, b) => b.owned.length - a.owned.length);
  for (const from of fullestFirst) {
    for (let i = from.owned.length - 1; i >= 0; i--) {
      const partition = from.owned[i]!;
      const to = least(loads.filter(({ topics }) => topics.includes(partition.topic)));
      if (to === undefined || from.owned.length - to.owned.length < 2) continue;
      from.owned.splice(i, 1);
      to.owned.push({ ...partition, owner: to.memberId });
      return true;
    }
  }
  return false;
}

function byPlace(a: TopicPartition, b: TopicPartition): number {
  if (a.topic !== b.topic) return a.topic < b.topic ? -1 : 1;
  return a.partition - b.partition;
}
