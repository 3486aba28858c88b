import assert from "node:assert/strict";
import {
  keepLatencies,
  readLatencies,
  withEarlier,
} from "../../../sim/measuring/kept_latencies.ts";
import { LatencyMeter } from "../../../sim/measuring/latency_meter.ts";
import { LatencyHistogram } from "../../../sim/measuring/latency_histogram.ts";

function histogramOf(...latencies: readonly number[]): LatencyHistogram {
  const histogram = new LatencyHistogram();
  for (const ms of latencies) histogram.record(ms);
  return histogram;
}

Deno.test("withEarlier() judges a run by the latencies of all its sittings", async () => {
  const directory = await Deno.makeTempDir();
  try {
    const path = `${directory}/latencies.json`;
    assert.equal(readLatencies(path), null);
    keepLatencies(path, {
      answer: histogramOf(1, 2, 900).encode(),
      fill: histogramOf().encode(),
    });
    const answer = histogramOf(5);
    const fill = histogramOf(7);
    const measured = {
      counts: new LatencyMeter().counts(),
      answer: answer.summary(),
      fill: fill.summary(),
      buckets: new LatencyMeter().buckets,
      histograms: { answer: answer.encode(), fill: fill.encode() },
      complete: true,
    };
    assert.equal(withEarlier(measured, null), measured);
    const all = withEarlier(measured, readLatencies(path));
    assert.equal(all.answer.count, 4);
    assert.equal(all.answer.max, 900);
    assert.equal(all.fill.count, 1);
    assert.equal(all.complete, true);
    keepLatencies(path, all.histograms);
    assert.equal(withEarlier(measured, readLatencies(path)).answer.count, 5);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});
