/**
 * How a fault of the log that has had an effect is told, whatever hosts the actor.
 *
 * @module
 */

import type { LogFault } from "../../kafka/fault_injection/log_fault.ts";
import type { RuntimeEventBody } from "../runtime/runtime_events.ts";

/** What is told when a fault has an effect for the first time. */
export function firedEvent({ id, kind }: LogFault): RuntimeEventBody {
  return { kind: "fault", fault: id, what: kind };
}
