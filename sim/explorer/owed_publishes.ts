/**
 * Publishes that are under way, or were rejected and will be tried again: while an actor owes one, the
 * floor is not at rest, whatever its groups have committed.
 *
 * @module
 */

import type { RuntimeEvent } from "../../actors/runtime/runtime_events.ts";
import type { LogCall } from "../../kafka/fault_injection/log_call.ts";

/** Watches who owes a publish. */
export class OwedPublishes {
  /** By `actor:incarnation`. */
  readonly #owed = new Map<string, { underWay: number; rejected: number }>();
  /** Ended or given up: what is left of those is counted as zombies. */
  readonly #gone = new Set<string>();

  /** Told of every call of the log that an actor makes. */
  call(actor: { readonly id: string; readonly incarnation: number }, call: LogCall): void {
    if (call.operation !== "publish") return;
    const name = `${actor.id}:${actor.incarnation}`;
    if (this.#gone.has(name)) return;
    const owed = this.#owed.get(name) ?? { underWay: 0, rejected: 0 };
    if (call.moment === "before") {
      owed.underWay++;
      owed.rejected = Math.max(0, owed.rejected - 1);
    } else {
      owed.underWay--;
      if (call.failed === true) owed.rejected++;
    }
    if (owed.underWay + owed.rejected > 0) this.#owed.set(name, owed);
    else this.#owed.delete(name);
  }

  /** Told of every runtime event: who is down owes nothing any more. */
  event({ kind, actor, incarnation }: RuntimeEvent): void {
    if (kind !== "down") return;
    const name = `${actor}:${incarnation}`;
    this.#gone.add(name);
    this.#owed.delete(name);
  }

  /** Who owes one, as `actor:incarnation`. */
  get owers(): readonly string[] {
    return [...this.#owed.keys()];
  }
}
