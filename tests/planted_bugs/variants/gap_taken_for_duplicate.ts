/**
 * A gap in a sequence taken for a duplicate: the engine takes whatever is above its mark, so that what
 * fills a gap is below it. Gaps come about because the gateway goes on while a rejected publish is
 * tried again; it commits nothing until that has gone out.
 *
 * @module
 */

import type { Clock } from "../../../actors/runtime/clock.ts";
import {
  type EventLog,
  EventLogError,
  PublishError,
  type RecordBatch,
} from "../../../kafka/event_log.ts";
import type { PlantedBug } from "../planted_bug.ts";
import { over } from "../support/over.ts";
import { withLog } from "../support/planted_roles.ts";
import { resequenced } from "../support/resequenced.ts";
import { withMember } from "../support/with_records.ts";

/** Orders that were overtaken are never executed. */
export const gapTakenForDuplicate: PlantedBug = {
  id: "gap_taken_for_duplicate",
  what: "a gap in a sequence taken for a duplicate",
  host: withLog((log, { role, clock }) => {
    if (role === "order-gateway") return overtaking(log, clock);
    if (role !== "trading-engine") return log;
    return resequenced(log, "orders", (sequence, mark) => sequence >= mark);
  }),
};

/** How long it waits before it tries again, doubled each time up to the other. */
const BACKOFF_MS = { first: 20, most: 1_000 } as const;

/** Tries again beside what comes later; offsets and snapshots wait until nothing is open. */
function overtaking(log: EventLog, clock: Clock): EventLog {
  const open = new Set<Promise<void>>();
  const publishing = over(log, {
    publish: async (batches) => {
      const isSnapshot = batches.some(({ topic }) => topic === "snapshots");
      while (isSnapshot && open.size > 0) await Promise.all(open);
      try {
        return await log.publish(batches);
      } catch (error) {
        if (!(error instanceof PublishError)) throw error;
        const again = publishSomeTime(log, error.rejected, clock);
        open.add(again);
        again.then(() => open.delete(again));
        return error.published;
      }
    },
  });
  return withMember(publishing, (member) =>
    over(member, {
      commit: async (offsets) => {
        if (open.size > 0) {
          const why = "Cannot commit offsets: something below them is not acknowledged";
          throw new EventLogError("publish-failed", why, { retriable: true });
        }
        await member.commit(offsets);
      },
    }));
}

async function publishSomeTime(
  log: EventLog,
  batches: readonly RecordBatch[],
  clock: Clock,
): Promise<void> {
  let waiting = batches;
  for (let ms: number = BACKOFF_MS.first;; ms = Math.min(2 * ms, BACKOFF_MS.most)) {
    await clock.sleep(ms);
    try {
      await log.publish(waiting);
      return;
    } catch (error) {
      if (!(error instanceof PublishError)) throw error;
      waiting = error.rejected;
    }
  }
}
