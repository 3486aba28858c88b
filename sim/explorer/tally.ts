/**
 * What many plays add up to, counted seed by seed in order, whoever played them.
 *
 * @module
 */

import { FAULT_VERB_NAMES, type FaultVerb } from "../faults/fault_verbs.ts";
import type { PlayedWorld } from "./play_world.ts";
import { Reached, type ReachedCounts } from "./reached.ts";
import type { World } from "./world.ts";

/** How many faults of a verb were planned, and how many took place. */
export interface FaultCount {
  planned: number;
  fired: number;
}

/** Sums over seeds. */
export class Tally {
  readonly #reached = new Reached();
  readonly #faults = new Map<FaultVerb, FaultCount>();
  /** How many worlds have been counted. */
  seeds = 0;
  records = 0;
  events = 0;
  virtualMs = 0;

  add(world: World, played: PlayedWorld): void {
    this.seeds++;
    this.records += played.records;
    this.events += played.events;
    this.virtualMs += played.virtualMs;
    this.#reached.addAll(played.reached);
    world.plan.faults.forEach(({ verb }, i) => {
      const count = this.#faults.get(verb) ?? { planned: 0, fired: 0 };
      count.planned++;
      if (played.faults[i]?.missed === null) count.fired++;
      this.#faults.set(verb, count);
    });
  }

  get reached(): ReachedCounts {
    return this.#reached.counts();
  }

  /** Situations that no world reached. */
  get never(): ReturnType<Reached["never"]> {
    return this.#reached.never();
  }

  /** By verb, in the table's order; verbs that were never planned are left out. */
  get faults(): Readonly<Partial<Record<FaultVerb, FaultCount>>> {
    return Object.fromEntries(FAULT_VERB_NAMES.flatMap((verb) => {
      const count = this.#faults.get(verb);
      return count === undefined ? [] : [[verb, count]];
    }));
  }

  /** Over all verbs. */
  get allFaults(): FaultCount {
    const all = { planned: 0, fired: 0 };
    for (const { planned, fired } of this.#faults.values()) {
      all.planned += planned;
      all.fired += fired;
    }
    return all;
  }
}
