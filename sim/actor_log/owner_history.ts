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

/** The runtime events that change who has what, and who was started. */
export const OWNER_EVENTS: readonly RuntimeEvent["kind"][] = [
  "starting",
  "assigned",
  "revoked",
  "down",
];

/** Owners of partitions, by role, partition and rank. Its size follows from failures, not from load. */
export class OwnerHistory {
  readonly #spans = new Map<string, Span[]>();
  readonly #held = new Map<string, Set<string>>();
  /** By actor. */
  readonly #starts = new Map<string, Span[]>();
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
    const next = countUpTo(spans, rank);
    const then = spans[next - 1]?.owner ?? null;
    return then ?? spans.slice(next).find(({ owner }) => owner !== null)?.owner ?? null;
  }

  /** The newest incarnation of an actor that had been started by a rank; null when none is known. */
  startedBy(actor: string, rank: number): StepOwner | null {
    const starts = this.#starts.get(actor) ?? [];
    return starts[countUpTo(starts, rank) - 1]?.owner ?? null;
  }

  #take(rank: number, event: RuntimeEvent): void {
    const { actor, incarnation } = event;
    if (event.kind === "starting") {
      this.#change(this.#starts, actor, { rank, owner: { actor, incarnation } });
      return;
    }
    const role = roleOfActor(actor);
    const held = this.#held.get(actor) ?? new Set();
    this.#held.set(actor, held);
    if (event.kind === "assigned") {
      for (const partition of event.partitions) {
        held.add(partition);
        this.#change(this.#spans, `${role} ${partition}`, { rank, owner: { actor, incarnation } });
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
        this.#change(this.#spans, name, { rank, owner: null });
      }
    }
  }

  #change(of: Map<string, Span[]>, name: string, span: Span): void {
    this.#changes++;
    const spans = of.get(name);
    if (spans === undefined) of.set(name, [span]);
    else spans.push(span);
  }
}

/** How many spans begin at a rank or before it. */
function countUpTo(spans: readonly Span[], rank: number): number {
  let low = 0;
  for (let high = spans.length; low < high;) {
    const middle = (low + high) >> 1;
    if (spans[middle]!.rank <= rank) low = middle + 1;
    else high = middle;
  }
  return low;
}
