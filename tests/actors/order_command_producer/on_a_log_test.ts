import assert from "node:assert/strict";
import { createMarketDataProducer } from "../../../actors/market_data_producer/market_data_producer.ts";
import { createOrderCommandProducer } from "../../../actors/order_command_producer/order_command_producer.ts";
import { readRange } from "../../../actors/log_access/read_range.ts";
import { decodeRecord } from "../../../kafka/messages/mod.ts";
import type { EventLog } from "../../../kafka/event_log.ts";
import { openMemoryLog } from "../../../kafka/open_event_log.ts";
import { topicSettings } from "../../../kafka/topics.ts";
import { JumpClock } from "../../support/jump_clock.ts";

/** Both producers on a log, twice: the second incarnations find everything done. */
async function runBoth(log: EventLog, producer: string): Promise<readonly number[]> {
  const tell = () => {};
  const prices = createMarketDataProducer({
    start: {
      id: "prices",
      tell,
      options: {
        producer: "prices",
        seed: 1,
        symbols: [{
          symbol: "AAPL",
          tickSize: 0.01,
          prices: { model: "closes", closes: [90, 100], stepsPerClose: 300, ticksPerSecond: 300 },
        }],
        pace: { perSecond: 10_000, burst: 100 },
        startAt: 1_000,
      },
    },
    log,
    clock: new JumpClock(10_000),
  });
  await prices.run();
  const traders = createOrderCommandProducer({
    start: {
      id: producer,
      tell,
      options: {
        producer,
        seed: 1,
        instance: 0,
        instances: 1,
        startAt: 1_000,
        phases: [{ kind: "constant", ratePerSecond: 2_000, durationMs: 2_000 }],
        flow: {
          users: [{ userId: "501" }, { userId: "502" }],
          symbols: [{ symbol: "AAPL", tickSize: 0.01, lotSize: 1, referencePrice: 5 }],
          mix: { limit: 8, market: 1, malformed: 1 },
        },
      },
    },
    log,
    clock: new JumpClock(10_000),
  });
  await traders.run();
  const report = [prices.report(), traders.report()];
  return [report[0]!.counters.published!, report[1]!.counters.acknowledged!];
}

Deno.test("producers on a log: durable, priced by the market, done only once", async () => {
  await using log = await openMemoryLog();
  await log.createTopics(topicSettings());
  const [published, acknowledged] = await runBoth(log, "traders-0");
  assert.equal(published, 301);
  assert.ok(Math.abs(acknowledged! - 4_000) < 250);
  assert.deepEqual(await runBoth(log, "traders-0"), [0, 0]);
  let orders = 0;
  let malformed = 0;
  for (const partition of Array(6).keys()) {
    for await (const record of readRange(log, { topic: "order-commands", partition })) {
      const decoded = decodeRecord("order-commands", record);
      if (!decoded.ok) {
        malformed++;
        continue;
      }
      orders++;
      assert.ok(decoded.message.type === "place-order");
      const { price } = decoded.message;
      // Around the last close, not around the reference price.
      if (price !== undefined) assert.ok(Math.abs(Number(price) - 100) < 1);
    }
  }
  assert.equal(orders + malformed, acknowledged);
  assert.ok(malformed > 300);
});
