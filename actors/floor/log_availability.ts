/**
 * Whether a floor's log answers, as runtime events.
 *
 * @module
 */

import type { AvailabilityChange } from "../../kafka/event_log.ts";
import type { Runtime } from "../runtime/runtime.ts";

/** Writes down when a floor's own handle of the log loses it and has it again. */
export class LogAvailability {
  readonly #runtime: Pick<Runtime, "events">;
  /** Since when it has been gone; null while it is there. */
  #goneSince: number | null = null;

  constructor(runtime: Pick<Runtime, "events">) {
    this.#runtime = runtime;
  }

  /** Takes what the log told; what changes nothing is not written down. */
  tell({ available, at, why }: AvailabilityChange): void {
    const { events } = this.#runtime;
    const source = { actor: "floor", incarnation: 1 };
    if (!available && this.#goneSince === null) {
      this.#goneSince = at;
      events.append(source, { kind: "log-unavailable", why });
    } else if (available && this.#goneSince !== null) {
      const afterMs = at - this.#goneSince;
      this.#goneSince = null;
      events.append(source, { kind: "log-available", afterMs });
    }
  }
}
