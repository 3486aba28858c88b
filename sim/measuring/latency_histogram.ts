/**
 * Latencies in an HDR histogram: every value counted, percentiles exact to three digits.
 *
 * @module
 */

import {
  build,
  decodeFromCompressedBase64,
  encodeIntoCompressedBase64,
  type Histogram,
} from "hdr-histogram-js";

import { type LatencyBucketCounts, LatencyBuckets } from "./latency_buckets.ts";

/** Latencies are recorded in whole microseconds, from 1 µs (0 counts as 0) to an hour. */
export const MAX_LATENCY_MS = 3_600_000;

const MICROSECONDS = 1_000;

/** A latency's distribution in milliseconds. Null where nothing was recorded. */
export interface LatencySummary {
  readonly count: number;
  /** Values that did not fit: negative, or above {@link MAX_LATENCY_MS}. Part of no percentile. */
  readonly outOfRange: number;
  readonly mean: number | null;
  readonly p50: number | null;
  readonly p90: number | null;
  readonly p99: number | null;
  readonly "p99.9": number | null;
  readonly max: number | null;
}

/** A histogram as plain data. */
export interface EncodedLatency {
  /** HdrHistogram's own compressed form, base64, in microseconds: other HDR tools read it. */
  readonly hdr: string;
  readonly outOfRange: number;
  /** Microseconds: the histogram itself rounds to three digits. */
  readonly maxMicroseconds: number;
}

/**
 * Counts latencies.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { LatencyHistogram } from "./latency_histogram.ts";
 * const latencies = new LatencyHistogram();
 * for (let ms = 1; ms <= 100; ms++) latencies.record(ms);
 * assert.equal(Math.round(latencies.summary().p50 ?? 0), 50);
 * ```
 */
export class LatencyHistogram {
  // The JavaScript variant: WebAssembly's needs a start of its own and gains nothing at these rates.
  readonly #histogram: Histogram = build({
    highestTrackableValue: MAX_LATENCY_MS * MICROSECONDS,
    numberOfSignificantValueDigits: 3,
    bitBucketSize: 32,
    autoResize: false,
    useWebAssembly: false,
  });
  readonly #buckets = new LatencyBuckets();
  #outOfRange = 0;
  #maxMicroseconds = 0;

  /** Counts one latency, in milliseconds with fractions. */
  record(ms: number): void {
    if (!(ms >= 0 && ms <= MAX_LATENCY_MS)) {
      this.#outOfRange++;
      return;
    }
    this.#buckets.record(ms / 1_000);
    const microseconds = Math.round(ms * MICROSECONDS);
    this.#histogram.recordValue(microseconds);
    if (microseconds > this.#maxMicroseconds) this.#maxMicroseconds = microseconds;
  }

  /** Counts what another one counted. */
  add(encoded: EncodedLatency): void {
    this.#histogram.add(decodeFromCompressedBase64(encoded.hdr, 32, false));
    this.#outOfRange += encoded.outOfRange;
    this.#maxMicroseconds = Math.max(this.#maxMicroseconds, encoded.maxMicroseconds);
  }

  /** What {@link record} was given, by size. */
  get buckets(): LatencyBucketCounts {
    return this.#buckets.counts;
  }

  encode(): EncodedLatency {
    return {
      hdr: encodeIntoCompressedBase64(this.#histogram),
      outOfRange: this.#outOfRange,
      maxMicroseconds: this.#maxMicroseconds,
    };
  }

  summary(): LatencySummary {
    const count = this.#histogram.totalCount;
    const at = (percentile: number) => count === 0 ? null : this.#atPercentile(percentile);
    return {
      count,
      outOfRange: this.#outOfRange,
      mean: count === 0 ? null : this.#histogram.mean / MICROSECONDS,
      p50: at(50),
      p90: at(90),
      p99: at(99),
      "p99.9": at(99.9),
      max: count === 0 ? null : this.#maxMicroseconds / MICROSECONDS,
    };
  }

  /** The histogram gives the upper edge of a bucket, which may lie above the largest value. */
  #atPercentile(percentile: number): number {
    const microseconds = this.#histogram.getValueAtPercentile(percentile);
    return Math.min(microseconds, this.#maxMicroseconds) / MICROSECONDS;
  }
}
