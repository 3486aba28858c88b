/**
 * From the faults of a scenario to those of a plan: times are counted from the session's start and
 * scaled, and what the seed draws is drawn.
 *
 * @module
 */

import { seededRandom } from "../../actors/seeded_random.ts";
import type { TopicName } from "../../kafka/topics.ts";
import type { PlannedPhase } from "../session_plan.ts";
import { type ScenarioFault, verbOfFault } from "./fault_schema.ts";
import { targetOf } from "./fault_targets.ts";
import { type FaultVerb, verbRow } from "./fault_verbs.ts";
import type { PlannedFault, PlannedTrigger } from "./planned_fault.ts";

/** What faults are planned by. */
export interface FaultPlanning {
  readonly seed: number;
  readonly phases: readonly PlannedPhase[];
  /** How much longer the session is than its script says. */
  readonly timeFactor: number;
  readonly partitions: (topic: TopicName) => number;
}

/** The faults in the script's order. Each draws from a stream of its own, so none moves another. */
export function planFaults(
  faults: readonly ScenarioFault[],
  planning: FaultPlanning,
): PlannedFault[] {
  return faults.map((fault, index) => planFault(fault, index, planning));
}

function planFault(
  fault: ScenarioFault,
  index: number,
  planning: FaultPlanning,
): PlannedFault {
  const { verb, target } = verbOfFault(fault);
  const { times, records } = fault;
  return {
    trigger: planTrigger(fault, index, planning),
    verb,
    target: isOfOnePartition(verb) ? drawPartition(target, index, planning) : target,
    ...(fault.for === undefined
      ? {}
      : { forMs: Math.max(1, Math.round(fault.for * planning.timeFactor)) }),
    ...(fault.by === undefined ? {} : { byMs: wholeAndNotZero(fault.by) }),
    ...(times === undefined ? {} : { times }),
    ...(records === undefined ? {} : { records }),
  };
}

function wholeAndNotZero(ms: number): number {
  return Math.round(ms) || Math.sign(ms);
}

function planTrigger(
  { at, after, when }: ScenarioFault,
  index: number,
  { seed, phases, timeFactor }: FaultPlanning,
): PlannedTrigger {
  if (after !== undefined) return { kind: "count", ...after };
  if (when !== undefined) {
    if ("call" in when) return { kind: "call", ...when, nth: when.nth ?? 1 };
    const { event, actor, nth = 1 } = when;
    return { kind: "event", event, ...(actor === undefined ? {} : { actor }), nth };
  }
  const time = (ms: number): PlannedTrigger => ({ kind: "time", atMs: Math.round(ms) });
  if (at === undefined) {
    throw new Error("Cannot plan a fault: its schema lets none be without time");
  }
  if (typeof at === "number") return time(at * timeFactor);
  if ("between" in at) {
    const [from, to] = at.between;
    return time((from + drawOf(seed, index, "time")() * (to - from)) * timeFactor);
  }
  // A phase's start has been scaled with the phases already; that it is there has been checked.
  return time(phases.find(({ name }) => name === at.phase)!.startsAtMs + at.plus * timeFactor);
}

function isOfOnePartition(verb: FaultVerb): boolean {
  const { befalls } = verbRow(verb);
  return befalls === "partitions" || befalls === "folded partitions";
}

/** A partition of the topic, where one is not named. */
function drawPartition(
  text: string,
  index: number,
  { seed, partitions }: FaultPlanning,
): string {
  const target = targetOf(text);
  if (target.kind !== "topic") return text;
  const drawn = Math.floor(drawOf(seed, index, "partition")() * partitions(target.topic));
  return `${target.topic}/${drawn}`;
}

function drawOf(seed: number, index: number, what: string) {
  return seededRandom(seed, "faults", index, what);
}
