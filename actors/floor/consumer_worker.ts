/**
 * The entry module of a consumer's Web Worker.
 *
 * @module
 */

import type { EventLogConfig } from "../../kafka/open_event_log.ts";
import { systemClock } from "../runtime/clock.ts";
import { hostActor } from "../runtime/worker_host.ts";
import { type ConsumerSettings, createConsumerActor } from "./consumer_actor.ts";
import { openSurroundings, type WorkerLogOptions } from "./worker_surroundings.ts";

/** What a consumer's worker is told. Plain data. */
export type ConsumerWorkerOptions = ConsumerSettings & WorkerLogOptions;

hostActor<ConsumerWorkerOptions>(async (start) => {
  const { options } = start;
  const log = configFor(start.role, options.log);
  const around = await openSurroundings({ ...start, options: { ...options, log } }, systemClock);
  return await createConsumerActor(start, { ...around, close: () => around.log.close() });
});

/** Nobody waits for the audit logger, so it does the upkeep of a log in a file for all. */
function configFor(role: string, config: EventLogConfig): EventLogConfig {
  if (config.kind !== "embedded") return config;
  return { ...config, background: role === "audit-logger" };
}
