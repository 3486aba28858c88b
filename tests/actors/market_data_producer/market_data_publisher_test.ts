import assert from "node:assert/strict";
import {
  InvalidPriceError,
  MarketDataPublisher,
} from "../../../actors/market_data_producer/market_data_publisher.ts";
import type { Clock } from "../../../actors/runtime/clock.ts";
import { ArrayLog } from "../../support/array_log.ts";
import { FakeClock } from "../../support/fake_clock.ts";
import { JumpClock } from "../../support/jump_clock.ts";

function open(array: ArrayLog, clock: Clock, pace = { perSecond: 500, burst: 50 }) {
  return MarketDataPublisher.open({
    log: array.log,
    clock,
    producer: "program",
    symbols: ["AAPL", "GOOGL"],
    pace,
  });
}

Deno.test("MarketDataPublisher resolves 1000 publishes of a tight loop, in order and in pace", async () => {
  const array = new ArrayLog();
  const clock = new JumpClock(10_000);
  const publisher = await open(array, clock);
  const stamps: { at: number; total: number }[] = [];
  array.fate = () => {
    stamps.push({ at: clock.now(), total: array.records("market-data").length });
    return "store";
  };
  const resolved: number[] = [];
  await Promise.all(Array.from({ length: 1000 }, async (_, i) => {
    await publisher.publish("AAPL", 100 + i / 100, i);
    resolved.push(i);
  }));
  const published = array.json("market-data");
  assert.deepEqual(
    published.map(({ number }) => number),
    Array.from({ length: 1000 }, (_, i) => i),
  );
  assert.deepEqual(published.map(({ timestamp }) => timestamp), published.map((_, i) => i));
  assert.deepEqual(resolved, published.map((_, i) => i));
  // 950 beyond the burst at 500 a second.
  assert.ok(Math.abs(clock.now() - 10_000 - 1_900) < 1, `${clock.now()}`);
  for (const { at, total } of stamps) assert.ok(total <= 50 + (at - 10_000) / 2 + 1);
  await publisher.close();
  await assert.rejects(publisher.publish("AAPL", 1), /closed/);
});

Deno.test("MarketDataPublisher tries refused prices again before later ones", async () => {
  const array = new ArrayLog();
  let publishes = 0;
  array.fate = () => ++publishes % 2 === 1 ? "refuse" : "store";
  await using publisher = await open(array, new JumpClock());
  const all = Array.from({ length: 200 }, (_, i) => publisher.publish("AAPL", i + 1, i));
  await Promise.all(all);
  assert.deepEqual(array.json("market-data").map(({ price }) => price), all.map((_, i) => i + 1));
});

Deno.test("MarketDataPublisher rejects everything behind a publish that failed for good", async () => {
  const array = new ArrayLog();
  array.fate = () => "refuse-for-good";
  await using publisher = await open(array, new JumpClock());
  const all = await Promise.allSettled(
    Array.from({ length: 60 }, () => publisher.publish("AAPL", 1, 1)),
  );
  assert.ok(all.every(({ status }) => status === "rejected"));
  await assert.rejects(publisher.publish("AAPL", 1, 1), /an earlier publish failed/);
});

Deno.test("MarketDataPublisher refuses wrong input with its reason and counts on after it", async () => {
  const array = new ArrayLog();
  await using publisher = await open(array, new FakeClock(7));
  const refused = (code: string, ...args: Parameters<MarketDataPublisher["publish"]>) =>
    assert.rejects(publisher.publish(...args), (error: unknown) => {
      assert.ok(error instanceof InvalidPriceError);
      assert.equal(error.code, code);
      return true;
    });
  await refused("unknown-symbol", "INVALID", 1, 1);
  for (const price of [0, -1, NaN, Infinity]) await refused("invalid-price", "AAPL", price, 1);
  await refused("invalid-timestamp", "AAPL", 1, -1);
  await publisher.publish("GOOGL", 2);
  await publisher.publish("AAPL", 1, 1625159076);
  assert.deepEqual(
    array.json("market-data").map(({ symbol, number, timestamp }) => [symbol, number, timestamp])
      .sort(),
    [["AAPL", 0, 1625159076], ["GOOGL", 0, 7]],
  );
});

Deno.test("MarketDataPublisher.open() counts on from what the log holds", async () => {
  const array = new ArrayLog();
  for (let round = 0; round < 3; round++) {
    await using publisher = await open(array, new JumpClock());
    await publisher.publish("AAPL", 1 + round, round);
  }
  assert.deepEqual(array.json("market-data").map(({ id }) => id), [
    "program/AAPL/0",
    "program/AAPL/1",
    "program/AAPL/2",
  ]);
});
