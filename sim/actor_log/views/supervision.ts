/**
 * Who was up and who was down: the supervision tree at a moment, folded from runtime events.
 *
 * @module
 */

import type { DownReason } from "../../../actors/runtime/runtime_events.ts";

/** One actor as it was. */
export interface SupervisedActor {
  /** Such as `order-gateway-2`. */
  readonly id: string;
  readonly role: string;
  readonly incarnation: number;
  /** `starting`, `ready`, `down` (about to be restarted), `given-up` or `stopped`. */
  readonly phase: "starting" | "ready" | "down" | "given-up" | "stopped";
  /** Partitions, such as `orders/3`. */
  readonly assignment: readonly string[];
  /** How often it was restarted, and why it went down last. */
  readonly restarts: number;
  readonly lastDown: DownReason | null;
  /** Incarnations of it that were replaced and work on. */
  readonly zombies: number;
}

/** The floor's actors under their supervisors. */
export interface SupervisionTree {
  /** By supervisor: the pool of a role, in the order in which they were first heard of. */
  readonly supervisors: readonly {
    readonly id: string;
    readonly actors: readonly SupervisedActor[];
  }[];
}
