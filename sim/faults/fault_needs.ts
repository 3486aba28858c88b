/**
 * What a session must have for a fault to find its target: instances and partitions.
 *
 * @module
 */

import { type TopicName, TOPICS } from "../../kafka/topics.ts";
import { type ActorGroup, isActorGroup, parseInstance } from "../scenario_events.ts";
import { type ScenarioFault, verbOfFault } from "./fault_schema.ts";
import { targetOf } from "./fault_targets.ts";

/** Something that must be there: so many instances of a group, or so many partitions of a topic. */
export type FaultNeed =
  | {
    readonly of: "instances";
    readonly name: ActorGroup;
    readonly atLeast: number;
    readonly path: readonly string[];
    readonly text: string;
  }
  | {
    readonly of: "partitions";
    readonly name: TopicName;
    readonly atLeast: number;
    readonly path: readonly string[];
    readonly text: string;
  };

/** What a fault needs, each with where in the fault it is said. */
export function* needsOf(fault: ScenarioFault): Generator<FaultNeed> {
  const { verb, target: text } = verbOfFault(fault);
  const target = targetOf(text);
  const path = [verb];
  if (target.kind === "instance") yield* instanceNeeded(text, path);
  if (target.kind === "group" || target.kind === "server") {
    yield { of: "instances", name: target.group, atLeast: 1, path, text };
  }
  if (target.kind === "server" || target.kind === "partition") {
    const { topic, partition } = target;
    yield { of: "partitions", name: topic, atLeast: partition + 1, path, text };
  }
  const { when } = fault;
  if (when === undefined || !("event" in when) || when.actor === undefined) return;
  yield* instanceNeeded(when.actor, ["when", "actor"]);
}

function* instanceNeeded(text: string, path: readonly string[]): Generator<FaultNeed> {
  const instance = parseInstance(text);
  if (instance !== null) {
    const { group: name, number } = instance;
    yield { of: "instances", name, atLeast: number + 1, path, text };
  } else if (isActorGroup(text)) {
    yield { of: "instances", name: text, atLeast: 1, path, text };
  }
}

/** How much of a session's there is, those counted who join by script. */
export interface FaultStage {
  readonly instances: (group: ActorGroup) => number;
  readonly partitions: (topic: TopicName) => number;
}

/** The needs that a session does not meet, with how much there is. */
export function* unmetNeeds(
  fault: ScenarioFault,
  stage: FaultStage,
): Generator<FaultNeed & { readonly there: number }> {
  for (const need of needsOf(fault)) {
    const there = need.of === "instances"
      ? stage.instances(need.name)
      : stage.partitions(need.name);
    if (there < need.atLeast) yield { ...need, there };
  }
}

/** How many partitions a topic has, when so many are wanted of all topics or of some. */
export function partitionsOf(
  topic: TopicName,
  wanted: number | Readonly<Partial<Record<TopicName, number | undefined>>> | undefined,
): number {
  return (typeof wanted === "object" ? wanted[topic] : wanted) ?? TOPICS[topic].partitions;
}
