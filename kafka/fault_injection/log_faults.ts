/**
 * The faults of one actor: begun and ended from outside, asked by its log at every call.
 *
 * @module
 */

import type { FaultPlace, LogFault, LogFaultKind, LogFaultOf } from "./log_fault.ts";

/** Kinds that would never let the actor go on if they had no end. */
const ONCE: ReadonlySet<LogFaultKind> = new Set(["redelivery", "crash"]);

/** A fault that was begun. A call that met it may go by it until it is ended, spent or not. */
export interface BegunFault<F extends LogFault = LogFault> {
  /** As it was begun. */
  readonly fault: F;
  /** Whether it was ended. */
  readonly ended: boolean;
}

/** A place that a call touches; a topic as a whole has no partition. */
export type TouchedPlace = FaultPlace & { readonly topic: string };

class Begun implements BegunFault {
  readonly fault: LogFault;
  ended = false;
  fired = 0;
  /** Calls that a crash has let pass. */
  passed = 0;

  constructor(fault: LogFault) {
    this.fault = fault;
  }

  get spent(): boolean {
    const { times, kind } = this.fault;
    return this.fired >= (times ?? (ONCE.has(kind) ? 1 : Infinity));
  }
}

/** Holds one actor's faults. Its host begins and ends them; its log asks and tells what they did. */
export class LogFaults {
  readonly #begun = new Map<string, Begun>();
  readonly #fired = new Map<string, number>();
  readonly #changeListeners = new Set<() => void>();
  readonly #firedListeners = new Set<(fault: LogFault) => void>();

  /** Those that may have an effect now, in the order in which they were begun. */
  get active(): readonly LogFault[] {
    return [...this.#begun.values()].filter(({ spent }) => !spent).map(({ fault }) => fault);
  }

  /** Whether none is begun. */
  get isEmpty(): boolean {
    return this.#begun.size === 0;
  }

  /** How often the fault had an effect. */
  fired(id: string): number {
    return this.#fired.get(id) ?? 0;
  }

  /** From now on it holds. One of the same id is ended first, and counted from nothing again. */
  begin(fault: LogFault): void {
    this.#remove(fault.id);
    this.#fired.delete(fault.id);
    this.#begun.set(fault.id, new Begun(fault));
    this.#changed();
  }

  /** Ends it; who waits because of it goes on. Nothing when there is none of the id. */
  end(id: string): void {
    if (this.#remove(id)) this.#changed();
  }

  /** Ends all. */
  endAll(): void {
    if (this.isEmpty) return;
    for (const id of [...this.#begun.keys()]) this.#remove(id);
    this.#changed();
  }

  /**
   * The time to claim in messages where the clock says `now`: off by a `clock-jump`, the farthest when
   * there are several. Never before the epoch.
   */
  claimed(now: number): number {
    const jump = farthest(this.holding("clock-jump"));
    if (jump === null) return now;
    this.fire(jump);
    return Math.max(0, now + jump.fault.byMs);
  }

  /** For the log: faults of a kind that touch one of the places; those for no place touch all calls. */
  holding<K extends LogFaultKind>(
    kind: K,
    places: readonly TouchedPlace[] | null = null,
  ): readonly BegunFault<LogFaultOf<K>>[] {
    const holding: BegunFault<LogFaultOf<K>>[] = [];
    for (const begun of this.#begun.values()) {
      if (begun.spent || begun.fault.kind !== kind) continue;
      if (places !== null && !touches(begun.fault, places)) continue;
      holding.push(begun as unknown as BegunFault<LogFaultOf<K>>); // Its fault's kind was compared just now.
    }
    return holding;
  }

  /** For the log: it has an effect on a call now. */
  fire({ fault }: BegunFault): void {
    const begun = this.#begun.get(fault.id);
    if (begun === undefined) return;
    begun.fired++;
    this.#fired.set(fault.id, begun.fired);
    if (begun.fired === 1) { for (const listener of this.#firedListeners) listener(fault); }
  }

  /** For the log: counts one more call that a crash could have struck; whether it strikes this one. */
  strikes({ fault }: BegunFault<LogFaultOf<"crash">>): boolean {
    const begun = this.#begun.get(fault.id);
    if (begun === undefined) return false;
    return begun.passed++ >= (fault.skip ?? 0);
  }

  /** Told of every beginning and end. Gives what ends the telling. */
  onChange(listener: () => void): () => void {
    this.#changeListeners.add(listener);
    return () => void this.#changeListeners.delete(listener);
  }

  /** Told when a fault has an effect for the first time. Gives what ends the telling. */
  onFired(listener: (fault: LogFault) => void): () => void {
    this.#firedListeners.add(listener);
    return () => void this.#firedListeners.delete(listener);
  }

  #remove(id: string): boolean {
    const begun = this.#begun.get(id);
    if (begun === undefined) return false;
    begun.ended = true;
    return this.#begun.delete(id);
  }

  #changed(): void {
    for (const listener of [...this.#changeListeners]) listener();
  }
}

/** Of several that overlap, the one whose measure is the farthest from nothing. */
export function farthest<F extends LogFault & { readonly byMs: number }>(
  faults: readonly BegunFault<F>[],
): BegunFault<F> | null {
  return faults.reduce<BegunFault<F> | null>(
    (worst, each) =>
      worst === null || Math.abs(each.fault.byMs) > Math.abs(worst.fault.byMs) ? each : worst,
    null,
  );
}

/** Whether the fault is for one of the places. One without `where` is for everything. */
export function touches({ where }: LogFault, places: readonly TouchedPlace[]): boolean {
  if (where === undefined) return true;
  return places.some(({ topic, partition }) =>
    (where.topic ?? topic) === topic &&
    (where.partition === undefined || partition === undefined || where.partition === partition)
  );
}
