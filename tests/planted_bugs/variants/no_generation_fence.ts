/**
 * No generation fence: the offset of a member that the group has left behind is committed all the same.
 *
 * @module
 */

import {
  EventLogError,
  type GroupMember,
  type TopicPartition,
  type TopicPartitionOffset,
} from "../../../kafka/event_log.ts";
import type { HostDecorator, PlantedBug } from "../planted_bug.ts";
import { over } from "../support/over.ts";
import { withLog } from "../support/planted_roles.ts";
import { withMember } from "../support/with_records.ts";

/** What a member says that no longer owns a partition takes the group back behind its owner. */
export const noGenerationFence: PlantedBug = {
  id: "no_generation_fence",
  what: "no generation fence",
  host: (host) => unfenced([])(host),
};

/** `members` holds all that ever joined; whoever owns a partition now lends its name to a commit. */
function unfenced(members: GroupMember[]): HostDecorator {
  return withLog((log) =>
    withMember(log, (member) => {
      members.push(member);
      return over(member, {
        commit: async (offsets) => {
          try {
            await member.commit(offsets);
          } catch (error) {
            if (!(error instanceof EventLogError) || error.code !== "fenced-generation") {
              throw error;
            }
            for (const offset of offsets) commitAnyway(member, offset, members);
          }
        },
      });
    })
  );
}

function commitAnyway(
  stale: GroupMember,
  offset: TopicPartitionOffset,
  members: readonly GroupMember[],
): void {
  const owner = members.findLast((each) =>
    each !== stale && each.group === stale.group &&
    each.assignment.some((place) => samePlace(place, offset))
  );
  // Nobody waits for it: an owner that has ended meanwhile never answers.
  owner?.commit([offset]).catch(() => {});
}

function samePlace(a: TopicPartition, b: TopicPartition): boolean {
  return a.topic === b.topic && a.partition === b.partition;
}
