/**
 * Faults that stand until they are ended: begun in every actor that they reach, and again in each new
 * incarnation of it, since a fault of the surroundings does not end with whoever met it.
 *
 * @module
 */

import type { RuntimeEvent } from "../../actors/runtime/runtime_events.ts";
import { ActorCallError } from "../../actors/runtime/plain_error.ts";
import { type FaultyActor, type FaultyFloor, runningActor } from "./faulty_floor.ts";

/** A fault that stands. */
export interface StandingFault {
  readonly id: string;
  /** Whether it is for this actor. */
  readonly reaches: (actor: string) => boolean;
  /** Whether it has done all that it was to do with this actor. */
  readonly isSpent: (actor: string) => boolean;
  readonly begin: (actor: FaultyActor) => Promise<void>;
  readonly end: (actor: FaultyActor) => Promise<void>;
}

/** The faults that stand on a floor. */
export class StandingFaults {
  readonly #floor: FaultyFloor;
  readonly #say: (text: string) => void;
  readonly #standing = new Map<string, StandingFault>();
  /** The incarnations that each was begun in, as `fault actor:incarnation`. */
  readonly #begun = new Set<string>();

  constructor(floor: FaultyFloor, say: (text: string) => void) {
    this.#floor = floor;
    this.#say = say;
  }

  /**
   * Begins it in all actors that it reaches; of one that is down, when it is back. Resolves when the
   * first has it: one that is deaf is not waited for.
   *
   * @throws {Error} when the actors refuse it
   */
  async begin(fault: StandingFault): Promise<void> {
    this.#standing.set(fault.id, fault);
    const reached = this.#floor.actorIds().filter(fault.reaches);
    if (reached.length === 0) return;
    try {
      await Promise.any(reached.map((id) => this.#beginIn(id, fault)));
    } catch (refusals) {
      this.#standing.delete(fault.id);
      // Promise.any rejects with nothing else, and not without one of them.
      throw (refusals as AggregateError).errors[0];
    }
  }

  /** Ends it wherever it stands. Never rejects. @returns whether it stood */
  async end(id: string): Promise<boolean> {
    const fault = this.#standing.get(id);
    if (fault === undefined) return false;
    this.#standing.delete(id);
    const reached = this.#floor.actorIds().filter(fault.reaches);
    await Promise.all(reached.map(async (name) => {
      const actor = runningActor(this.#floor, name);
      if (actor === null) return;
      await fault.end(actor).catch((error: unknown) => this.#tell(fault, name, error));
    }));
    return true;
  }

  /** Ends all. Never rejects. */
  async endAll(): Promise<void> {
    await Promise.all([...this.#standing.keys()].map((id) => this.end(id)));
  }

  /** Told of every runtime event. */
  observe({ kind, actor }: RuntimeEvent): void {
    if (kind !== "ready") return;
    for (const fault of this.#standing.values()) {
      if (!fault.reaches(actor)) continue;
      void this.#beginIn(actor, fault).catch((error: unknown) => this.#tell(fault, actor, error));
    }
  }

  async #beginIn(id: string, fault: StandingFault): Promise<void> {
    const actor = runningActor(this.#floor, id);
    if (actor === null || fault.isSpent(id)) return;
    const name = `${fault.id} ${id}:${actor.incarnation}`;
    if (this.#begun.has(name)) return;
    this.#begun.add(name);
    try {
      await fault.begin(actor);
    } catch (error) {
      // One that died or is deaf has met its end otherwise; its next incarnation is told.
      if (!(error instanceof ActorCallError)) throw error;
    }
  }

  #tell(fault: StandingFault, actor: string, error: unknown): void {
    if (error instanceof ActorCallError) return;
    this.#say(`${fault.id} in ${actor}: ${error instanceof Error ? error.message : String(error)}`);
  }
}
