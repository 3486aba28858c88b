/**
 * How long the log takes in virtual time: a model, drawn from the seed. It stands for no machine; it is
 * there so that calls overlap as they do on one, and differently for every seed.
 *
 * Each call takes at least `leastMs` and at most `mostMs`, nearer to the least: the cube of a uniform
 * draw decides where between, so the mean is a quarter of the way and one call in a thousand comes
 * within a thousandth of the most. Only additions and products, which every machine rounds alike.
 *
 * @module
 */

import { seededRandom } from "../../actors/seeded_random.ts";
import type { LogCallKind } from "../../kafka/memory/latency.ts";

/** Bounds of a call, in milliseconds. */
export interface LatencyBounds {
  readonly leastMs: number;
  readonly mostMs: number;
}

/**
 * The model's numbers, of the order of a Kafka cluster's under load. `publish`: until the append takes
 * place; `append`: from there to the acknowledgement; `join` is also leaving and joining again.
 */
export const LOG_LATENCY: Readonly<Record<LogCallKind, LatencyBounds>> = {
  publish: { leastMs: 0.2, mostMs: 6 },
  append: { leastMs: 0.3, mostMs: 10 },
  commit: { leastMs: 0.3, mostMs: 8 },
  fetch: { leastMs: 0.1, mostMs: 5 },
  join: { leastMs: 2, mostMs: 60 },
  read: { leastMs: 0.1, mostMs: 5 },
};

/** Draws from the model. The same seed draws the same latencies in the same order. */
export function seededLatency(
  seed: number,
  bounds: Readonly<Record<LogCallKind, LatencyBounds>> = LOG_LATENCY,
): (call: LogCallKind) => number {
  const random = seededRandom(seed, "log-latency");
  return (call) => {
    const { leastMs, mostMs } = bounds[call];
    const draw = random();
    return leastMs + (mostMs - leastMs) * draw * draw * draw;
  };
}
