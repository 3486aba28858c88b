/**
 * Who had which partition when, by the run's runtime events.
 *
 * @module
 */

import type { RuntimeEvent } from "../../actors/runtime/runtime_events.ts";
import type { Role } from "../../actors/topology.ts";
import { roleOfActor } from "./entry_filter.ts";
import type { StepOwner } from "./step.ts";

/** From a rank on; null: nobody. */
interface Span {
  readonly rank: number;
  readonly owner: StepOwner | null;
}

/** Changes of ownership kept, of all partitions together. Later ones are not told. */
export const MAX_OWNER_CHANGES = 1_000_000;

/** The runtime events that change who has what. */
export const OWNER_EVENTS: readonly RuntimeEvent["kind"][] = ["assigned", "revoked", "down"];

/** Owners of partitions, by role, partition and rank. Its size follows from failures, not from load. */
export class OwnerHistory {
  readonly #spans = new Map<string, Span[]>();
  readonly #held = new Map<string, Set<string>>();
  #changes = 0;

  /** `events` are those of {@link OWNER_EVENTS}, in order. */
  constructor(events: Iterable<{ readonly rank: number; readonly event: RuntimeEvent }>) {
    for (const { rank, event } of events) {
      if (this.#changes >= MAX_OWNER_CHANGES) return;
      this.#take(rank, event);
    }
  }

  /**
   * Who met a record of a partition that stands at a rank: its owner then, else the next one, who found
   * it there; null when nobody is known.
   */
  ownerAt(role: Role, partition: string, rank: number): StepOwner | null {
    const spans = this.#spans.get(`${role} ${partition}`) ?? [];
    let low = 0;
    for (let high = spans.length; low < high;) {
      const middle = (low + high) >> 1;
      if (spans[middle]!.rank <= rank) low = middle + 1;
      else high = middle;
    }
    const then = spans[low - 1]?.owner ?? null;
    return then ?? spans.slice(low).find(({ owner }) => owner !== null)?.owner ?? null;
  }

  #take(rank: number, event: RuntimeEvent): void {
    const { actor, incarnation } = event;
    const role = roleOfActor(actor);
    const held = this.#held.get(actor) ?? new Set();
    this.#held.set(actor, held);
    if (event.kind === "assigned") {
      for (const partition of event.partitions) {
        held.add(partition);
        this.#change(`${role} ${partition}`, { rank, owner: { actor, incarnation } });
      }
      return;
    }
    const lost = event.kind === "revoked"
      ? event.partitions
      : event.kind === "down"
      ? [...held]
      : [];
    for (const partition of lost) {
      held.delete(partition);
      const name = `${role} ${partition}`;
      // Another may have had it for some time already.
      const now = this.#spans.get(name)?.at(-1)?.owner;
      if (now?.actor === actor && now.incarnation <= incarnation) {
        this.#change(name, { rank, owner: null });
      }
    }
  }

  #change(name: string, span: Span): void {
    this.#changes++;
    const spans = this.#spans.get(name);
    if (spans === undefined) this.#spans.set(name, [span]);
    else spans.push(span);
  }
}
