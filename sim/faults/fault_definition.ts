/**
 * What a scenario may say of a fault, as the people who write one read it. The schema in
 * `fault_schema.ts` checks it, and a test holds the two together.
 *
 * @module
 */

import type { RuntimeEvent } from "../../actors/runtime/runtime_events.ts";
import type { TopicName } from "../../kafka/topics.ts";
import type { Duration } from "../scenario_definition.ts";

/**
 * Something that goes wrong: exactly one trigger (`at`, `after` or `when`), exactly one verb, and what
 * the verb must say besides. The same words hold on any event log, and in virtual time.
 *
 * A verb's value is whom it befalls. Actors: an instance as in `"trading-engine-0"`, a group as in
 * `"trading-engine"` (every instance of it), or whoever serves a partition when it comes to it, as in
 * `"trading-engine orders/3"`. Places in the log, as every actor meets them: `"log"`, a topic as in
 * `"orders"`, a partition as in `"orders/3"`.
 */
export interface FaultDefinition {
  /** After the session's start, after the start of a phase, or at a time that the seed draws. */
  at?:
    | Duration
    | { phase: string; plus?: Duration | undefined }
    | { between: [Duration, Duration] }
    | undefined;
  /** When a topic has so many records. */
  after?: { records: number; topic: TopicName } | undefined;
  /**
   * At a runtime event, the first or the nth from the session's start on, of an instance, a group or
   * anybody; or, of `crash`, at the nth call of the log that the target makes.
   */
  when?:
    | {
      event: RuntimeEvent["kind"];
      actor?: string | undefined;
      nth?: number | undefined;
    }
    | {
      call: "publish" | "commit" | "poll" | "heartbeat" | "join" | "read";
      moment: "before" | "after";
      nth?: number | undefined;
    }
    | undefined;
  /** Actors that throw. */
  crash?: string | undefined;
  /** Actors whose threads are ended from outside. */
  terminate?: string | undefined;
  /** Actors that are busy and deaf {@link for} so long. */
  hang?: string | undefined;
  /** Actors whose heap is full. In virtual time only: it would end the whole process. */
  outOfMemory?: string | undefined;
  /** Actors given up as if they did not answer, that work on {@link for} so long. */
  zombie?: string | undefined;
  /** Actors that take no new work {@link for} so long. */
  pause?: string | undefined;
  /** Actors or places: every call of the log takes longer {@link by} so much. */
  slow?: string | undefined;
  /** The group that shares its partitions anew, though nobody came or went. */
  rebalance?: string | undefined;
  /** Actors or places: what was read is delivered once more. */
  duplicate?: string | undefined;
  /** Actors or places: reading goes on from so many {@link records} earlier. */
  redeliver?: string | undefined;
  /** Actors or places: what is published is stored, and acknowledged {@link by} so much later. */
  delayAck?: string | undefined;
  /** Actors or places: what is published is stored, and rejected. */
  loseAck?: string | undefined;
  /** A place that is out of reach: calls fail. */
  cut?: string | undefined;
  /** A place that is out of reach: calls wait. */
  stall?: string | undefined;
  /** A place to and from which everything passes later {@link by} so much. */
  delay?: string | undefined;
  /** `"log"`: nothing more can be stored. */
  fillDisk?: string | undefined;
  /** Actors whose newest snapshots are gone. */
  loseSnapshot?: string | undefined;
  /** Actors of whose newest snapshots a part is not what was written. */
  tearSnapshot?: string | undefined;
  /** A topic (the seed draws a partition) or a partition: a stranger writes bytes that are no message. */
  poison?: string | undefined;
  /**
   * A topic that is folded (the seed draws a partition) or a partition of one: a stranger writes a
   * message on which whoever folds it throws.
   */
  poisonFold?: string | undefined;
  /** Producers whose clock is off {@link by} so much from then on, ahead or behind. */
  jumpClock?: string | undefined;
  /** How long it lasts: above 0, at most an hour. */
  for?: Duration | undefined;
  /** How much later: above 0, at most a minute. How far off, of a clock: at most a day either way. */
  by?: Duration | undefined;
  /** How often it takes effect in each actor. Default 1. */
  times?: number | undefined;
  /** How many records {@link redeliver} goes back. */
  records?: number | undefined;
}
