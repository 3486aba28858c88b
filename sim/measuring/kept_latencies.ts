/**
 * Latencies that a run's folder keeps, so that a run that is gone on with is judged by all of them:
 * they are measured as answers are seen, and do not follow from the log.
 *
 * @module
 */

import { writeFileWhole } from "../whole_file.ts";
import { type EncodedLatency, LatencyHistogram } from "./latency_histogram.ts";
import type { MeterMetrics } from "./meter_actor.ts";

/** The histograms of all sittings. */
export type KeptLatencies = MeterMetrics["histograms"];

/** What earlier sittings kept; null when there are none. */
export function readLatencies(path: string): KeptLatencies | null {
  try {
    return JSON.parse(Deno.readTextFileSync(path)) as KeptLatencies; // written whole, by us
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  }
}

/** Keeps the histograms of all sittings; a process killed meanwhile leaves those of before. */
export function keepLatencies(path: string, { answer, fill }: KeptLatencies): void {
  writeFileWhole(path, `${JSON.stringify({ answer, fill })}\n`);
}

/** What was measured, with the latencies of earlier sittings added. */
export function withEarlier(measured: MeterMetrics, earlier: KeptLatencies | null): MeterMetrics {
  if (earlier === null) return measured;
  const answer = added(measured.histograms.answer, earlier.answer);
  const fill = added(measured.histograms.fill, earlier.fill);
  return {
    ...measured,
    answer: answer.summary(),
    fill: fill.summary(),
    histograms: { answer: answer.encode(), fill: fill.encode() },
  };
}

function added(one: EncodedLatency, other: EncodedLatency): LatencyHistogram {
  const sum = new LatencyHistogram();
  sum.add(one);
  sum.add(other);
  return sum;
}
