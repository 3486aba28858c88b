/**
 * How much the process of a whole floor grows while it works: resident memory after many orders minus
 * that after the first tenth of them.
 *
 * Run: deno run -A tests/bench/memory_bench.ts [--orders 200000]; the limit is for `--orders 1000000`.
 *
 * The flow is one in which the number of resting orders settles, as orders that rest are state and not
 * a leak: half of the limit orders are priced through the market, prices lie within a few ticks, and
 * a third of all commands are cancels. Orders keep arriving at a rate that the floor can follow; the
 * memory is read when every group has caught up.
 *
 * @module
 */

import process from "node:process";
import { parseArgs } from "node:util";
import type { OrderFlowOptions } from "../../actors/order_command_producer/options.ts";
import { tell } from "./figures.ts";
import { send, startLoadedFloor } from "./floor_load.ts";

const LIMIT_MB = 100;
const LIMIT_ORDERS = 1_000_000;
const RATE_PER_SECOND = 20_000;

const MIX = { limit: 0.52, market: 0.15, cancel: 0.33 };
const SETTLING: Partial<OrderFlowOptions> = { mix: MIX, marketableShare: 0.5, meanOffsetTicks: 2 };
/** What of the mix places an order. */
const ORDER_SHARE = MIX.limit + MIX.market;

function residentMb(): number {
  return process.memoryUsage.rss() / 1e6;
}

/** The least of some readings, since garbage comes and goes. */
async function settledMb(): Promise<number> {
  let least = Infinity;
  for (let i = 0; i < 10; i++) {
    await new Promise((resolve) => setTimeout(resolve, 100));
    least = Math.min(least, residentMb());
  }
  return least;
}

if (import.meta.main) {
  const { values } = parseArgs({ options: { orders: { type: "string", default: "200000" } } });
  const orders = Number(values.orders);
  const directory = await Deno.makeTempDir({ prefix: "outcry-bench-" });
  try {
    await using floor = await startLoadedFloor(directory);
    const play = async (count: number, producer: string) => {
      const durationMs = Math.ceil(count / ORDER_SHARE / RATE_PER_SECOND * 1_000);
      const phase = { kind: "constant", ratePerSecond: RATE_PER_SECOND, durationMs } as const;
      await send(floor, [{ ...phase, arrivals: "uniform" }], producer, SETTLING);
      await floor.idle();
    };
    console.log(`memory of the whole floor's process, ${JSON.stringify(MIX)}`);
    await play(orders / 10, "first");
    const first = await settledMb();
    console.log(`after ${orders / 10} orders   ${first.toFixed(0)} MB`);
    const rest = orders - orders / 10;
    await play(rest, "second");
    const last = await settledMb();
    console.log(`after ${orders} orders   ${last.toFixed(0)} MB`);
    tell({
      what: `memory after ${orders} orders above that after a tenth`,
      value: last - first,
      unit: "MB",
      ...(orders === LIMIT_ORDERS ? { limit: { is: "at most", value: LIMIT_MB } } : {}),
    });
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}
