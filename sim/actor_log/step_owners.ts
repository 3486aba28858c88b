/**
 * Who did a step: which incarnation of which instance.
 *
 * @module
 */

import type { Role } from "../../actors/topology.ts";
import type { RunIndex } from "./index/run_index.ts";
import { OWNER_EVENTS, OwnerHistory } from "./owner_history.ts";
import { formatPartition, type RecordPlace } from "./record_place.ts";
import type { ReadRecord, StepOwner } from "./step.ts";

/** Whether a role writes what nobody told it to. */
export function isSource(role: Role): boolean {
  return role === "order-command-producer" || role === "market-data-producer";
}

/** Owners of steps, by a run's runtime events, which are read when one is asked for first. */
export class StepOwners {
  readonly #index: RunIndex;
  readonly #rankOf: (place: RecordPlace) => number | null;
  #history: OwnerHistory | null = null;

  constructor(index: RunIndex, rankOf: (place: RecordPlace) => number | null) {
    this.#index = index;
    this.#rankOf = rankOf;
  }

  /** Who did a role's step on a record; null when the runtime events do not tell. */
  of(role: Role, record: ReadRecord): StepOwner | null {
    const { place } = record;
    const producer = isSource(role) ? producerOf(record) : null;
    if (isSource(role) && producer === null) return null;
    const rank = this.#rankOf(place);
    if (rank === null) return null;
    this.#history ??= new OwnerHistory(
      this.#index.events({ from: 0, direction: "forward", kinds: OWNER_EVENTS }),
    );
    return producer === null
      ? this.#history.ownerAt(role, formatPartition(place), rank)
      : this.#history.startedBy(producer, rank);
  }
}

/** The source that a record names as its writer. */
function producerOf({ message }: ReadRecord): string | null {
  const isNamed = message?.type === "intent" || message?.type === "intents-acknowledged" ||
    message?.type === "price";
  return isNamed ? message.producer : null;
}
