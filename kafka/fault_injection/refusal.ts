/**
 * How a log that is out of reach refuses.
 *
 * @module
 */

import { EventLogError } from "../event_log.ts";

/** A call that is refused takes so long: who tries again at once must not stop the time. */
export const REFUSAL_MS = 1;

/** Whether the log can be reached again is a matter of time. */
export function unavailable(action: string): EventLogError {
  const message = `Cannot ${action}: the log is out of reach`;
  return new EventLogError("log-unavailable", message, { retriable: true });
}
