/**
 * Offsets committed before outputs are acknowledged: the gateway commits what it has been given before
 * it works it off.
 *
 * @module
 */

import { EventLogError, type GroupMember } from "../../../kafka/event_log.ts";
import type { PlantedBug } from "../planted_bug.ts";
import { over } from "../support/over.ts";
import { withLog } from "../support/planted_roles.ts";
import { withMember } from "../support/with_records.ts";

/** A crash after the commit loses what followed from the records below it. */
export const commitBeforeAcknowledgement: PlantedBug = {
  id: "commit_before_acknowledgement",
  what: "offsets committed before outputs are acknowledged",
  host: withLog((log, { role }) =>
    role === "order-gateway" ? withMember(log, committingAtOnce) : log
  ),
};

function committingAtOnce(member: GroupMember): GroupMember {
  return over(member, {
    poll: async (options) => {
      const polled = await member.poll(options);
      if (polled.kind === "assignment" || polled.batches.length === 0) return polled;
      await unlessFenced(member.commit(
        polled.batches.map(({ topic, partition, nextOffset: offset }) => ({
          topic,
          partition,
          offset,
        })),
      ));
      return polled;
    },
  });
}

async function unlessFenced(commit: Promise<void>): Promise<void> {
  try {
    await commit;
  } catch (error) {
    // Refused as it would be later; the consumer's own commit will tell.
    if (!(error instanceof EventLogError)) throw error;
  }
}
