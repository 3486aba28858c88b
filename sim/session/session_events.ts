/**
 * A plan's happenings, carried out at their times: instances that join and leave. (What goes wrong is
 * carried out by the director of faults.)
 *
 * @module
 */

import { isConsumerRole } from "../../actors/floor/consumer_actor.ts";
import type { Floor } from "../../actors/floor/floor.ts";
import type { Clock } from "../../actors/runtime/clock.ts";
import type { PlannedEvent } from "../session_plan.ts";

/** What happenings happen to. */
export interface Befallen {
  readonly floor: Pick<Floor, "addInstance" | "removeInstance">;
  readonly clock: Pick<Clock, "sleep">;
}

/** Waits for each happening's time and lets it happen. */
export class SessionEvents {
  readonly #floor: Befallen["floor"];
  readonly #clock: Befallen["clock"];
  readonly #say: (text: string) => void;
  /** Happenings that did not take place, with the reason. */
  readonly missed: string[] = [];

  constructor({ floor, clock }: Befallen, say: (text: string) => void) {
    this.#floor = floor;
    this.#clock = clock;
    this.#say = say;
  }

  /**
   * Plays the events whose time is still to come, from `from` on. Resolves after the last, or when
   * `signal` aborts. `sessionAt` tells the session's time in milliseconds. Of events before `from`, in a
   * session that goes on, instances join and leave at once, so that the floor is as it was.
   */
  async play(
    events: readonly PlannedEvent[],
    { sessionAt, signal }: {
      readonly sessionAt: () => number;
      readonly signal: AbortSignal;
    },
  ): Promise<void> {
    for (const event of events) {
      const waitMs = event.atMs - sessionAt();
      if (waitMs > 0) await this.#clock.sleep(waitMs, signal);
      if (!signal.aborted) await this.#happen(event);
      else this.missed.push(`${nameOf(event)}: the session was over before`);
    }
  }

  async #happen(event: PlannedEvent): Promise<void> {
    try {
      await this.#carryOut(event);
      this.#say(nameOf(event));
    } catch (error) {
      // The script goes on: the report says what did not take place.
      this.missed.push(
        `${nameOf(event)}: ${error instanceof Error ? error.message : String(error)}`,
      );
    }
  }

  async #carryOut({ verb, whom }: PlannedEvent): Promise<void> {
    if (verb === "leave") return await this.#floor.removeInstance(whom);
    if (!isConsumerRole(whom)) throw new RangeError(`"${whom}" is no group that can grow`);
    await this.#floor.addInstance(whom);
  }
}

function nameOf({ verb, whom }: PlannedEvent): string {
  return `${verb} ${whom}`;
}
