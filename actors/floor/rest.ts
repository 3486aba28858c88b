/**
 * Whether a floor has come to rest: offsets alone do not tell, since a group whose members have not
 * joined has no lag, and one whose instance is just coming back is not there to finish its work.
 *
 * @module
 */

import { type EventLog, EventLogError } from "../../kafka/event_log.ts";
import type { PartitionCounts } from "../fold/partition_fold.ts";
import type { Clock } from "../runtime/clock.ts";
import { type ConsumerRole, TOPOLOGY } from "../topology.ts";

/** Whether the instances of a role, by what each serves (`topic/partition`), serve all there is. */
export function servesAll(
  role: ConsumerRole,
  served: readonly (readonly string[])[],
  partitions: PartitionCounts,
): boolean {
  const all = new Set(served.flat());
  return TOPOLOGY[role].reads.every((topic) =>
    Array.from({ length: partitions[topic] }, (_, partition) => `${topic}/${partition}`)
      .every((name) => all.has(name))
  );
}

/** How long a floor that stops waits for its audit logger to take its clients' last words. */
export const LAST_WORDS_MS = 2_000;

/** How often it looks. */
const LOOK_EVERY_MS = 5;

/**
 * Resolves when the audit logger has committed everything, or after {@link LAST_WORDS_MS}: a floor that
 * is stopped in the middle of things, or while its log is away, has an audit log that ends there.
 */
export async function lastWordsAudited(
  log: EventLog,
  { clock, gaveUp }: { readonly clock: Clock; readonly gaveUp: () => boolean },
): Promise<void> {
  const over = new AbortController();
  const audited = async () => {
    while (!over.signal.aborted && !gaveUp() && !await isAudited(log)) {
      await clock.sleep(LOOK_EVERY_MS, over.signal);
    }
  };
  const looking = audited();
  // A look that the log answers only after the wait is over is nobody's any more.
  looking.catch(() => {});
  await Promise.race([looking, clock.sleep(LAST_WORDS_MS, over.signal)]);
  over.abort();
}

async function isAudited(log: EventLog): Promise<boolean> {
  try {
    return (await log.lag("audit-logger")).every(({ lag }) => lag === 0);
  } catch (error) {
    // A log that cannot be read has nothing to wait for; whoever needs it says so.
    if (error instanceof EventLogError) return !error.retriable;
    throw error;
  }
}
