/**
 * A plan's happenings, carried out at their times.
 *
 * @module
 */

import type { Floor } from "../../actors/floor/floor.ts";
import { isConsumerRole } from "../../actors/floor/consumer_actor.ts";
import type { PlannedEvent } from "../session_plan.ts";

/** How long a hung actor spins, in milliseconds: longer than it takes to be found out. */
export const HANG_MS = 12_000;

/** Waits for each happening's time and lets it happen. */
export class SessionEvents {
  readonly #floor: Floor;
  readonly #say: (text: string) => void;
  /** Happenings that did not take place, with the reason. */
  readonly missed: string[] = [];

  constructor(floor: Floor, say: (text: string) => void) {
    this.#floor = floor;
    this.#say = say;
  }

  /**
   * Plays the events whose time is still to come, from `from` on. Resolves after the last, or when
   * `signal` aborts. `sessionAt` tells the session's time in milliseconds. Of events before `from`, in
   * a session that goes on, instances join and leave at once, so that the floor is as it was; what
   * befell actors has befallen them.
   */
  async play(
    events: readonly PlannedEvent[],
    { from, sessionAt, signal }: {
      readonly from: number;
      readonly sessionAt: () => number;
      readonly signal: AbortSignal;
    },
  ): Promise<void> {
    for (const event of events) {
      if (event.atMs < from && event.verb !== "join" && event.verb !== "leave") continue;
      const waitMs = event.atMs - sessionAt();
      if (waitMs > 0) await this.#floor.runtime.clock.sleep(waitMs, signal);
      if (signal.aborted) {
        this.missed.push(`${event.verb} ${event.whom}: the session was over before`);
        continue;
      }
      await this.#happen(event);
    }
  }

  async #happen(event: PlannedEvent): Promise<void> {
    try {
      await this.#carryOut(event);
      this.#say(`${event.verb} ${event.whom}`);
    } catch (error) {
      // The script goes on: the report says what did not take place.
      this.missed.push(
        `${event.verb} ${event.whom}: ${error instanceof Error ? error.message : String(error)}`,
      );
    }
  }

  async #carryOut({ verb, whom }: PlannedEvent): Promise<void> {
    switch (verb) {
      case "crash":
        return await this.#floor.actor(whom).crash(`crashed by the script`);
      case "terminate":
        return this.#floor.actor(whom).terminate();
      case "hang":
        return await this.#floor.actor(whom).hang(HANG_MS);
      case "join": {
        if (!isConsumerRole(whom)) throw new RangeError(`"${whom}" is no group that can grow`);
        await this.#floor.addInstance(whom);
        return;
      }
      case "leave":
        return await this.#floor.removeInstance(whom);
    }
  }
}
