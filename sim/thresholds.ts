/**
 * Thresholds: what a run must measure to pass. Parsed once from the scenario, judged purely.
 *
 * @module
 */

import {
  isMetricName,
  METRIC_NAMES,
  type MetricName,
  METRICS,
  type Metrics,
  type MetricUnit,
} from "./metrics.ts";
import { nearestTo } from "./nearest.ts";

/** How a value is compared with the bound. */
export const COMPARISONS = ["<", "<=", ">", ">=", "==", "!="] as const;
export type Comparison = typeof COMPARISONS[number];

/** A threshold, ready to be judged. Plain data. */
export interface Threshold {
  readonly metric: MetricName;
  readonly comparison: Comparison;
  /** In the metric's unit. */
  readonly bound: number;
  /** As it was written, such as `<50ms`. */
  readonly text: string;
}

/** A threshold's verdict. One whose metric was not measured is not passed. */
export interface ThresholdVerdict extends Threshold {
  readonly verdict: "passed" | "failed" | "unmeasured";
  /** In the metric's unit; null when it was not measured. */
  readonly measured: number | null;
}

const EXPRESSION = /^(<=|>=|==|!=|<|>)\s*(-?\d[\d_]*(?:\.\d+)?)\s*([a-zµ/]*)$/;

/** Suffixes by unit, and what they multiply by to give the metric's unit. */
const SUFFIXES: Readonly<Record<MetricUnit, Readonly<Record<string, number>>>> = {
  "ms": { "": 1, "us": 0.001, "µs": 0.001, "ms": 1, "s": 1_000, "m": 60_000 },
  "per second": { "": 1, "/s": 1 },
  "count": { "": 1 },
};

/** A threshold, or what is wrong with it: what was found and what would be right. */
export type ParsedThreshold =
  | { readonly ok: true; readonly threshold: Threshold }
  | { readonly ok: false; readonly error: string };

/**
 * Parses one threshold of a scenario, such as `"answer.p99": "<50ms"`.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { parseThreshold } from "./thresholds.ts";
 * const parsed = parseThreshold("answer.p99", "< 0.05s");
 * assert.equal(parsed.ok && parsed.threshold.bound, 50);
 * assert.equal(parseThreshold("answer.p98", "<50ms").ok, false);
 * ```
 */
export function parseThreshold(metric: string, text: string): ParsedThreshold {
  if (!isMetricName(metric)) return { ok: false, error: unknownMetric(metric) };
  const unit = METRICS.get(metric)!.unit;
  const match = EXPRESSION.exec(text.trim());
  if (match === null) {
    return {
      ok: false,
      error: `${JSON.stringify(text)}: must be one of ${COMPARISONS.join(" ")} and a number, ` +
        `such as ${JSON.stringify(exampleOf(unit))}`,
    };
  }
  const [, comparison, digits, suffix] = match;
  const factor = SUFFIXES[unit][suffix!];
  if (factor === undefined) return { ok: false, error: wrongSuffix(metric, text, suffix!, unit) };
  return {
    ok: true,
    threshold: {
      metric,
      comparison: comparison as Comparison, // the expression matches nothing else
      bound: Number(digits!.replaceAll("_", "")) * factor,
      text: text.trim(),
    },
  };
}

function exampleOf(unit: MetricUnit): string {
  if (unit === "ms") return "<50ms";
  return unit === "per second" ? ">=1000/s" : "==0";
}

function unknownMetric(metric: string): string {
  const nearest = nearestTo(metric, METRIC_NAMES);
  const hint = nearest === null ? "" : `did you mean ${JSON.stringify(nearest)}? `;
  return `no such metric; ${hint}there are: ${METRIC_NAMES.join(", ")}`;
}

function wrongSuffix(metric: string, text: string, suffix: string, unit: MetricUnit): string {
  const known = Object.keys(SUFFIXES[unit]).filter((known) => known !== "");
  const right = known.length === 0 ? "no unit" : `no unit, or one of ${known.join(", ")}`;
  return `${JSON.stringify(text)}: ${metric} counts in ${unit}, so ${JSON.stringify(suffix)} ` +
    `must be ${right}`;
}

/** Whether a value satisfies a comparison with a bound. */
export function satisfies(value: number, comparison: Comparison, bound: number): boolean {
  switch (comparison) {
    case "<":
      return value < bound;
    case "<=":
      return value <= bound;
    case ">":
      return value > bound;
    case ">=":
      return value >= bound;
    case "==":
      return value === bound;
    case "!=":
      return value !== bound;
  }
}

/** Judges every threshold against what was measured. */
export function judgeThresholds(
  thresholds: readonly Threshold[],
  measured: Metrics,
): readonly ThresholdVerdict[] {
  return thresholds.map((threshold) => {
    const value = measured[threshold.metric];
    if (value === undefined || Number.isNaN(value)) {
      return { ...threshold, verdict: "unmeasured", measured: null };
    }
    const passed = satisfies(value, threshold.comparison, threshold.bound);
    return { ...threshold, verdict: passed ? "passed" : "failed", measured: value };
  });
}
