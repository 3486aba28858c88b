import assert from "node:assert/strict";
import fc from "fast-check";
import { LatencyHistogram, MAX_LATENCY_MS } from "../../../sim/measuring/latency_histogram.ts";

/** The smallest value that so many per cent of all values do not exceed. */
function slowPercentile(values: readonly number[], percent: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(percent / 100 * sorted.length) - 1)]!;
}

Deno.test("LatencyHistogram gives percentiles to three digits", () => {
  const latency = fc.double({ min: 0.001, max: 100_000, noNaN: true });
  fc.assert(
    fc.property(fc.array(latency, { minLength: 1, maxLength: 200 }), (values) => {
      const histogram = new LatencyHistogram();
      for (const value of values) histogram.record(value);
      const summary = histogram.summary();
      assert.equal(summary.count, values.length);
      for (const [percent, found] of [[50, summary.p50], [99, summary.p99]] as const) {
        const exact = slowPercentile(values, percent);
        // Three digits, and the rounding to whole microseconds.
        assert.ok(Math.abs(found! - exact) <= exact * 0.001 + 0.0006, `${found} is not ${exact}`);
      }
      assert.ok(Math.abs(summary.max! - Math.max(...values)) <= 0.0005);
      assert.ok(summary.p99! <= summary.max!);
    }),
    { numRuns: 30 },
  );
});

Deno.test("LatencyHistogram counts what is out of range and records the rest", () => {
  const histogram = new LatencyHistogram();
  for (const ms of [-0.1, NaN, MAX_LATENCY_MS + 1, 0, 5, MAX_LATENCY_MS]) histogram.record(ms);
  const { count, outOfRange, max } = histogram.summary();
  assert.deepEqual({ count, outOfRange, max }, { count: 3, outOfRange: 3, max: MAX_LATENCY_MS });
});

Deno.test("LatencyHistogram has no figures where nothing was recorded", () => {
  const { count, p50, max, mean } = new LatencyHistogram().summary();
  assert.deepEqual({ count, p50, max, mean }, { count: 0, p50: null, max: null, mean: null });
});

Deno.test("LatencyHistogram.add() gives what recording all of it would have", () => {
  const [one, other, both] = [1, 2, 3].map(() => new LatencyHistogram()) as [
    LatencyHistogram,
    LatencyHistogram,
    LatencyHistogram,
  ];
  for (let ms = 1; ms <= 50; ms++) {
    one.record(ms);
    other.record(ms * 20);
    both.record(ms);
    both.record(ms * 20);
  }
  other.record(-1);
  both.record(-1);
  one.add(structuredClone(other.encode()));
  assert.deepEqual(one.summary(), both.summary());
});
