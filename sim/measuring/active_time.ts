/**
 * How long a run was being played: the time between two sittings, in which nobody played, left out.
 *
 * @module
 */

interface Stretch {
  readonly first: number;
  readonly last: number;
}

/** Adds up the sittings of a run, each from the first to the last moment at which something happened. */
export class ActiveTime {
  readonly #begins: readonly number[];
  readonly #stretches: (Stretch | undefined)[] = [];

  /**
   * `sittings`: when the run was begun and each time it was gone on with, in milliseconds since the
   * epoch, ascending. Without any, all is one sitting.
   */
  constructor(sittings: readonly number[] = []) {
    this.#begins = sittings;
  }

  /** When the present sitting began; -Infinity when all is one. */
  get presentSince(): number {
    return this.#begins.at(-1) ?? -Infinity;
  }

  /** Notes that something happened, in milliseconds since the epoch. */
  see(at: number): void {
    const sitting = Math.max(0, this.#begins.findLastIndex((begin) => begin <= at));
    const known = this.#stretches[sitting];
    this.#stretches[sitting] = {
      first: Math.min(at, known?.first ?? at),
      last: Math.max(at, known?.last ?? at),
    };
  }

  /** Milliseconds; null when nothing took any time. */
  get ms(): number | null {
    let sum = 0;
    for (const stretch of this.#stretches) {
      if (stretch !== undefined) sum += stretch.last - stretch.first;
    }
    return sum > 0 ? sum : null;
  }
}
