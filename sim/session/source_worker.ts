/**
 * The entry module of a producer's, or the meter's, Web Worker.
 *
 * @module
 */

import { punctualClock } from "../../actors/runtime/clock.ts";
import { hostActor } from "../../actors/runtime/worker_host.ts";
import { type EventLogConfig, openEventLog } from "../../kafka/open_event_log.ts";
import { createSource, type SourceOptions } from "./source_factory.ts";

hostActor<SourceOptions & { readonly log: EventLogConfig }>(async (start) => {
  const log = await openEventLog(start.options.log, { create: false });
  // The worker ends with its actor, and the connection with the worker.
  return await createSource(start, { log, clock: punctualClock });
});
