/**
 * A floor under a known load, for benchmarks: all seven actors in their workers, on the embedded log or
 * a cluster.
 */

import type { Floor } from "../../actors/floor/floor.ts";
import { startFloor } from "../../actors/floor/start_floor.ts";
import type { Phase } from "../../actors/order_command_producer/arrivals.ts";
import type { OrderFlowOptions } from "../../actors/order_command_producer/options.ts";
import type { ClusterLogConfig } from "../../kafka/cluster/cluster_config.ts";
import { startSource } from "../../sim/session/sources.ts";

export const SYMBOLS = ["AAPL", "AMZN", "GOOG", "IBM", "MSFT", "NFLX", "ORCL", "TSLA"] as const;
const USERS = 300;
const PRICE = 100;

/** Everything one may trade with for a million orders. */
export function accounts() {
  return Array.from({ length: USERS }, (_, n) => ({
    userId: `user-${n}`,
    cash: 10_000_000,
    holdings: Object.fromEntries(SYMBOLS.map((symbol) => [symbol, 100_000])),
  }));
}

/** A floor without limits that matter, in a new folder. */
export function startLoadedFloor(
  directory: string,
  { log = "embedded", durability = "process" }: {
    readonly log?: "embedded" | ClusterLogConfig;
    /** Of the embedded log. */
    readonly durability?: "process" | "disk";
  } = {},
): Promise<Floor> {
  return startFloor({ log, directory, durability, ...loadedFloor() });
}

/** What a floor under load is, wherever it is started. */
export function loadedFloor() {
  return {
    symbols: [...SYMBOLS],
    accounts: accounts(),
    limits: {
      ordersPerSecond: 1_000_000,
      orderBurst: 1_000_000,
      liveOrdersPerUser: 100_000,
      answersPerUser: 200,
      answerHorizonMs: 10_000,
    },
  };
}

/** Sends a load through one order command producer and resolves when it has been sent. */
export async function send(
  floor: Floor,
  phases: readonly Phase[],
  producer = "load",
  flow: Partial<OrderFlowOptions> = {},
): Promise<void> {
  const handle = startSource(floor, {
    id: producer,
    incarnation: 1,
    options: {
      kind: "order-command-producer",
      options: {
        producer,
        seed: 7,
        instance: 0,
        instances: 1,
        startAt: Math.ceil(floor.runtime.clock.now()),
        phases,
        flow: {
          users: Array.from({ length: USERS }, (_, n) => ({ userId: `user-${n}` })),
          symbols: SYMBOLS.map((symbol) => ({
            symbol,
            tickSize: 0.01,
            lotSize: 1,
            referencePrice: PRICE,
          })),
          ...flow,
        },
      },
    },
  });
  await handle.ready;
  const { reason, error } = await handle.down;
  if (reason !== "stopped") throw new Error(`Cannot send the load: ${error?.message ?? reason}`);
}

/** Paced market data while the orders run, so that its producer's worker is there too. */
export function startMarketData(floor: Floor, perSecond: number) {
  return startSource(floor, {
    id: "prices",
    incarnation: 1,
    options: {
      kind: "market-data-producer",
      options: {
        producer: "prices",
        seed: 7,
        symbols: SYMBOLS.map((symbol) => ({
          symbol,
          tickSize: 0.01,
          prices: {
            model: "gbm",
            startPrice: PRICE,
            drift: 0,
            volatility: 0.2,
            jumpsPerYear: 0,
            jumpMean: 0,
            jumpDeviation: 0,
            ticksPerSecond: perSecond / SYMBOLS.length,
          },
        })),
        pace: { perSecond, burst: 100 },
        startAt: Math.ceil(floor.runtime.clock.now()),
      },
    },
  });
}

/** What a floor moved, and how long that took. */
export interface Moved {
  /** From the first order to the floor's rest. */
  readonly seconds: number;
  /** Of it, until the last order was sent. */
  readonly sendingSeconds: number;
  readonly byTopic: Readonly<Record<string, number>>;
  readonly total: number;
}

/** Sends so many orders at once, beside paced market data, and waits until all is done. */
export async function moveBurst(floor: Floor, orders: number): Promise<Moved> {
  const before = await recordsByTopic(floor);
  const prices = startMarketData(floor, 1_000);
  const started = performance.now();
  await send(floor, [{
    kind: "burst",
    ratePerSecond: orders * 10,
    durationMs: 100,
    arrivals: "uniform",
  }]);
  const sendingSeconds = (performance.now() - started) / 1000;
  await prices.stop(5_000);
  await floor.idle();
  const seconds = (performance.now() - started) / 1000;
  const byTopic = await recordsByTopic(floor);
  for (const topic of Object.keys(byTopic)) byTopic[topic]! -= before[topic] ?? 0;
  const total = Object.values(byTopic).reduce((sum, count) => sum + count, 0);
  return { seconds, sendingSeconds, byTopic, total };
}

/** Records by topic, `snapshots` left out. */
export async function recordsByTopic(floor: Floor): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const { name, offsets } of await floor.log.describeTopics()) {
    if (name !== "snapshots") counts[name] = offsets.reduce((sum, { end }) => sum + end, 0);
  }
  return counts;
}
