/**
 * What an actor in a worker works with: the log that it opens for itself, with what is to go wrong with
 * it, and the time.
 *
 * @module
 */

import type { EventLog } from "../../kafka/event_log.ts";
import { faultyLog } from "../../kafka/fault_injection/faulty_log.ts";
import { LogFaults } from "../../kafka/fault_injection/log_faults.ts";
import { type EventLogConfig, openEventLog } from "../../kafka/open_event_log.ts";
import type { ActorStart } from "../runtime/actor.ts";
import type { Clock } from "../runtime/clock.ts";
import { firedEvent } from "./fired_event.ts";

/** What the host adds to the options of an actor's worker. Plain data. */
export interface WorkerLogOptions {
  readonly log: EventLogConfig;
  /** Whether faults of the log can be injected. */
  readonly faultInjection: boolean;
}

/**
 * Opens the log of an actor in its worker.
 *
 * @throws {EventLogError} when it cannot be opened: the floor has made it, so one that is missing was
 * taken away, and must not be begun anew
 */
export async function openSurroundings(
  start: Pick<ActorStart<WorkerLogOptions>, "options" | "faults" | "tell">,
  clock: Clock,
): Promise<{ readonly log: EventLog; readonly clock: Clock }> {
  const { options: { log: config, faultInjection }, tell } = start;
  const log = await openEventLog(config, { create: false });
  if (!faultInjection) return { log, clock };
  const faults = new LogFaults();
  start.faults.take(faults);
  return {
    clock: { ...clock, claimed: (now) => faults.claimed(now) },
    log: faultyLog(log, { faults, clock, crash, onFired: (fault) => tell(firedEvent(fault)) }),
  };
}

/** Thrown outside any promise, an error ends the worker, as one does that nobody has thought of. */
function crash(why: string): void {
  queueMicrotask(() => {
    throw new Error(why);
  });
}
