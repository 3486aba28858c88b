/**
 * The little that faults need to know of a floor, and finding on it whom a fault befalls at that moment.
 *
 * @module
 */

import type { ActorControl, FloorEvents } from "../../actors/floor/floor_control.ts";
import type { Clock } from "../../actors/runtime/clock.ts";
import { parseInstance } from "../scenario_events.ts";
import type { FaultTarget } from "./fault_targets.ts";

/** What may go wrong with an actor. */
export type FaultyActor = Pick<
  ActorControl,
  | "id"
  | "incarnation"
  | "crash"
  | "terminate"
  | "hang"
  | "disown"
  | "suspend"
  | "resume"
  | "inject"
  | "heal"
  | "report"
>;

/** A floor, as faults see it. */
export interface FaultyFloor {
  /** Names of all actors, those between two incarnations included. */
  actorIds(): readonly string[];
  /** One actor. @throws {RangeError} when it is not running now */
  actor(id: string): FaultyActor;
  /** How many records some group has not committed yet. */
  progress(): Promise<{ readonly lag: number }>;
  readonly runtime: { readonly events: FloorEvents };
}

/** Targets that are actors, and not places in the log. */
export type ActorTarget = Extract<
  FaultTarget,
  { readonly kind: "instance" | "group" | "server" }
>;

/** Whether a target is actors. */
export function isActorTarget(target: FaultTarget): target is ActorTarget {
  return target.kind === "instance" || target.kind === "group" || target.kind === "server";
}

/**
 * Whoever is between two incarnations is waited for so long, and so is somebody to serve a partition while
 * partitions move: one that was lost without a word keeps its own until its session has run out.
 */
const PATIENCE_MS = 10_000;
const LOOK_EVERY_MS = 20;

/** An actor that does not say within so long what it serves is passed over. */
const REPORT_DEADLINE_MS = 500;

/** The actors that a target means now, at least one. @throws {Error} saying why there is none */
export async function findActors(target: ActorTarget, { floor, clock, signal }: {
  readonly floor: FaultyFloor;
  readonly clock: Pick<Clock, "now" | "sleep">;
  readonly signal: AbortSignal;
}): Promise<readonly FaultyActor[]> {
  const giveUpAt = clock.now() + PATIENCE_MS;
  while (true) {
    const found = await actorsNow(target, floor);
    if (found.length > 0) return found;
    if (signal.aborted || clock.now() >= giveUpAt) throw new Error(whyNobody(target));
    await clock.sleep(LOOK_EVERY_MS, signal);
  }
}

async function actorsNow(
  target: ActorTarget,
  floor: FaultyFloor,
): Promise<readonly FaultyActor[]> {
  if (target.kind === "instance") {
    const actor = runningActor(floor, target.id);
    return actor === null ? [] : [actor];
  }
  const group = floor.actorIds().filter((id) => parseInstance(id)?.group === target.group)
    .flatMap((id) => runningActor(floor, id) ?? []);
  if (target.kind === "group") return group;
  const server = await serverAmong(group, `${target.topic}/${target.partition}`);
  return server === null ? [] : [server];
}

function whyNobody(target: ActorTarget): string {
  switch (target.kind) {
    case "instance":
      return `${target.id} was not running`;
    case "group":
      return `no ${target.group} was running`;
    case "server":
      return `no ${target.group} served ${target.topic}/${target.partition}`;
  }
}

/** The actor of that name; null when it is not running now. */
export function runningActor(floor: FaultyFloor, id: string): FaultyActor | null {
  try {
    return floor.actor(id);
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}

async function serverAmong(
  actors: readonly FaultyActor[],
  partition: string,
): Promise<FaultyActor | null> {
  const assignments = await Promise.all(actors.map((actor) => assignmentOf(actor)));
  return actors.find((_, i) => assignments[i]!.includes(partition)) ?? null;
}

/** Partitions that an actor says it serves; none of one that does not answer. */
export async function assignmentOf(actor: FaultyActor): Promise<readonly string[]> {
  try {
    return (await actor.report(REPORT_DEADLINE_MS)).assignment;
  } catch {
    // Down, deaf or starting: it serves nothing that anybody could tell.
    return [];
  }
}
