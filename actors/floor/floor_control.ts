/**
 * What may be done to a floor's actors from outside, and what is told of them.
 *
 * @module
 */

import type { LogFault } from "../../kafka/fault_injection/log_fault.ts";
import type { ActorHandle } from "../runtime/actor_handle.ts";
import type { Clock } from "../runtime/clock.ts";
import type { EventSource, RuntimeEventSink } from "../runtime/event_stream.ts";
import type { RuntimeEvent, RuntimeEventBody } from "../runtime/runtime_events.ts";

/** What may be done to a single actor from outside. */
export type ActorControl =
  & Pick<
    ActorHandle,
    | "id"
    | "role"
    | "incarnation"
    | "crash"
    | "hang"
    | "disown"
    | "heal"
    | "terminate"
    | "suspend"
    | "resume"
    | "step"
    | "report"
    | "ask"
    | "down"
  >
  & {
    /**
     * Makes the log go wrong for this incarnation. Resolves when it has begun.
     * @throws {Error} when the floor was started without fault injection
     */
    inject(fault: LogFault): Promise<void>;
  };

/** What happens to the floor's actors, told as it happens. */
export interface FloorEvents {
  /**
   * Tells `sink` of every event from now on, in order; one that throws is told of no more.
   * @returns what takes it off again
   */
  addSink(sink: RuntimeEventSink): () => void;
  /** Tells of something that happened to an actor, for those who make it happen. */
  append(source: EventSource, body: RuntimeEventBody): RuntimeEvent;
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
