/**
 * Ending what works on a log in order, and at once when the log is away: what waits for it would
 * otherwise wait on, and with it whoever wants the process to end.
 *
 * @module
 */

import type { EventLog } from "../../kafka/event_log.ts";
import type { Supervisor } from "../runtime/supervisor.ts";
import { FloorFailedError } from "./floor_failed_error.ts";
import { type LogReach, secondsOf, STOP_PATIENCE_MS } from "./log_reach.ts";

/** What is given up when there is no orderly end. */
export interface Endable {
  readonly log: Pick<EventLog, "close">;
  readonly root: Pick<Supervisor, "terminate">;
  /** Null: the log is always within reach. */
  readonly reach: Pick<LogReach, "lost"> | null;
}

/**
 * Runs `end`, which stops the actors and closes the log. When the log has been out of reach for
 * {@link STOP_PATIENCE_MS} meanwhile, the actors' threads are ended and the log is closed under
 * whatever waits for it.
 *
 * @throws {FloorFailedError} when it came to that
 */
export async function endInOrder(
  { log, root, reach }: Endable,
  end: () => Promise<void>,
): Promise<void> {
  if (reach === null) return await end();
  const over = new AbortController();
  const ending = end();
  try {
    const loss = await Promise.race([
      ending.then(() => null),
      reach.lost(STOP_PATIENCE_MS, over.signal),
    ]);
    if (loss === null) return await ending;
    root.terminate();
    // What fails by it has been given up.
    await Promise.allSettled([log.close(), ending]);
    throw new FloorFailedError(
      `Cannot stop in order: the log has been out of reach for ${secondsOf(loss)}: ${loss.why}; ` +
        `what was acknowledged is in it, and the run can be gone on with when it is back`,
    );
  } finally {
    over.abort();
  }
}
