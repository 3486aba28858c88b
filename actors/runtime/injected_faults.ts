/**
 * Faults that are injected into one incarnation, on their way from a control call to whoever makes them
 * real. The runtime carries them and knows nothing of what they do.
 *
 * @module
 */

/** A fault: plain data. What it does, its taker knows. */
export interface InjectedFault {
  /** Ends it again. */
  readonly id: string;
}

/** Makes faults real. */
export interface FaultTaker {
  /** From now on it holds. */
  begin(fault: InjectedFault): void;
  /** Ends it; nothing when there is none of the id. */
  end(id: string): void;
}

/** The faults of one incarnation. */
export class InjectedFaults {
  readonly #begun = new Map<string, InjectedFault>();
  #taker: FaultTaker | null = null;

  /** Those that were begun and not ended, in that order. */
  get active(): readonly InjectedFault[] {
    return [...this.#begun.values()];
  }

  /** Begins a fault; one of the same id is over. */
  begin(fault: InjectedFault): void {
    this.#begun.delete(fault.id);
    this.#begun.set(fault.id, fault);
    this.#taker?.begin(fault);
  }

  /** Ends a fault; nothing when there is none of the id. */
  end(id: string): void {
    if (this.#begun.delete(id)) this.#taker?.end(id);
  }

  /** Hands all of them on, those too that were begun before. @throws when somebody has them already */
  take(taker: FaultTaker): void {
    if (this.#taker !== null) throw new Error("Cannot take the faults: somebody has them already");
    this.#taker = taker;
    for (const fault of this.active) taker.begin(fault);
  }
}
