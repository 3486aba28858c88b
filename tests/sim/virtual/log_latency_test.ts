import assert from "node:assert/strict";
import type { LogCallKind } from "../../../kafka/memory/latency.ts";
import { LOG_LATENCY, seededLatency } from "../../../sim/virtual/log_latency.ts";

const CALLS = Object.keys(LOG_LATENCY) as readonly LogCallKind[]; // the table's own keys

Deno.test("seededLatency() keeps to the bounds of each call, nearer to the least", () => {
  for (const call of CALLS) {
    const { leastMs, mostMs } = LOG_LATENCY[call];
    const draw = seededLatency(7);
    const drawn = Array.from({ length: 2_000 }, () => draw(call));
    assert.ok(drawn.every((ms) => ms >= leastMs && ms <= mostMs), call);
    const mean = drawn.reduce((sum, ms) => sum + ms, 0) / drawn.length;
    const quarter = leastMs + (mostMs - leastMs) / 4;
    assert.ok(Math.abs(mean - quarter) < (mostMs - leastMs) / 30, `${call}: ${mean}`);
  }
});

Deno.test("seededLatency() draws the same for the same seed, other latencies for another", () => {
  const drawnWith = (seed: number) => {
    const draw = seededLatency(seed);
    return CALLS.map((call) => draw(call));
  };
  assert.deepEqual(drawnWith(7), drawnWith(7));
  assert.notDeepEqual(drawnWith(7), drawnWith(8));
});
