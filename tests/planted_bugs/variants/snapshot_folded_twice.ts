/**
 * A snapshot ahead of the committed offset folded twice: the state is restored, and then the records from
 * the committed offset on are folded into it, whatever it holds already.
 *
 * @module
 */

import type { PlantedBug } from "../planted_bug.ts";
import { over } from "../support/over.ts";
import { withLog } from "../support/planted_roles.ts";
import { withSnapshotHeads } from "../support/rewritten_snapshots.ts";
import { withMember } from "../support/with_records.ts";

/** Clients' commands between the two are answered a second time. */
export const snapshotFoldedTwice: PlantedBug = {
  id: "snapshot_folded_twice",
  what: "a snapshot ahead of the committed offset folded twice",
  host: withLog((log, { role }) => {
    if (role !== "order-gateway") return log;
    const committed = new Map<number, number>();
    const noting = withMember(log, (member) =>
      over(member, {
        committed: async () => {
          const places = await member.committed();
          for (const { partition, offset } of places) committed.set(partition, offset);
          return places;
        },
      }));
    return withSnapshotHeads(noting, role, (head, { partition }) => ({
      ...head,
      nextOffset: Math.min(head.nextOffset, committed.get(partition) ?? head.nextOffset),
    }));
  }),
};
