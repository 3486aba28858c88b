/**
 * A plan's happenings, carried out at their times.
 *
 * @module
 */

import type { Floor } from "../../actors/floor/floor.ts";
import type { ActorControl } from "../../actors/floor/floor_control.ts";
import type { Clock } from "../../actors/runtime/clock.ts";
import { isConsumerRole } from "../../actors/floor/consumer_actor.ts";
import { formatDuration } from "../duration.ts";
import { isNetworkVerb } from "../scenario_events.ts";
import type { PlannedEvent } from "../session_plan.ts";
import type { LogFault, LogFaults } from "./log_faults.ts";

/** How long a hung actor spins, in milliseconds: longer than it takes to be found out. */
export const HANG_MS = 12_000;

/** Whom happenings befall. */
export interface Befallen {
  readonly floor: Pick<Floor, "addInstance" | "removeInstance"> & {
    actor(id: string): Pick<ActorControl, "crash" | "terminate" | "hang">;
  };
  /** Null: the log is not reached over a network, and no happening is a fault of one. */
  readonly faults: Pick<LogFaults, "begin" | "end"> | null;
  readonly clock: Pick<Clock, "sleep">;
}

/** One moment of the script: a happening, or the end of one that lasts. */
interface Moment {
  readonly atMs: number;
  readonly event: PlannedEvent;
  /** What begins or ends, where it lasts. */
  readonly fault: LogFault | null;
  readonly isEnd: boolean;
}

/** Waits for each happening's time and lets it happen. */
export class SessionEvents {
  readonly #floor: Befallen["floor"];
  readonly #clock: Pick<Clock, "sleep">;
  readonly #faults: Befallen["faults"];
  readonly #say: (text: string) => void;
  /** Happenings that did not take place, with the reason. */
  readonly missed: string[] = [];

  constructor({ floor, faults, clock }: Befallen, say: (text: string) => void) {
    this.#floor = floor;
    this.#clock = clock;
    this.#faults = faults;
    this.#say = say;
  }

  /**
   * Plays the events whose time is still to come, from `from` on. Resolves after the end of the last,
   * or when `signal` aborts, which ends what lasts. `sessionAt` tells the session's time in
   * milliseconds. Of events before `from`, in a session that goes on, instances join and leave at once,
   * so that the floor is as it was; what befell actors and connections has befallen them.
   */
  async play(
    events: readonly PlannedEvent[],
    { from, sessionAt, signal }: {
      readonly from: number;
      readonly sessionAt: () => number;
      readonly signal: AbortSignal;
    },
  ): Promise<void> {
    const remains = events.filter(({ atMs, verb }) =>
      atMs >= from || verb === "join" || verb === "leave"
    );
    for (const moment of momentsOf(remains)) {
      const waitMs = moment.atMs - sessionAt();
      if (waitMs > 0) await this.#clock.sleep(waitMs, signal);
      if (moment.isEnd) this.#end(moment);
      else if (!signal.aborted) await this.#happen(moment);
      else this.missed.push(`${nameOf(moment.event)}: the session was over before`);
    }
  }

  async #happen({ event, fault }: Moment): Promise<void> {
    try {
      if (fault === null) await this.#carryOut(event);
      else this.#begin(fault);
      this.#say(nameOf(event));
    } catch (error) {
      // The script goes on: the report says what did not take place.
      this.missed.push(
        `${nameOf(event)}: ${error instanceof Error ? error.message : String(error)}`,
      );
    }
  }

  #begin(fault: LogFault): void {
    if (this.#faults === null) throw new Error("the log is not reached over a network");
    this.#faults.begin(fault);
  }

  #end({ event, fault }: Moment): void {
    if (fault !== null && this.#faults?.end(fault) === true) {
      this.#say(`${nameOf(event)} is over`);
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

/** In the order of their times. */
function momentsOf(events: readonly PlannedEvent[]): readonly Moment[] {
  const moments = events.flatMap((event): Moment[] => {
    const { atMs, verb, forMs = 0, byMs } = event;
    if (!isNetworkVerb(verb)) return [{ atMs, event, fault: null, isEnd: false }];
    const fault: LogFault = { verb, ...(byMs === undefined ? {} : { byMs }) };
    return [
      { atMs, event, fault, isEnd: false },
      { atMs: atMs + forMs, event, fault, isEnd: true },
    ];
  });
  return moments.sort((a, b) => a.atMs - b.atMs);
}

function nameOf({ verb, whom, forMs, byMs }: PlannedEvent): string {
  const by = byMs === undefined ? "" : ` by ${formatDuration(byMs)}`;
  const lasting = forMs === undefined ? "" : ` for ${formatDuration(forMs)}`;
  return `${verb} ${whom}${by}${lasting}`;
}
