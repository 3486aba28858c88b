/**
 * Which faults are faults of the log as actors meet it, and in what words the actors' logs take them.
 *
 * @module
 */

import type { FaultPlace, LogFault } from "../../kafka/fault_injection/log_fault.ts";
import { type FaultTarget, targetOf } from "./fault_targets.ts";
import type { PlannedFault } from "./planned_fault.ts";

/** The log's own words for a fault; null for one that is none of the log. */
export function logFaultOf(fault: PlannedFault, id: string): LogFault | null {
  const { trigger, verb, forMs = 0, byMs = 0, times = 1, records = 1 } = fault;
  const target = targetOf(fault.target);
  const where = placeOf(target);
  const terms = { id, ...(where === null ? {} : { where }) };
  switch (verb) {
    case "crash": {
      if (trigger.kind !== "call") return null;
      const { call: operation, moment, nth } = trigger;
      return { id, kind: "crash", operation, moment, skip: nth - 1, times: 1 };
    }
    case "slow":
    case "delay":
      return { ...terms, kind: "slow", byMs };
    case "stall":
      // Waits end with the fault, so a wait of its whole length is one until its end.
      return { ...terms, kind: "slow", byMs: forMs };
    case "cut":
      return { ...terms, kind: "unavailable" };
    case "fillDisk":
      return { ...terms, kind: "full" };
    case "delayAck":
      return { ...terms, kind: "late-acknowledgement", byMs };
    case "loseAck":
      return { ...terms, kind: "lost-acknowledgement", times };
    case "duplicate":
      return { ...terms, ...whereServed(target), kind: "duplicate-delivery", times };
    case "redeliver":
      return { ...terms, ...whereServed(target), kind: "redelivery", records, times: 1 };
    case "jumpClock":
      return { ...terms, kind: "clock-jump", byMs };
    default:
      return null;
  }
}

/** The part of the log that a target names as such; null for actors, and for all of the log. */
function placeOf(target: FaultTarget): FaultPlace | null {
  switch (target.kind) {
    case "topic":
      return { topic: target.topic };
    case "partition":
      return { topic: target.topic, partition: target.partition };
    default:
      return null;
  }
}

/** Whoever serves a partition reads that partition again, and no other. */
function whereServed(target: FaultTarget): { readonly where?: FaultPlace } {
  if (target.kind !== "server") return {};
  return { where: { topic: target.topic, partition: target.partition } };
}

/** Whether actors' logs must be able to take faults for a plan's faults to take place. */
export function wantsInjection(faults: readonly PlannedFault[]): boolean {
  return faults.some((fault) => logFaultOf(fault, "") !== null);
}
