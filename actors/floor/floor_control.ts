/**
 * What may be done to a floor's actors from outside, and what is told of them.
 *
 * @module
 */

import type { ActorHandle } from "../runtime/actor_handle.ts";
import type { Clock } from "../runtime/clock.ts";
import type { RuntimeEventSink } from "../runtime/event_stream.ts";

/** What may be done to a single actor from outside. */
export type ActorControl = Pick<
  ActorHandle,
  | "id"
  | "role"
  | "incarnation"
  | "crash"
  | "hang"
  | "terminate"
  | "suspend"
  | "resume"
  | "step"
  | "report"
  | "ask"
  | "down"
>;

/** What happens to the floor's actors, told as it happens. */
export interface FloorEvents {
  /**
   * Tells `sink` of every event from now on, in order; one that throws is told of no more.
   * @returns what takes it off again
   */
  addSink(sink: RuntimeEventSink): () => void;
}

/** What actors of one's own share with those of the floor. */
export interface FloorRuntime {
  /** The stream of runtime events. */
  readonly events: FloorEvents;
  /** The clock that everything on the floor goes by. */
  readonly clock: Clock;
  /** Counts the starts of an actor that no supervisor starts, from 1. */
  nextIncarnation(id: string): number;
}
