/**
 * What became of each fault of a plan: when it took place and with whom, or why it did not.
 *
 * @module
 */

import { faultId, type PlannedFault } from "./planned_fault.ts";
import { formatFault, nameFault } from "./format_fault.ts";

/** What became of a fault. Plain data. */
export interface FaultOutcome {
  /** `faults[0]` for the script's first. */
  readonly id: string;
  /** The line of a scenario that plans it. */
  readonly fault: string;
  /** In words, without its trigger: `cut log for 20 s`. */
  readonly name: string;
  /** Milliseconds of the session; null when it did not take place, or before the run was gone on with. */
  readonly firedAtMs: number | null;
  /** Actors and places that it befell, in the order in which it did. */
  readonly on: readonly string[];
  /** Why it did not take place; null when it did. */
  readonly missed: string | null;
}

interface Entry {
  readonly fault: PlannedFault;
  firedAtMs: number | null;
  readonly on: string[];
  hasFired: boolean;
  missed: string | null;
}

/** Said of a fault when nobody knows better. */
const NEVER = "its session ended before it was its turn";

/** Keeps account of a plan's faults. */
export class FaultLedger {
  readonly #entries: ReadonlyMap<string, Entry>;

  constructor(faults: readonly PlannedFault[]) {
    this.#entries = new Map(faults.map((fault, index) => {
      const entry: Entry = { fault, firedAtMs: null, on: [], hasFired: false, missed: null };
      return [faultId(index), entry];
    }));
  }

  /**
   * It took place, or did again with somebody else; `on` null: with what the plan names. What is no
   * fault of the plan is passed over.
   */
  fired(id: string, { at, on }: { readonly at: number; readonly on: string | null }): void {
    const entry = this.#entries.get(id);
    if (entry === undefined) return;
    entry.firedAtMs ??= at;
    entry.hasFired = true;
    const whom = on ?? entry.fault.target;
    if (!entry.on.includes(whom)) entry.on.push(whom);
  }

  /** It took place before the run was gone on with. */
  firedBefore(id: string): void {
    const entry = this.#entries.get(id);
    if (entry !== undefined) entry.hasFired = true;
  }

  /** Why it did not take place, which counts unless it did after all. */
  missed(id: string, why: string): void {
    const entry = this.#entries.get(id);
    if (entry !== undefined) entry.missed ??= why;
  }

  hasFired(id: string): boolean {
    return this.#entries.get(id)?.hasFired ?? false;
  }

  /** Whether it has had an effect with this actor. */
  hasBefallen(id: string, actor: string): boolean {
    return this.#entries.get(id)?.on.includes(actor) ?? false;
  }

  /** Whether it is known of every fault what became of it. */
  get isSettled(): boolean {
    return [...this.#entries.values()].every(({ hasFired, missed }) => hasFired || missed !== null);
  }

  /** Of every fault, in the script's order. */
  get outcomes(): readonly FaultOutcome[] {
    return [...this.#entries].map(([id, { fault, firedAtMs, on, hasFired, missed }]) => ({
      id,
      fault: formatFault(fault),
      name: nameFault(fault),
      firedAtMs,
      on: [...on],
      missed: hasFired ? null : missed ?? NEVER,
    }));
  }

  /** A sentence for each fault that did not take place. */
  get notes(): readonly string[] {
    return [...this.#entries].filter(([, { hasFired }]) => !hasFired).map(
      ([id, { fault, missed }]) =>
        `A fault did not take place: ${nameFault(fault)} (${id}): ${missed ?? NEVER}.`,
    );
  }
}
