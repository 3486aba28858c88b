/**
 * What of a floor, or of a process's share of one, live stepping needs; and its actors as a client is
 * told of them.
 *
 * @module
 */

import type { ActorView } from "../../actors/floor/actor_view.ts";
import { isConsumerRole } from "../../actors/floor/consumer_actor.ts";
import type { ActorControl, FloorRuntime } from "../../actors/floor/floor_control.ts";
import type { EventLog, PartitionLag } from "../../kafka/event_log.ts";
import type { ProcessActor } from "./protocol.ts";

/** A `Floor` or a `JoinedFloor`. */
export interface SteppedFloor {
  readonly log: Pick<EventLog, "lag">;
  readonly runtime: Pick<FloorRuntime, "clock" | "events">;
  actors(): Promise<ActorView>;
  /** @throws {RangeError} when there is none of that name now */
  actor(id: string): SteppedActor;
}

/** One of its actors. */
export type SteppedActor = Pick<
  ActorControl,
  "id" | "role" | "incarnation" | "suspend" | "resume" | "step" | "report"
>;

/** All actors of the process, as `heldBy` sees them. */
export async function actorsOf(
  floor: SteppedFloor,
  heldBy: (id: string) => ProcessActor["heldBy"],
): Promise<readonly ProcessActor[]> {
  const views = flattened(await floor.actors());
  const lags = new Map<string, ReadonlyMap<string, PartitionLag>>();
  for (const role of new Set(views.map((view) => view.role))) {
    lags.set(role, await lagsOf(floor, role));
  }
  return views.map((view) => ({
    id: view.id,
    role: view.role,
    phase: view.phase,
    incarnation: view.incarnation,
    restarts: view.restarts,
    partitions: partitionsOf(view, lags.get(view.role)),
    lag: view.lag,
    counters: view.counters,
    heldBy: heldBy(view.id),
  }));
}

/** How many records of what an actor serves its group has not committed; 0 for one that reads nothing. */
export async function lagOf(
  floor: SteppedFloor,
  { role, assignment }: { readonly role: string; readonly assignment: readonly string[] },
): Promise<number> {
  const lags = await lagsOf(floor, role);
  return assignment.reduce((sum, name) => sum + (lags.get(name)?.lag ?? 0), 0);
}

/** By `topic/partition`. */
async function lagsOf(
  floor: SteppedFloor,
  role: string,
): Promise<ReadonlyMap<string, PartitionLag>> {
  const lags = isConsumerRole(role) ? await floor.log.lag(role) : [];
  return new Map(lags.map((lag) => [`${lag.topic}/${lag.partition}`, lag]));
}

function partitionsOf(
  { assignment }: ActorView,
  lags: ReadonlyMap<string, PartitionLag> | undefined,
): ProcessActor["partitions"] {
  return assignment.flatMap((name) => {
    const found = lags?.get(name);
    if (found === undefined) return [];
    const { topic, partition, offset: next, endOffset: end, lag } = found;
    return [{ topic, partition, next, end, lag }];
  });
}

function flattened(view: ActorView): readonly ActorView[] {
  return view.kind === "actor" ? [view] : view.children.flatMap(flattened);
}
