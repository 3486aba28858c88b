/**
 * Tells a floor that its log is out of reach where a fault makes it so in the actors' own logs: there no
 * connection breaks by which the floor would notice it.
 *
 * @module
 */

import type { FloorEvents } from "../../actors/floor/floor_control.ts";
import type { Clock } from "../../actors/runtime/clock.ts";

/** Who the floor itself is among the actors of runtime events. */
export const FLOOR = { actor: "floor", incarnation: 1 } as const;

/** Outages of the log that faults make; of several at once the floor sees one. */
export class ToldOutages {
  readonly #events: Pick<FloorEvents, "append">;
  readonly #clock: Pick<Clock, "now">;
  /** Faults that make one, by id, with why; those that a call has met are in {@link #met}. */
  readonly #begun = new Map<string, string>();
  readonly #met = new Set<string>();
  #since = 0;

  constructor(events: Pick<FloorEvents, "append">, clock: Pick<Clock, "now">) {
    this.#events = events;
    this.#clock = clock;
  }

  /** A fault of which an outage follows has begun. */
  begin(id: string, why: string): void {
    this.#begun.set(id, why);
  }

  /** A call has met a fault. */
  met(id: string): void {
    const why = this.#begun.get(id);
    if (why === undefined || this.#met.has(id)) return;
    this.#met.add(id);
    if (this.#met.size > 1) return;
    this.#since = this.#clock.now();
    this.#events.append(FLOOR, { kind: "log-unavailable", why });
  }

  /** A fault has ended. */
  end(id: string): void {
    this.#begun.delete(id);
    if (!this.#met.delete(id) || this.#met.size > 0) return;
    const afterMs = this.#clock.now() - this.#since;
    this.#events.append(FLOOR, { kind: "log-available", afterMs });
  }
}
