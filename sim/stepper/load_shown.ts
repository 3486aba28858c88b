/**
 * Loading an entry and all that is shown with it.
 *
 * @module
 */

import type { Role } from "../../actors/topology.ts";
import type { ActorLog } from "../actor_log/actor_log.ts";
import { factsOf } from "../actor_log/decision_facts.ts";
import { roleOfActor } from "../actor_log/entry_filter.ts";
import { stepOrTrouble } from "../actor_log/entry_steps.ts";
import type { Entry } from "../actor_log/step.ts";
import { firstListed } from "./draw/entry_list.ts";
import type { Shown } from "./model/stepper_model.ts";

/** Entries listed around the one that is shown, itself among them. */
const LISTED = 9;

/** Runtime events listed next to a step. */
const EVENTS_LISTED = 40;

/** Entries kept, so that stepping on reads one more and not all of the list again. */
const KEPT_ENTRIES = 64;

/** Loads entries, and keeps the last ones. */
export class ShownLoader {
  readonly #log: ActorLog;
  readonly #kept = new Map<number, Entry>();

  constructor(log: ActorLog) {
    this.#log = log;
  }

  /** The entry at a rank, as a step of this actor if it is one of it. */
  async load(rank: number, wanted: string | null): Promise<Shown> {
    const entry = await this.#entry(rank);
    const actor = actorFor(entry, wanted);
    const { step, trouble } = await this.#step(entry, actor);
    const facts = step === null ? null : await factsOf(this.#log, step, rank);
    return {
      entry,
      actor,
      step,
      facts,
      trouble,
      around: await this.#around(rank),
      supervision: this.#log.supervisionAt(rank),
      events: this.#log.eventsAround(rank, EVENTS_LISTED),
      findings: [...this.#log.findings],
    };
  }

  async #step(entry: Entry, actor: Role | null): Promise<Pick<Shown, "step" | "trouble">> {
    if (entry.kind === "event" || actor === null) return { step: null, trouble: null };
    const step = await stepOrTrouble(this.#log, entry.record, actor);
    return "trouble" in step ? { step: null, trouble: step.trouble } : { step, trouble: null };
  }

  async #around(rank: number): Promise<readonly Entry[]> {
    const { length } = this.#log.index;
    const first = firstListed(rank, { length, rows: LISTED });
    const last = Math.min(length, first + LISTED);
    const entries: Entry[] = [];
    for (let at = first; at < last; at++) entries.push(await this.#entry(at));
    return entries;
  }

  async #entry(rank: number): Promise<Entry> {
    const kept = this.#kept.get(rank);
    if (kept !== undefined) return kept;
    const entry = await this.#log.entry(rank);
    this.#kept.set(rank, entry);
    for (const oldest of this.#kept.keys()) {
      if (this.#kept.size <= KEPT_ENTRIES) break;
      this.#kept.delete(oldest);
    }
    return entry;
  }
}

/** Whose step an entry is shown as: the wanted actor's, else that of the first which is no mere copyist. */
export function actorFor(entry: Entry, wanted: string | null): Role | null {
  if (entry.kind === "event") return null;
  const role = wanted === null ? null : roleOfActor(wanted);
  return entry.actors.find((each) => each === role) ?? entry.actors[0] ?? null;
}

/** A step of each actor that an entry is told of in lists: not the audit logger's, which copies all. */
export function tellingActors(entry: Entry, wanted: string | undefined): readonly Role[] {
  if (entry.kind === "event") return [];
  if (wanted !== undefined) return entry.actors.filter((role) => role === roleOfActor(wanted));
  const telling = entry.actors.filter((role) => role !== "audit-logger");
  return telling.length > 0 ? telling : entry.actors;
}
