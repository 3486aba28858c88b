/**
 * What instances and partitions given on the command line may make impossible of a script.
 *
 * @module
 */

import { type FaultStage, partitionsOf, unmetNeeds } from "./faults/fault_needs.ts";
import { faultId } from "./faults/planned_fault.ts";
import { type ActorGroup, parseInstance } from "./scenario_events.ts";
import type { CheckedDefinition } from "./scenario_schema.ts";
import { peakRateOf } from "./session_pace.ts";
import { keepsAuditLog, type SessionPlan } from "./session_plan.ts";

/** Groups without which no order is ever answered or filled. */
const NEEDED_GROUPS = [
  ["order-gateway", "nobody opens accounts or answers orders without one"],
  ["trading-engine", "nobody matches orders or closes cancels without one"],
  ["order-command-producer", "nobody sends the orders of the phases without one"],
] as const satisfies readonly (readonly [ActorGroup, string])[];

/** What of a plan cannot be played; none when all fits. */
export function planProblems(plan: SessionPlan, definition: CheckedDefinition): readonly string[] {
  return [...instanceProblems(plan), ...faultProblems(plan, definition)];
}

/** Instances given by script or command line may not fit. */
function instanceProblems(plan: SessionPlan): readonly string[] {
  const problems: string[] = [];
  const { instances, symbols } = plan;
  const isSilent = plan.phases.every((phase) => peakRateOf(phase) === 0);
  for (const [group, reason] of NEEDED_GROUPS) {
    if (instances[group] > 0 || (isSilent && group === "order-command-producer")) continue;
    problems.push(`${group}: 0 instances: must be at least 1: ${reason}`);
  }
  const wantsAudit = plan.invariants !== "all" && plan.invariants.includes("audit-log-complete");
  if (wantsAudit && !keepsAuditLog(plan)) {
    problems.push("audit-logger: 0 instances: invariants name audit-log-complete, which needs one");
  }
  if (instances["market-data-producer"] > symbols.length) {
    problems.push(
      `market-data-producer: ${instances["market-data-producer"]} instances: must be at most one ` +
        `a symbol, of which there are ${symbols.length}`,
    );
  }
  for (const { verb, whom } of plan.events) {
    const instance = parseInstance(whom);
    if (verb === "join" || instance === null) continue;
    if (
      NEEDED_GROUPS.some(([group]) => group === instance.group) && instances[instance.group] === 0
    ) {
      continue; // said already
    }
    const possible = possibleInstances(plan, instance.group);
    if (instance.number < possible) continue;
    problems.push(
      `--instances: the script lets ${whom} ${verb}, so ${instance.group} must be at least ` +
        `${instance.number + 1}`,
    );
  }
  return problems;
}

/** Instances that a group starts with, and those that join it by the script. */
function possibleInstances({ instances, events }: SessionPlan, group: ActorGroup): number {
  return instances[group] +
    events.filter(({ verb, whom }) => verb === "join" && whom === group).length;
}

/** Instances and partitions given by script or command line may leave a fault without its target. */
function* faultProblems(
  plan: SessionPlan,
  { faults }: CheckedDefinition,
): Generator<string> {
  const stage: FaultStage = {
    instances: (group) => possibleInstances(plan, group),
    partitions: (topic) => partitionsOf(topic, plan.partitions),
  };
  for (const [i, fault] of faults.entries()) {
    for (const { of, name, atLeast, text } of unmetNeeds(fault, stage)) {
      if (
        of === "instances" &&
        NEEDED_GROUPS.some(([group]) => group === name && plan.instances[group] === 0)
      ) {
        continue; // said already
      }
      yield `--${of}: ${faultId(i)} is for ${text}, so ${name} must be at least ${atLeast}`;
    }
  }
}
