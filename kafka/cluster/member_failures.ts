/**
 * What a member of a group says when it cannot do what its user wants.
 *
 * @module
 */

import { EventLogError } from "../event_log.ts";
import { OUTAGE_PATIENCE_MS } from "./cluster_settings.ts";
import type { Trouble } from "./group_session.ts";
import { KafkaClientError } from "./kafka_client.ts";

/** Whether the group knows another member by the same instance id. */
export function isReplaced(error: unknown): boolean {
  return error instanceof KafkaClientError && error.type === "FENCED_INSTANCE_ID";
}

/** Another member has the instance id. */
export function replaced(action: string, instanceId: string): EventLogError {
  return fenced(action, `another member has joined as "${instanceId}"`);
}

/** The group has gone on. */
export function fenced(action: string, state: string): EventLogError {
  return new EventLogError("fenced-generation", `Cannot ${action}: ${state}`);
}

/** @throws {EventLogError} `log-unavailable` when the trouble lasts longer than an outage may */
export function throwLastingTrouble(trouble: Trouble | null, action: string): void {
  if (trouble === null) return;
  const forMs = performance.now() - trouble.sinceMs;
  if (forMs < OUTAGE_PATIENCE_MS) return;
  throw new EventLogError(
    "log-unavailable",
    `Cannot ${action}: no answer for ${Math.floor(forMs / 1_000)} s: ${trouble.error.message}`,
    { retriable: true, cause: trouble.error },
  );
}
