/**
 * Whether a floor's log answers, as runtime events, and for how long it did not.
 *
 * @module
 */

import type { AvailabilityChange } from "../../kafka/event_log.ts";
import type { Runtime } from "../runtime/runtime.ts";

/** Writes down when a floor's own handle of the log loses it and has it again. */
export class LogAvailability {
  readonly #runtime: Pick<Runtime, "events" | "clock">;
  /** Since when it has been gone, by the log's word; null while it is there. */
  #goneSince: number | null = null;
  /** The same by the floor's clock, which is never set back. */
  #goneSinceTime = 0;
  #goneBeforeMs = 0;
  #why: string | null = null;

  constructor(runtime: Pick<Runtime, "events" | "clock">) {
    this.#runtime = runtime;
  }

  /** How long in all the log has been out of reach, in ms. */
  get outOfReachMs(): number {
    return this.#goneBeforeMs + (this.#goneSince === null ? 0 : this.#goneForMs());
  }

  /** Why it cannot be reached; null while it can. */
  get why(): string | null {
    return this.#why;
  }

  /** Takes what the log told; what changes nothing is not written down. */
  tell({ available, at, why }: AvailabilityChange): void {
    const { events } = this.#runtime;
    const source = { actor: "floor", incarnation: 1 };
    if (!available && this.#goneSince === null) {
      this.#goneSince = at;
      this.#why = why;
      this.#goneSinceTime = this.#runtime.clock.now();
      events.append(source, { kind: "log-unavailable", why });
    } else if (available && this.#goneSince !== null) {
      const afterMs = at - this.#goneSince;
      this.#goneSince = null;
      this.#why = null;
      this.#goneBeforeMs += this.#goneForMs();
      events.append(source, { kind: "log-available", afterMs });
    }
  }

  #goneForMs(): number {
    return this.#runtime.clock.now() - this.#goneSinceTime;
  }
}
