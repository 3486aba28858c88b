/**
 * Seeing from outside what a play reaches: from the runtime events, and from the calls that each
 * incarnation makes of the log.
 *
 * @module
 */

import type { RuntimeEvent } from "../../actors/runtime/runtime_events.ts";
import { isConsumerRole } from "../../actors/floor/consumer_actor.ts";
import type { LogCall } from "../../kafka/fault_injection/log_call.ts";
import { parseInstance } from "../scenario_events.ts";
import { Reached, type ReachedName } from "./reached.ts";

/** One incarnation, as far as what it does is seen. */
interface Seen {
  readonly actor: string;
  readonly incarnation: number;
  readonly isConsumer: boolean;
  /** Partitions it has been told are its own. */
  readonly open: Set<string>;
  /** Partitions assigned and not brought back yet. */
  readonly recovering: Set<string>;
  /** Calls under way. */
  readonly calling: Map<LogCall["operation"], number>;
  /** Outputs were acknowledged since the last commit. */
  uncommitted: boolean;
  writingSnapshot: boolean;
  isDown: boolean;
}

/** The kinds of log faults, as their events name them. */
const FAULTS: Readonly<Record<string, ReachedName>> = {
  "lost-acknowledgement": "lost-acknowledgement",
  "late-acknowledgement": "late-acknowledgement",
  "duplicate-delivery": "duplicate-delivery",
  "redelivery": "redelivery",
  "unavailable": "log-unavailable",
  "full": "log-full",
  "clock-jump": "clock-jump",
};

/** A place from which a state was brought back so often without getting further. */
const RECOVERIES_AT_ONE_PLACE = 3;

/** Watches one play. */
export class ReachedWatch {
  readonly #reached: Reached;
  readonly #seen = new Map<string, Seen>();
  readonly #newest = new Map<string, number>();
  /** By role and partition: where it was brought back to last, and how often in a row. */
  readonly #recoveries = new Map<string, { at: number; times: number }>();

  constructor(reached: Reached) {
    this.#reached = reached;
  }

  /** Told of every runtime event. */
  event(event: RuntimeEvent): void {
    switch (event.kind) {
      case "starting":
        this.#newest.set(event.actor, event.incarnation);
        return;
      case "assigned":
        return this.#assigned(event);
      case "revoked":
        return this.#revoked(event);
      case "recovered":
        return this.#recovered(event);
      case "down":
        return this.#down(event);
      case "zombie":
        return this.#reached.add("zombie");
      case "dead-letter":
        return this.#reached.add("poison-mark");
      case "fault": {
        const name = FAULTS[event.what];
        if (name !== undefined) this.#reached.add(name);
        return;
      }
      case "note":
        if (event.text.endsWith("is damaged")) this.#reached.add("torn-snapshot-passed-over");
    }
  }

  /** Told of every call of the log that an actor makes. */
  call(actor: { readonly id: string; readonly incarnation: number }, call: LogCall): void {
    const seen = this.#of(actor.id, actor.incarnation);
    const { operation, moment } = call;
    const under = seen.calling.get(operation) ?? 0;
    if (moment === "before") seen.calling.set(operation, under + 1);
    else seen.calling.set(operation, Math.max(0, under - 1));
    if (operation === "publish") this.#published(seen, call);
    const isCommitted = operation === "commit" && moment === "after" && call.failed !== true;
    if (isCommitted) seen.uncommitted = false;
  }

  #published(seen: Seen, { moment, failed, places }: LogCall): void {
    const isSnapshot = places.some(({ topic }) => topic === "snapshots");
    if (isSnapshot) seen.writingSnapshot = moment === "before";
    if (moment === "before") {
      if (!seen.isConsumer && seen.incarnation > 1 && seen.calling.get("publish") === 1) {
        this.#reached.add("producer-came-back");
      }
      return;
    }
    if (failed === true) return;
    if (seen.incarnation < (this.#newest.get(seen.actor) ?? 0)) {
      this.#reached.add("zombie-published-after-replacement");
    }
    if (!isSnapshot && seen.isConsumer) seen.uncommitted = true;
  }

  #assigned({ actor, incarnation, partitions }: RuntimeEvent & { kind: "assigned" | "revoked" }) {
    const seen = this.#of(actor, incarnation);
    const role = roleOf(actor);
    for (const partition of partitions) {
      const others = [...this.#seen.values()].some((other) =>
        other !== seen && roleOf(other.actor) === role && !other.isDown && other.open.has(partition)
      );
      if (others) this.#reached.add("two-serve-one-partition");
      seen.open.add(partition);
      seen.recovering.add(partition);
    }
  }

  #revoked({ actor, incarnation, partitions }: RuntimeEvent & { kind: "assigned" | "revoked" }) {
    const seen = this.#of(actor, incarnation);
    if (seen.uncommitted && partitions.length > 0) this.#reached.add("rebalance-in-mid-batch");
    for (const partition of partitions) {
      seen.open.delete(partition);
      seen.recovering.delete(partition);
    }
    if (seen.open.size === 0) seen.uncommitted = false;
  }

  #recovered(event: RuntimeEvent & { kind: "recovered" }): void {
    const { actor, incarnation, partition, snapshotOffset, committedOffset } = event;
    this.#of(actor, incarnation).recovering.delete(partition);
    if (committedOffset > 0 && snapshotOffset === 0) this.#reached.add("recovered-from-nothing");
    if (snapshotOffset > 0 && snapshotOffset < committedOffset) {
      this.#reached.add("snapshot-behind-commit");
    }
    if (snapshotOffset > committedOffset) this.#reached.add("snapshot-ahead-of-commit");
    const place = `${roleOf(actor)} ${partition}`;
    const before = this.#recoveries.get(place);
    const times = before?.at === committedOffset ? before.times + 1 : 1;
    this.#recoveries.set(place, { at: committedOffset, times });
    if (times === RECOVERIES_AT_ONE_PLACE) this.#reached.add("killed-thrice-at-one-place");
  }

  #down({ actor, incarnation, reason }: RuntimeEvent & { kind: "down" }): void {
    const seen = this.#of(actor, incarnation);
    if (reason === "unresponsive") {
      // It may live on, and is no end: what it does then is a zombie's doing.
      this.#reached.add("hang-replaced");
      return;
    }
    seen.isDown = true;
    if (reason === "stopped") return;
    if ((seen.calling.get("publish") ?? 0) > 0) this.#reached.add("crash-in-publish");
    if ((seen.calling.get("commit") ?? 0) > 0) this.#reached.add("crash-in-commit");
    if (seen.recovering.size > 0) this.#reached.add("crash-in-recovery");
    if (seen.writingSnapshot) this.#reached.add("crash-in-snapshot");
    if (seen.uncommitted) this.#reached.add("crash-between-publish-and-commit");
  }

  #of(actor: string, incarnation: number): Seen {
    const name = `${actor}:${incarnation}`;
    let seen = this.#seen.get(name);
    if (seen === undefined) {
      seen = {
        actor,
        incarnation,
        isConsumer: isConsumerRole(roleOf(actor)),
        open: new Set(),
        recovering: new Set(),
        calling: new Map(),
        uncommitted: false,
        writingSnapshot: false,
        isDown: false,
      };
      this.#seen.set(name, seen);
    }
    return seen;
  }
}

/** The group of an instance; a name that is none is its own. */
function roleOf(actor: string): string {
  return parseInstance(actor)?.group ?? actor;
}
