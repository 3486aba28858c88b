/**
 * Figures as people read them.
 *
 * @module
 */

import type { MetricUnit } from "../metrics.ts";

/** `1234567` as `1,234,567`. */
export function formatCount(count: number): string {
  return Math.round(count).toString().replace(/\B(?=(\d{3})+$)/g, ",");
}

/** Milliseconds with three digits or so: `0.42`, `3.10`, `42.0`, `1,204`. A dash for none. */
export function formatMs(ms: number | null): string {
  if (ms === null) return "–";
  if (ms < 10) return ms.toFixed(2);
  return ms < 1_000 ? ms.toFixed(1) : formatCount(ms);
}

/** A rate: whole from ten on. */
export function formatRate(perSecond: number): string {
  return perSecond < 10 ? perSecond.toFixed(1) : formatCount(perSecond);
}

/** A metric's value with its unit. */
export function formatMetric(value: number | null, unit: MetricUnit): string {
  if (value === null) return "not measured";
  if (unit === "ms") return `${formatMs(value)} ms`;
  return unit === "per second" ? `${formatRate(value)}/s` : formatCount(value);
}

/** A share of a whole in per cent, with one place. */
export function formatShare(part: number, whole: number): string {
  return whole === 0 ? "–" : `${(100 * part / whole).toFixed(1)} %`;
}

const EIGHTHS = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"] as const;

/** A bar of a share from 0 to 1, in eighths of a cell. Something is never shown as nothing. */
export function bar(share: number, cells: number): string {
  const eighths = Math.round(Math.min(1, Math.max(0, share)) * cells * 8);
  const shown = share > 0 ? Math.max(1, eighths) : 0;
  return "█".repeat(Math.floor(shown / 8)) + EIGHTHS[shown % 8]!;
}
