import assert from "node:assert/strict";
import fc from "fast-check";
import { METRIC_NAMES, type MetricName, METRICS } from "../../sim/metrics.ts";
import {
  type Comparison,
  COMPARISONS,
  judgeThresholds,
  parseThreshold,
  type Threshold,
} from "../../sim/thresholds.ts";

function parsed(metric: string, text: string): Threshold {
  const result = parseThreshold(metric, text);
  assert.ok(result.ok, result.ok ? "" : result.error);
  return result.threshold;
}

function refused(metric: string, text: string): string {
  const result = parseThreshold(metric, text);
  assert.ok(!result.ok);
  return result.error;
}

Deno.test("parseThreshold() reads comparison, number and unit", () => {
  assert.deepEqual(parsed("answer.p99", "<50ms"), {
    metric: "answer.p99",
    comparison: "<",
    bound: 50,
    text: "<50ms",
  });
  assert.equal(parsed("answer.p99", "<= 1.5 s").bound, 1_500);
  assert.equal(parsed("fill.max", "<800us").bound, 0.8);
  assert.equal(parsed("throughput", ">=1_000/s").bound, 1_000);
  assert.equal(parsed("orders.lost", "==0").bound, 0);
});

Deno.test("parseThreshold() names the metrics that exist when one does not", () => {
  const error = refused("answer.p98", "<50ms");
  assert.match(error, /no such metric; did you mean "answer.p9/);
  assert.match(error, /there are: answer\.p50, .*rejected\.rate-limited/);
});

Deno.test("parseThreshold() says what an expression looks like", () => {
  for (const text of ["50", "=50", "<", "< fifty", "<50 ms or so", "<>3"]) {
    assert.match(
      refused("lag", text),
      /must be one of < <= > >= == != and a number, such as "==0"/,
    );
  }
});

Deno.test("parseThreshold() refuses a unit that the metric does not count in", () => {
  assert.match(refused("throughput", ">5ms"), /counts in per second, so "ms" must be/);
  assert.match(refused("restarts", "==0/s"), /counts in count, so "\/s" must be no unit/);
});

Deno.test("judgeThresholds() fails a metric that was not measured", () => {
  const [verdict] = judgeThresholds([parsed("fill.p99", "<50ms")], {});
  assert.equal(verdict?.verdict, "unmeasured");
  assert.equal(verdict?.measured, null);
});

Deno.test("judgeThresholds() agrees with the comparison, for every metric", () => {
  const reference: Readonly<Record<Comparison, (a: number, b: number) => boolean>> = {
    "<": (a, b) => b - a > 0,
    "<=": (a, b) => !(a - b > 0),
    ">": (a, b) => a - b > 0,
    ">=": (a, b) => !(b - a > 0),
    "==": (a, b) => a - b === 0,
    "!=": (a, b) => a - b !== 0,
  };
  // The table's names are metric names.
  const metric = fc.constantFrom(...METRIC_NAMES as readonly MetricName[]);
  const value = fc.oneof(fc.integer({ min: -3, max: 3 }), fc.double({ noNaN: true, min: -1e6 }));
  fc.assert(
    fc.property(metric, fc.constantFrom(...COMPARISONS), value, value, (metric, sign, a, bound) => {
      fc.pre(Number.isFinite(a) && Number.isFinite(bound));
      const threshold = { metric, comparison: sign, bound, text: `${sign}${bound}` };
      const [verdict] = judgeThresholds([threshold], { [metric]: a });
      assert.equal(verdict?.verdict === "passed", reference[sign](a, bound));
    }),
  );
});

Deno.test("parseThreshold() gives back the bound that was written", () => {
  const metric = fc.constantFrom(...METRIC_NAMES);
  fc.assert(
    fc.property(metric, fc.constantFrom(...COMPARISONS), fc.nat(), (metric, sign, bound) => {
      assert.equal(parsed(metric, `${sign}${bound}`).bound, bound);
      assert.equal(parsed(metric, `${sign} ${bound}`).comparison, sign);
    }),
  );
});

Deno.test("METRICS has a unit and a meaning for every name", () => {
  for (const [name, { unit, meaning }] of METRICS) {
    assert.ok(["ms", "per second", "count"].includes(unit), name);
    assert.notEqual(meaning, "", name);
  }
});
