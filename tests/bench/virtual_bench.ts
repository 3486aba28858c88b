/**
 * How fast virtual time is: the burst of the floor's bench, once on a floor in real time, with a worker
 * for each actor on the embedded log, and once in virtual time, all actors in one thread on the log in
 * memory. Both are timed by the machine's clock, in pairs, one after the other.
 *
 * Run: deno task bench --only virtual
 *      deno run -A tests/bench/virtual_bench.ts [--orders 50000] [--rounds 3] [--only real|virtual]
 */

import { join } from "node:path";
import { cpuUsage } from "node:process";
import { parseArgs } from "node:util";
import { startFloorOn } from "../../actors/floor/start_floor.ts";
import { openVirtualPlace } from "../../actors/floor/virtual_place.ts";
import { VirtualTime } from "../../actors/runtime/virtual_time.ts";
import { preloadSources } from "../../sim/session/source_factory.ts";
import { seededLatency } from "../../sim/virtual/log_latency.ts";
import { tell } from "./figures.ts";
import { loadedFloor, moveBurst, type Moved, startLoadedFloor } from "./floor_load.ts";

/** A moment that is the same in every run: 22 November 2024, 12:00. */
const STARTS_AT = 1_732_276_800_000;

async function inRealTime(directory: string, orders: number): Promise<Moved> {
  await using floor = await startLoadedFloor(directory);
  return await moveBurst(floor, orders);
}

async function inVirtualTime(directory: string, orders: number, seed: number): Promise<Moved> {
  const time = new VirtualTime({ seed, startsAt: STARTS_AT });
  const latency = seededLatency(seed);
  const auditFolder = join(directory, "audit");
  await Deno.mkdir(auditFolder, { recursive: true });
  await preloadSources();
  return await time.run(async () => {
    await using floor = await startFloorOn(
      (runtime) => openVirtualPlace(runtime, { time, latency, auditFolder }),
      { ...loadedFloor(), clock: time },
    );
    return await moveBurst(floor, orders);
  });
}

/** What was moved and, since the machine may have other work, what processor time it took. */
async function timed(name: string, orders: number, run: () => Promise<Moved>): Promise<Moved> {
  const before = cpuUsage();
  const moved = await run();
  const { user, system } = cpuUsage(before);
  const { seconds, total } = moved;
  console.log(
    `${name}: ${orders} orders, ${total} records in ${seconds.toFixed(2)} s, ` +
      `${Math.round(orders / seconds).toLocaleString("en")} orders/s; ` +
      `${((user + system) / orders).toFixed(0)} us of processor time an order`,
  );
  return moved;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!; // one round at least
}

if (import.meta.main) {
  const { values } = parseArgs({
    options: {
      orders: { type: "string", default: "50000" },
      rounds: { type: "string", default: "3" },
      only: { type: "string" },
    },
  });
  const orders = Number(values.orders);
  const real: number[] = [];
  const virtual: number[] = [];
  for (let round = 0; round < Number(values.rounds); round++) {
    const directory = await Deno.makeTempDir({ prefix: "outcry-bench-" });
    try {
      if (values.only !== "virtual") {
        const moved = await timed(
          "real time, workers, embedded log",
          orders,
          () => inRealTime(join(directory, "real"), orders),
        );
        real.push(orders / moved.seconds);
      }
      if (values.only !== "real") {
        const moved = await timed(
          "virtual time, one thread, memory log",
          orders,
          () => inVirtualTime(join(directory, "virtual"), orders, round + 1),
        );
        virtual.push(orders / moved.seconds);
      }
    } finally {
      await Deno.remove(directory, { recursive: true });
    }
  }
  if (values.only === undefined) {
    tell({
      what: "orders in virtual time / in real time, median of pairs",
      value: median(virtual.map((rate, i) => rate / real[i]!)),
      unit: "",
      limit: { is: "at least", value: 2 },
    });
    tell({ what: "orders in virtual time, one thread", value: median(virtual), unit: "/s" });
    tell({ what: "orders in real time, a worker each", value: median(real), unit: "/s" });
  }
}
