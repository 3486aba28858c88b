/**
 * Where the derived messages of a topic may come from.
 *
 * @module
 */

import type { TopicName } from "../../kafka/topics.ts";
import { CONSUMER_ROLES, TOPOLOGY } from "../topology.ts";
import type { PartitionCounts } from "./partition_fold.ts";

/**
 * The channels (`topic/partition`) by which the floor's folds write to `topic`: the partitions of what
 * a role reads that writes there. They are all there are: a fold that stands in no row of the topology
 * may read the floor's topics, but the floor's actors take no derived message from it.
 */
export function channelsInto(topic: TopicName, partitions: PartitionCounts): ReadonlySet<string> {
  const channels = new Set<string>();
  for (const role of CONSUMER_ROLES) {
    const { reads, writes }: {
      readonly reads: readonly TopicName[];
      readonly writes: readonly TopicName[];
    } = TOPOLOGY[role];
    if (!writes.includes(topic)) continue;
    for (const source of reads) {
      for (let partition = 0; partition < partitions[source]; partition++) {
        channels.add(`${source}/${partition}`);
      }
    }
  }
  return channels;
}
