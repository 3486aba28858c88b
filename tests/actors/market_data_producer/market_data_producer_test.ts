import assert from "node:assert/strict";
import { createMarketDataProducer } from "../../../actors/market_data_producer/market_data_producer.ts";
import type { MarketDataProducerOptions } from "../../../actors/market_data_producer/options.ts";
import type { RuntimeEventBody } from "../../../actors/runtime/runtime_events.ts";
import type { Clock } from "../../../actors/runtime/clock.ts";
import { VirtualTime } from "../../../actors/runtime/virtual_time.ts";
import { decodeRecord, type Price } from "../../../kafka/messages/mod.ts";
import { partitionForKey } from "../../../kafka/partitioner.ts";
import { ArrayLog } from "../../support/array_log.ts";
import { FakeClock, settle } from "../../support/fake_clock.ts";
import { JumpClock } from "../../support/jump_clock.ts";

const OPTIONS: MarketDataProducerOptions = {
  producer: "market-data-producer-0",
  seed: 11,
  symbols: [
    {
      symbol: "AAPL",
      tickSize: 0.01,
      prices: {
        model: "gbm",
        startPrice: 189.5,
        drift: 0.05,
        volatility: 0.3,
        jumpsPerYear: 100,
        jumpDeviation: 0.02,
        ticksPerSecond: 10,
        timeScale: 600,
      },
    },
    {
      symbol: "IBM",
      tickSize: 0.05,
      prices: { model: "closes", closes: [100, 110, 99], stepsPerClose: 10, ticksPerSecond: 20 },
    },
  ],
  pace: { perSecond: 1000, burst: 100 },
  startAt: 1_000_000,
  until: { count: 40 },
};

function start(
  array: ArrayLog,
  clock: Clock,
  options: MarketDataProducerOptions = OPTIONS,
  told: RuntimeEventBody[] = [],
) {
  return createMarketDataProducer({
    start: {
      id: options.producer,
      options,
      tell: (event) => told.push(event),
    },
    log: array.log,
    clock,
  });
}

function prices(array: ArrayLog, symbol?: string): readonly Price[] {
  const all = array.records("market-data").map((record) => {
    const decoded = decodeRecord("market-data", record);
    assert.ok(decoded.ok && decoded.message.type === "price");
    assert.equal(record.partition, partitionForKey(decoded.message.symbol, array.partitions));
    return decoded.message;
  });
  return symbol === undefined ? all : all.filter((price) => price.symbol === symbol);
}

Deno.test("createMarketDataProducer() publishes every model's prices on the tick when due", async () => {
  const array = new ArrayLog();
  const actor = start(array, new JumpClock(OPTIONS.startAt));
  await actor.run();
  const apple = prices(array, "AAPL");
  const ibm = prices(array, "IBM");
  assert.deepEqual(apple.map((price) => price.number), Array.from({ length: 40 }, (_, i) => i));
  assert.deepEqual(apple.map((price) => price.timestamp), apple.map((_, i) => 1_000_000 + i * 100));
  assert.ok(apple.every(({ price }) => Number(price.toFixed(2)) === price));
  assert.equal(ibm.length, 21);
  assert.deepEqual([ibm[0]?.price, ibm[10]?.price, ibm[20]?.price], [100, 110, 99]);
  assert.deepEqual(actor.report().counters, { published: 61, malformedRows: 0, behindMs: 0 });
  assert.deepEqual(await actor.ask({ kind: "prices" }), {
    AAPL: { number: 39, price: apple[39]?.price },
    IBM: { number: 20, price: 99 },
  });
  await assert.rejects(actor.ask("what"), TypeError);
});

Deno.test("createMarketDataProducer() goes on after its last price, as if never away", async () => {
  const whole = new ArrayLog();
  await start(whole, new JumpClock(OPTIONS.startAt)).run();
  for (const dieAfter of [1, 2, 7]) {
    const array = new ArrayLog();
    let publishes = 0;
    array.fate = () => ++publishes > dieAfter ? "refuse-for-good" : "store";
    await assert.rejects(start(array, new JumpClock(OPTIONS.startAt)).run(), /refuse-for-good/);
    array.fate = () => "store";
    await start(array, new JumpClock(OPTIONS.startAt + 500)).run();
    assert.deepEqual(prices(array, "AAPL"), prices(whole, "AAPL"));
    assert.deepEqual(prices(array, "IBM"), prices(whole, "IBM"));
  }
});

Deno.test("createMarketDataProducer() publishes a refused batch again before anything later", async () => {
  const array = new ArrayLog();
  let publishes = 0;
  array.fate = () => ++publishes % 3 === 0 ? "refuse" : "store";
  await start(array, new JumpClock(OPTIONS.startAt)).run();
  assert.deepEqual(
    prices(array, "AAPL").map((price) => price.number),
    Array.from({ length: 40 }, (_, i) => i),
  );
});

Deno.test("createMarketDataProducer() keeps to its pace when the models are faster", async () => {
  const array = new ArrayLog();
  const clock = new JumpClock(OPTIONS.startAt);
  await start(array, clock, { ...OPTIONS, pace: { perSecond: 10, burst: 2 } }).run();
  assert.equal(prices(array).length, 61);
  // 61 prices, 2 of them at once, the other 59 one every 100 ms.
  assert.ok(Math.abs(clock.now() - OPTIONS.startAt - 59 * 100) < 60, `${clock.now()}`);
});

Deno.test("createMarketDataProducer() stops when told, and steps while suspended", async () => {
  const array = new ArrayLog();
  const clock = new FakeClock(OPTIONS.startAt);
  const actor = start(array, clock);
  actor.suspend();
  const run = actor.run();
  await settle();
  assert.equal(actor.report().phase, "suspended");
  assert.equal(prices(array).length, 0);
  await actor.step();
  assert.equal(prices(array).length, 1);
  await clock.advance(1_000);
  assert.equal(prices(array).length, 1);
  actor.resume();
  await settle();
  assert.equal(prices(array).length, 11 + 21);
  await assert.rejects(actor.step(), /not suspended/);
  actor.stop();
  await run;
  assert.equal(actor.report().phase, "stopping");
});

Deno.test("createMarketDataProducer() replays a file at its pace, telling malformed rows", async () => {
  const directory = await Deno.makeTempDir();
  try {
    const path = `${directory}/trades.csv`;
    const row = (i: number) => `${i},${60000 + i}.25,1,1,${1723161255000 + i * 10},True,True`;
    const rows = Array.from({ length: 100 }, (_, i) => i % 7 === 3 ? "torn" : row(i));
    await Deno.writeTextFile(path, rows.join("\n"));
    const options: MarketDataProducerOptions = {
      producer: "replay",
      seed: 1,
      symbols: [{
        symbol: "BTCUSDT",
        tickSize: 0.01,
        prices: { model: "replay", path, format: "binance-trades", speed: 2 },
      }],
      pace: { perSecond: 1e6, burst: 1000 },
      startAt: 5_000,
    };
    const array = new ArrayLog();
    const told: RuntimeEventBody[] = [];
    let publishes = 0;
    array.fate = () => ++publishes > 30 ? "refuse-for-good" : "store";
    await assert.rejects(start(array, new JumpClock(5_000), options, told).run());
    array.fate = () => "store";
    const again: RuntimeEventBody[] = [];
    await start(array, new JumpClock(5_000), options, again).run();

    const published = prices(array, "BTCUSDT");
    const valid = rows.flatMap((_, i) => i % 7 === 3 ? [] : [i]);
    assert.deepEqual(published.map(({ number }) => number), valid.map((_, n) => n));
    assert.deepEqual(published.map(({ price }) => price), valid.map((i) => 60000.25 + i));
    assert.deepEqual(published.map(({ timestamp }) => timestamp), valid.map((i) => 5_000 + i * 5));
    const notes = [...told, ...again].map((event) => event.kind === "note" ? event.text : "");
    assert.equal(notes[0], "Skipped a malformed row: line 4: 1 fields instead of 7");
    assert.ok(notes.length <= 23);
    assert.match(notes.at(-1)!, /^Skipped \d+ malformed rows in all$/);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});

Deno.test("createMarketDataProducer() names an option that makes no prices", () => {
  const make = (wrong: Partial<MarketDataProducerOptions>) => () =>
    start(new ArrayLog(), new FakeClock(), { ...OPTIONS, ...wrong });
  assert.throws(make({ symbols: [] }), /no symbol is named/);
  assert.throws(make({ symbols: [...OPTIONS.symbols, OPTIONS.symbols[0]!] }), /named twice/);
  assert.throws(make({ pace: { perSecond: -1, burst: 1 } }), /perSecond is -1/);
});

Deno.test("createMarketDataProducer() claims what its wall clock says", async () => {
  const [right, wrong] = [new ArrayLog(), new ArrayLog()];
  await start(right, new JumpClock(OPTIONS.startAt)).run();
  const jump = new JumpClock(OPTIONS.startAt);
  const clock: Clock = {
    now: () => jump.now(),
    sleep: (ms, signal) => jump.sleep(ms, signal),
    claimed: (now) => now - 5_000,
  };
  await start(wrong, clock).run();
  assert.deepEqual(
    prices(wrong),
    prices(right).map((price) => ({ ...price, timestamp: price.timestamp - 5_000 })),
  );
});

Deno.test("createMarketDataProducer() replays a file in virtual time, which stands still while it reads", async () => {
  const directory = await Deno.makeTempDir();
  try {
    const path = `${directory}/trades.csv`;
    // More than one piece of the file, a trade every ten milliseconds.
    const rows = Array.from({ length: 8_000 }, (_, n) => {
      return `${n},${100 + n % 7},2,201,${1_723_161_255_000 + 10 * n},True,True`;
    });
    await Deno.writeTextFile(path, rows.join("\n"));
    const options: MarketDataProducerOptions = {
      ...OPTIONS,
      symbols: [{
        symbol: "BTC",
        tickSize: 0.01,
        prices: { model: "replay", path, format: "binance-trades" },
      }],
      until: { count: 7_900 },
    };
    const array = new ArrayLog();
    const time = new VirtualTime({ seed: 1, startsAt: options.startAt });
    await time.run(() => start(array, time, options).run());
    const stamps = prices(array).map(({ timestamp }) => timestamp - options.startAt);
    assert.deepEqual(stamps, Array.from({ length: 7_900 }, (_, n) => 10 * n));
    assert.equal(time.now(), options.startAt + 10 * 7_899);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});
