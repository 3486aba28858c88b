/**
 * The entry module of a consumer's Web Worker.
 *
 * @module
 */

import { type EventLogConfig, openEventLog } from "../../kafka/open_event_log.ts";
import { systemClock } from "../runtime/clock.ts";
import { hostActor } from "../runtime/worker_host.ts";
import { type ConsumerSettings, createConsumerActor } from "./consumer_actor.ts";

/** What a consumer's worker is told. Plain data. */
export interface ConsumerWorkerOptions extends ConsumerSettings {
  readonly log: EventLogConfig;
}

hostActor<ConsumerWorkerOptions>(async (start) => {
  // The floor has made the log: one that is missing was taken away, and must not be begun anew.
  const log = await openEventLog(configFor(start.role, start.options.log), { create: false });
  return await createConsumerActor(start, { log, clock: systemClock, close: () => log.close() });
});

/** Nobody waits for the audit logger, so it does the upkeep of a log in a file for all. */
function configFor(role: string, config: EventLogConfig): EventLogConfig {
  if (config.kind !== "embedded") return config;
  return { ...config, background: role === "audit-logger" };
}
