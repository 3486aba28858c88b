/**
 * The four cases that everyone checks first, each on both kinds of log.
 */

import assert from "node:assert/strict";
import { join } from "node:path";
import { type Floor, OrderRejectedError, startFloor } from "../../../mod.ts";
import { readRange } from "../../../actors/log_access/read_range.ts";
import type { LogRecord } from "../../../kafka/event_log.ts";
import { decodeRecord, type Notification } from "../../../kafka/messages/mod.ts";
import type { TopicName } from "../../../kafka/topics.ts";

const KINDS = ["memory", "embedded"] as const;

async function onFloor(
  kind: typeof KINDS[number],
  options: Partial<Parameters<typeof startFloor>[0]>,
  work: (floor: Floor, directory: string) => Promise<void>,
): Promise<void> {
  const directory = await Deno.makeTempDir({ prefix: "outcry-" });
  try {
    await using floor = await startFloor({
      log: kind,
      directory,
      symbols: ["AAPL", "GOOGL"],
      accounts: ["501", "502", "503"].map((userId) => ({
        userId,
        cash: 1_000_000,
        holdings: { AAPL: 1_000 },
      })),
      ...options,
    });
    await work(floor, directory);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

async function recordsOf(floor: Floor, topic: TopicName): Promise<LogRecord[]> {
  const records: LogRecord[] = [];
  for (let partition = 0; partition < await floor.log.partitionCount(topic); partition++) {
    for await (const record of readRange(floor.log, { topic, partition })) records.push(record);
  }
  return records;
}

async function notificationsOf(floor: Floor, userId: string): Promise<Notification[]> {
  return (await recordsOf(floor, "notifications")).flatMap((record) => {
    const decoded = decodeRecord("notifications", record);
    return decoded.ok && record.key === userId ? [decoded.message] : [];
  });
}

/** The values of all audited records of a topic. */
async function audited(directory: string, topic: TopicName): Promise<string> {
  let text = "";
  for await (const partition of Deno.readDir(join(directory, "audit", topic))) {
    const folder = join(directory, "audit", topic, partition.name);
    for await (const file of Deno.readDir(folder)) {
      text += await Deno.readTextFile(join(folder, file.name));
    }
  }
  return text;
}

for (const kind of KINDS) {
  Deno.test(`sendOrder() places order 1001: engine, portfolio, audit log and user 501 know it (${kind})`, async () => {
    await onFloor(kind, {}, async (floor, directory) => {
      const stream = floor.notifications("501")[Symbol.asyncIterator]();
      const opened = await stream.next();
      assert.equal(opened.done === true ? "" : opened.value.notification.type, "account-opened");
      const second = stream.next();
      const receipt = await floor.orders.sendOrder({
        orderId: "1001",
        userId: "501",
        symbol: "AAPL",
        quantity: 10,
        side: "buy",
        price: 189.5,
        timestamp: 1625159076,
      });
      assert.equal(receipt.duplicate, false);
      const notified = await second;
      assert.ok(!notified.done);
      assert.equal(notified.value.notification.type, "order-placed");
      await stream.return?.();
      // A second user trades against it, so every actor has something to show.
      await floor.orders.sendOrder({
        orderId: "1",
        userId: "502",
        symbol: "AAPL",
        quantity: 10,
        side: "sell",
        price: 189.5,
        timestamp: 1625159076,
      });
      await floor.idle();
      const fills = (await notificationsOf(floor, "501")).filter(({ type }) =>
        type === "order-filled"
      );
      assert.equal(fills.length, 1);
      const portfolio = await floor.portfolio("501");
      assert.equal(portfolio?.cash, 1_000_000 - 1_895);
      assert.equal(portfolio?.positions[0]?.quantity, 1_010);
      await floor.stop();
      assert.match(await audited(directory, "order-commands"), /1001/);
      assert.match(await audited(directory, "notifications"), /order-filled/);
    });
  });

  Deno.test(`sendOrder() answers order 1002 twice, and one order exists (${kind})`, async () => {
    await onFloor(kind, {}, async (floor) => {
      const order = {
        orderId: "1002",
        userId: "502",
        symbol: "GOOGL",
        quantity: 15,
        side: "buy",
        price: 100,
      } as const;
      const first = await floor.orders.sendOrder({ ...order, timestamp: 1625159077 });
      const second = await floor.orders.sendOrder({ ...order, timestamp: 1625159078 });
      assert.deepEqual([first.duplicate, second.duplicate], [false, true]);
      assert.equal(second.orderNumber, first.orderNumber);
      await assert.rejects(
        floor.orders.sendOrder({ ...order, quantity: 16, timestamp: 1625159079 }),
        (error) => error instanceof OrderRejectedError && error.reason === "id-conflict",
      );
      await floor.idle();
      const accepted = (await recordsOf(floor, "orders")).filter(({ text }) =>
        text?.includes("order-accepted")
      );
      assert.equal(accepted.length, 1);
    });
  });

  Deno.test(`sendOrder() throws for the unknown symbol of order 1003, and nothing changes (${kind})`, async () => {
    await onFloor(kind, {}, async (floor, directory) => {
      const before = await floor.portfolio("503");
      await assert.rejects(
        floor.orders.sendOrder({
          orderId: "1003",
          userId: "503",
          symbol: "INVALID",
          quantity: 5,
          side: "buy",
          timestamp: 1625159076,
        }),
        (error) => error instanceof OrderRejectedError && error.reason === "unknown-symbol",
      );
      await floor.idle();
      assert.deepEqual(await floor.portfolio("503"), before);
      const orders = await recordsOf(floor, "orders");
      assert.ok(orders.every(({ text }) => text?.includes("floor-opened")));
      await floor.stop();
      assert.match(await audited(directory, "notifications"), /unknown-symbol/);
    });
  });

  Deno.test(`publish() takes 1,000 prices in a tight loop, in order and within its limit (${kind})`, async () => {
    const pace = { perSecond: 2_000, burst: 50 };
    await onFloor(kind, { marketDataPace: pace }, async (floor) => {
      const started = performance.now();
      await Promise.all(
        Array.from({ length: 1_000 }, (_, n) => floor.marketData.publish("AAPL", 100 + n / 100, n)),
      );
      const seconds = (performance.now() - started) / 1000;
      const prices = (await recordsOf(floor, "market-data")).flatMap((record) => {
        const decoded = decodeRecord("market-data", record);
        return decoded.ok && decoded.message.type === "price" ? [decoded.message.price] : [];
      });
      assert.deepEqual(prices, Array.from({ length: 1_000 }, (_, n) => 100 + n / 100));
      // What a token bucket lets through in that time, and no more.
      assert.ok(1_000 <= pace.burst + pace.perSecond * seconds, `took ${seconds} s`);
    });
  });

  Deno.test(`sendOrder() refuses only the orders above a user's rate (${kind})`, async () => {
    const limits = { ordersPerSecond: 0.001, orderBurst: 5 };
    await onFloor(kind, { limits }, async (floor) => {
      const send = (userId: string, n: number) =>
        floor.orders.sendOrder({
          orderId: `r${n}`,
          userId,
          symbol: "AAPL",
          quantity: 1,
          side: "buy",
          price: 10,
          timestamp: n,
        }).then(() => "placed", (error: OrderRejectedError) => error.reason);
      const flood = await Promise.all(Array.from({ length: 8 }, (_, n) => send("501", n)));
      const calm = await Promise.all(Array.from({ length: 5 }, (_, n) => send("502", n)));
      assert.deepEqual(flood, [
        ...Array<string>(5).fill("placed"),
        ...Array<string>(3).fill("rate-limited"),
      ]);
      assert.deepEqual(calm, Array<string>(5).fill("placed"));
    });
  });
}
