/**
 * A floor on which somebody sends rubbish while others trade, and what must be true of it afterwards.
 *
 * @module
 */

import assert from "node:assert/strict";
import { readRange } from "../../actors/log_access/read_range.ts";
import type { RuntimeEvent } from "../../actors/runtime/runtime_events.ts";
import { parseOrigin } from "../../kafka/messages/mod.ts";
import {
  type EventLog,
  type Floor,
  type FloorOptions,
  OrderRejectedError,
  seededRandom,
  startFloor,
} from "../../mod.ts";
import { type BadRecord, BAIT, ODD_NAMES } from "./bad_commands.ts";

/** Users who trade as one should, two of them under names that every object has. */
export const GOOD_USERS = [
  "alice",
  "bob",
  "carol",
  "dave",
  "isPrototypeOf",
  "propertyIsEnumerable",
];

/** What they trade. */
export const GOOD_SYMBOLS = ["AAPL", "GOOG", "IBM"];

const CASH = 1_000_000;
const SHARES = 10_000;

/** Attempts to fold one record before it counts as poison. */
export const POISON_LIMIT = 2;

/** A floor and what it told. */
export interface BadInputStage {
  readonly floor: Floor;
  readonly events: readonly RuntimeEvent[];
}

/** Starts a floor with good users, and with accounts of nothing for those who send rubbish. */
export async function withFloor<T>(
  options: Partial<FloorOptions>,
  work: (stage: BadInputStage) => Promise<T>,
): Promise<T> {
  const events: RuntimeEvent[] = [];
  const nothing = ["mallory", ...ODD_NAMES].map((userId) => ({ userId, cash: 0 }));
  const floor = await startFloor({
    log: "memory",
    symbols: [...GOOD_SYMBOLS, BAIT],
    accounts: [
      ...GOOD_USERS.map((userId) => ({
        userId,
        cash: CASH,
        holdings: Object.fromEntries(GOOD_SYMBOLS.map((symbol) => [symbol, SHARES])),
      })),
      ...nothing,
    ],
    limits: { ordersPerSecond: 1_000_000, orderBurst: 1_000_000 },
    onEvent: (event) => events.push(event),
    ...options,
  });
  try {
    return await work({ floor, events });
  } finally {
    await floor.stop();
  }
}

/** What became of good orders, and how long each answer took. */
export interface GoodTrading {
  /** Per order: who, and what was answered. */
  readonly answers: readonly string[];
  /** Milliseconds, sorted. */
  readonly latencies: readonly number[];
}

/** Sends good orders one after the other, the same for the same name; `before` runs before each. */
export async function tradeWell(
  floor: Floor,
  orders: number,
  before: (n: number) => Promise<void>,
  name = "good",
): Promise<GoodTrading> {
  const random = seededRandom(3, "good orders");
  const pick = <T>(list: readonly T[]) => list[Math.floor(random() * list.length)]!;
  const answers: string[] = [];
  const latencies: number[] = [];
  for (let n = 0; n < orders; n++) {
    const userId = pick(GOOD_USERS);
    const order = {
      orderId: `${name}-${n}`,
      userId,
      symbol: pick(GOOD_SYMBOLS),
      quantity: 1 + Math.floor(random() * 9),
      side: pick(["buy", "sell"] as const),
      price: 100 + Math.floor(random() * 11) - 5,
    };
    await before(n);
    const sentAt = performance.now();
    const answer = await floor.orders.sendOrder(order).then(
      ({ duplicate }) => `placed${duplicate ? " again" : ""}`,
      (error: unknown) => {
        if (error instanceof OrderRejectedError) return error.reason;
        throw error;
      },
    );
    latencies.push(performance.now() - sentAt);
    answers.push(`${order.orderId} of ${userId}: ${answer}`);
  }
  return { answers, latencies: latencies.sort((a, b) => a - b) };
}

/** All that good users were told of fills, by user, in order, without what depends on places and times. */
export async function fillsOfGoodUsers(log: EventLog): Promise<readonly string[]> {
  const fills: string[] = [];
  for (let partition = 0; partition < await log.partitionCount("notifications"); partition++) {
    for await (const { text } of readRange(log, { topic: "notifications", partition })) {
      if (text === null || !text.startsWith('{"type":"order-filled"')) continue;
      const fill = JSON.parse(text) as Record<string, unknown>; // it begins as one
      // What no actor wrote has no user.
      if (typeof fill["userId"] !== "string") continue;
      assert.ok(GOOD_USERS.includes(fill["userId"]), text);
      const { userId, orderId, symbol, side, priceTicks, quantityLots, remainingLots } = fill;
      fills.push(
        JSON.stringify([userId, orderId, symbol, side, priceTicks, quantityLots, remainingLots]),
      );
    }
  }
  return fills.sort();
}

/** What good users hold in the end. */
export async function portfoliosOfGoodUsers(floor: Floor): Promise<readonly unknown[]> {
  return await Promise.all(GOOD_USERS.map(async (userId) => {
    const portfolio = await floor.portfolio(userId);
    assert.ok(portfolio !== null, userId);
    const { cash, positions } = portfolio;
    return { userId, cash, positions: positions.map(({ symbol, quantity }) => [symbol, quantity]) };
  }));
}

/** Publishes records to `order-commands`. @returns where each went, by `partition/offset` */
export async function sendAll(
  log: EventLog,
  records: readonly BadRecord[],
): Promise<ReadonlyMap<string, BadRecord>> {
  const places = new Map<string, BadRecord>();
  const byPartition = Map.groupBy(records, ({ partition }) => partition);
  const batches = [...byPartition].map(([partition, some]) => ({
    topic: "order-commands",
    partition,
    records: some.map(({ key, value }) => ({ key, value })),
  }));
  for (const { partition, baseOffset } of await log.publish(batches)) {
    byPartition.get(partition)!.forEach((record, i) =>
      places.set(`${partition}/${baseOffset + i}`, record)
    );
  }
  return places;
}

/** How often each record of `order-commands` was answered and laid off, by `partition/offset`. */
export interface Accounted {
  readonly answers: ReadonlyMap<string, number>;
  readonly letters: ReadonlyMap<string, number>;
}

/** Counts answers and dead letters by what they are about. */
export async function accountFor(log: EventLog): Promise<Accounted> {
  const answers = new Map<string, number>();
  const letters = new Map<string, number>();
  const add = (counts: Map<string, number>, place: string) =>
    counts.set(place, (counts.get(place) ?? 0) + 1);
  for (const topic of ["notifications", "dead-letters"]) {
    for (let partition = 0; partition < await log.partitionCount(topic); partition++) {
      for await (const { text } of readRange(log, { topic, partition })) {
        const message = JSON.parse(text ?? "null") as Record<string, unknown>; // an actor's own
        if (topic === "notifications") {
          const origin = parseOrigin(String(message["id"]));
          if (origin?.topic !== "order-commands") continue;
          add(answers, `${origin.partition}/${origin.offset}`);
        } else if (message["topic"] === "order-commands") {
          add(letters, `${message["partition"]}/${message["offset"]}`);
        }
      }
    }
  }
  return { answers, letters };
}

/** The value at a share of a sorted list. */
export function quantile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;
}
