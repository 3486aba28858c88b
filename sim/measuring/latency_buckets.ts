/**
 * Latencies counted by size, as monitoring wants them: coarse, and to be added up.
 *
 * @module
 */

/** Upper bounds in seconds; what is longer is counted after the last. */
export const LATENCY_BOUNDS: readonly number[] = [
  0.001,
  0.0025,
  0.005,
  0.01,
  0.025,
  0.05,
  0.1,
  0.25,
  0.5,
  1,
  2.5,
  5,
  10,
  30,
  60,
];

/** Plain data. */
export interface LatencyBucketCounts {
  /** One for each of {@link LATENCY_BOUNDS}, lower ones left out, and one for what is longer. */
  readonly counts: readonly number[];
  /** Seconds, of all. */
  readonly sum: number;
}

/**
 * Counts.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { LatencyBuckets } from "./latency_buckets.ts";
 * const buckets = new LatencyBuckets();
 * for (const seconds of [0.0004, 0.001, 0.002, 90]) buckets.record(seconds);
 * const { counts } = buckets.counts;
 * assert.deepEqual([counts[0], counts[1], counts.at(-1)], [2, 1, 1]);
 * ```
 */
export class LatencyBuckets {
  readonly #counts = new Array<number>(LATENCY_BOUNDS.length + 1).fill(0);
  #sum = 0;

  /** Counts one latency, in seconds. */
  record(seconds: number): void {
    let at = 0;
    while (at < LATENCY_BOUNDS.length && seconds > LATENCY_BOUNDS[at]!) at++;
    this.#counts[at]!++;
    this.#sum += seconds;
  }

  /** A copy of what was counted. */
  get counts(): LatencyBucketCounts {
    return { counts: [...this.#counts], sum: this.#sum };
  }
}
