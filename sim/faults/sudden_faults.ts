/**
 * Faults that are done as soon as they have happened: with actors, and by a stranger with the log.
 *
 * @module
 */

import type { Stranger } from "../../actors/faults/stranger.ts";
import type { Clock } from "../../actors/runtime/clock.ts";
import type { EventLog, TopicPartition } from "../../kafka/event_log.ts";
import { type ActorGroup, parseInstance } from "../scenario_events.ts";
import { TOPOLOGY } from "../../actors/topology.ts";
import { targetOf } from "./fault_targets.ts";
import type { FaultVerb } from "./fault_verbs.ts";
import {
  type ActorTarget,
  assignmentOf,
  type FaultyActor,
  type FaultyFloor,
  findActors,
  isActorTarget,
} from "./faulty_floor.ts";
import type { PlannedFault } from "./planned_fault.ts";
import { FLOOR } from "./told_outages.ts";

/** Does with the log what none of the floor's actors does. */
export type LogStranger = Pick<
  Stranger,
  "poison" | "poisonFold" | "loseSnapshot" | "tearSnapshot" | "rebalance"
>;

/** What sudden faults are done with. */
export interface SuddenParts {
  readonly floor: FaultyFloor;
  readonly log: Pick<EventLog, "partitionCount">;
  readonly stranger: LogStranger;
  readonly clock: Pick<Clock, "now" | "sleep">;
  /** Whether the actors run in the caller's thread. */
  readonly inOneThread: boolean;
}

/** Whom a fault befell, as runtime events name it. */
export interface Befallen {
  readonly actor: string;
  readonly incarnation: number;
}

/** Lets a fault happen. @returns whom it befell @throws {Error} saying why it did not happen */
export async function letHappen(
  fault: PlannedFault,
  parts: SuddenParts,
  signal: AbortSignal,
): Promise<readonly Befallen[]> {
  const target = targetOf(fault.target);
  const act = actOn(fault, parts);
  if (act !== null && isActorTarget(target)) {
    return await eachOf(await findActors(target, { ...parts, signal }), act);
  }
  if (isActorTarget(target)) await withSnapshots(fault.verb, target, { parts, signal });
  else if (target.kind === "partition") await withPartition(fault.verb, target, parts.stranger);
  else throw new Error(`it cannot befall ${fault.target}`);
  return [FLOOR];
}

/** What happens to an actor; null for what does not happen to one. */
function actOn(
  { verb, forMs = 0 }: PlannedFault,
  { inOneThread }: SuddenParts,
): ((actor: FaultyActor) => Promise<void>) | null {
  switch (verb) {
    case "crash":
      return (actor) => actor.crash("crashed by the script");
    case "terminate":
      return (actor) => Promise.resolve(actor.terminate("terminated by the script"));
    case "hang":
      return (actor) => actor.hang(forMs);
    case "zombie":
      return (actor) => actor.disown(forMs);
    case "outOfMemory":
      return (actor) => {
        if (inOneThread) {
          return Promise.resolve(actor.terminate("out of memory: its heap is full, by the script"));
        }
        const why = "a worker whose heap is full ends the whole process";
        return Promise.reject(new Error(why));
      };
    default:
      return null;
  }
}

/** All at once; it happened if it happened to any of them. */
async function eachOf(
  actors: readonly FaultyActor[],
  act: (actor: FaultyActor) => Promise<void>,
): Promise<readonly Befallen[]> {
  const ended = await Promise.allSettled(actors.map(act));
  const befallen = actors.filter((_, i) => ended[i]!.status === "fulfilled");
  for (const each of ended) {
    if (befallen.length === 0 && each.status === "rejected") throw each.reason;
  }
  return befallen.map(({ id, incarnation }) => ({ actor: id, incarnation }));
}

async function withPartition(
  verb: FaultVerb,
  { topic, partition }: TopicPartition,
  stranger: LogStranger,
): Promise<void> {
  if (verb === "poisonFold") await stranger.poisonFold({ topic, partition });
  else await stranger.poison({ topic, partition });
}

async function withSnapshots(verb: FaultVerb, target: ActorTarget, { parts, signal }: {
  readonly parts: SuddenParts;
  readonly signal: AbortSignal;
}): Promise<void> {
  const { stranger } = parts;
  if (verb === "rebalance") return await stranger.rebalance(target.group);
  const places = await placesOf(target, parts, signal);
  let found = 0;
  for (const place of places) {
    const state = { role: target.group, ...place };
    const was = verb === "tearSnapshot"
      ? await stranger.tearSnapshot(state)
      : await stranger.loseSnapshot(state);
    if (was) found++;
  }
  if (found > 0) return;
  throw new Error(`there was no whole snapshot of ${target.group} there yet`);
}

/** The partitions of which a target keeps snapshots: one, those it serves, or all of its topics. */
async function placesOf(
  target: ActorTarget,
  { floor, log, clock }: SuddenParts,
  signal: AbortSignal,
): Promise<readonly TopicPartition[]> {
  if (target.kind === "server") return [{ topic: target.topic, partition: target.partition }];
  if (target.kind === "instance") {
    const [actor] = await findActors(target, { floor, clock, signal });
    return (await assignmentOf(actor!)).map(placeOf);
  }
  const places: TopicPartition[] = [];
  for (const topic of TOPOLOGY[target.group].reads) {
    const count = await log.partitionCount(topic);
    for (let partition = 0; partition < count; partition++) places.push({ topic, partition });
  }
  return places;
}

function placeOf(name: string): TopicPartition {
  const cut = name.lastIndexOf("/");
  return { topic: name.slice(0, cut), partition: Number(name.slice(cut + 1)) };
}

/** The group of an actor's name; null for one that is none of the floor's. */
export function groupOf(actor: string): ActorGroup | null {
  return parseInstance(actor)?.group ?? null;
}
