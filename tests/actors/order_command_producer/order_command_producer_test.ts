import assert from "node:assert/strict";
import { createOrderCommandProducer } from "../../../actors/order_command_producer/order_command_producer.ts";
import type { OrderCommandProducerOptions } from "../../../actors/order_command_producer/options.ts";
import type { Clock } from "../../../actors/runtime/clock.ts";
import { decodeRecord, type Intent } from "../../../kafka/messages/mod.ts";
import { ArrayLog } from "../../support/array_log.ts";
import { FakeClock, settle } from "../../support/fake_clock.ts";
import { JumpClock } from "../../support/jump_clock.ts";

const OPTIONS: OrderCommandProducerOptions = {
  producer: "traders-0",
  seed: 21,
  instance: 0,
  instances: 1,
  startAt: 50_000,
  phases: [
    { kind: "constant", ratePerSecond: 200, durationMs: 2_000 },
    { kind: "silence", durationMs: 500 },
    { kind: "burst", ratePerSecond: 2_000, durationMs: 500, arrivals: "uniform" },
  ],
  flow: {
    users: [{ userId: "501" }, { userId: "502" }, { userId: "503" }],
    symbols: [{ symbol: "AAPL", tickSize: 0.01, lotSize: 1, referencePrice: 189.5 }],
    mix: { limit: 5, market: 1, cancel: 2, duplicate: 1, malformed: 1 },
  },
};

function start(array: ArrayLog, clock: Clock, wrong: Partial<OrderCommandProducerOptions> = {}) {
  const options = { ...OPTIONS, ...wrong };
  return createOrderCommandProducer({
    start: {
      id: options.producer,
      options,
      tell: () => {},
    },
    log: array.log,
    clock,
  });
}

function intents(array: ArrayLog): readonly Intent[] {
  return array.records("intents").flatMap((record) => {
    const decoded = decodeRecord("intents", record);
    assert.ok(decoded.ok);
    return decoded.message.type === "intent" ? [decoded.message] : [];
  });
}

Deno.test("createOrderCommandProducer() sends its load as intended and ends", async () => {
  const array = new ArrayLog();
  const actor = start(array, new JumpClock(OPTIONS.startAt));
  await actor.run();
  const all = intents(array);
  assert.ok(Math.abs(all.length - 1_400) < 90, `${all.length}`);
  assert.deepEqual(all.map(({ number }) => number), all.map((_, i) => i));
  assert.equal(array.records("order-commands").length, all.length);
  assert.ok(all.every(({ intendedAt }) => Number.isInteger(intendedAt) && intendedAt >= 50_000));
  const { counters } = actor.report();
  assert.equal(counters.intended, all.length);
  assert.equal(counters.acknowledged, all.length);
  assert.equal(
    (counters.limit ?? 0) + counters.market! + counters.cancel! + counters.duplicate! +
      counters.malformed!,
    all.length,
  );
  assert.deepEqual(await actor.ask({ kind: "progress" }), {
    nextNumber: all.length,
    acknowledgedBefore: all.length,
    nextAt: null,
  });
  await assert.rejects(actor.ask("colour"), /Cannot answer colour/);
});

Deno.test("createOrderCommandProducer() comes back after a crash as if never away", async () => {
  const whole = new ArrayLog();
  await start(whole, new JumpClock(OPTIONS.startAt)).run();
  for (const dieAfter of [1, 2, 50, 301]) {
    const array = new ArrayLog();
    let publishes = 0;
    array.fate = () => ++publishes > dieAfter ? "refuse-for-good" : "store";
    await assert.rejects(start(array, new JumpClock(OPTIONS.startAt)).run(), /refuse-for-good/);
    array.fate = () => "store";
    await start(array, new JumpClock(OPTIONS.startAt + 1_000)).run();
    assert.deepEqual(intents(array), intents(whole));
    const bytes = (one: ArrayLog) =>
      new Set(one.records("order-commands").map(({ key, value }) => `${key} ${value}`));
    assert.deepEqual(bytes(array), bytes(whole));
  }
});

Deno.test("createOrderCommandProducer(): late commands keep their intended time", async () => {
  const array = new ArrayLog();
  const late = start(array, new JumpClock(OPTIONS.startAt + 60_000));
  await late.run();
  const onTime = new ArrayLog();
  await start(onTime, new JumpClock(OPTIONS.startAt)).run();
  assert.deepEqual(
    intents(array).map(({ intendedAt }) => intendedAt),
    intents(onTime).map(({ intendedAt }) => intendedAt),
  );
  const largest = Math.max(...array.tried.map(([batch]) => batch?.records.length ?? 0));
  assert.ok(largest <= 1_001, `${largest}`);
});

Deno.test("createOrderCommandProducer(): a resumed run goes on from where the session stood", async () => {
  const array = new ArrayLog();
  let publishes = 0;
  array.fate = () => ++publishes > 100 ? "refuse-for-good" : "store";
  await assert.rejects(start(array, new JumpClock(OPTIONS.startAt)).run());
  array.fate = () => "store";
  const sentBefore = intents(array).length;
  await start(array, new JumpClock(9_000_000), { startAt: 9_000_000, elapsedBefore: 300 }).run();
  const resumed = intents(array).slice(sentBefore);
  assert.ok(resumed.every(({ intendedAt }) => intendedAt >= 9_000_000));
  assert.ok(resumed.at(-1)!.intendedAt > 9_000_000 + 2_600);
  assert.ok(resumed.at(-1)!.intendedAt < 9_000_000 + 2_700);
});

Deno.test("createOrderCommandProducer(): instances send the arrivals of one schedule between them", async () => {
  const one = new ArrayLog();
  await start(one, new JumpClock(OPTIONS.startAt)).run();
  const split = new ArrayLog();
  for (const instance of [0, 1, 2]) {
    const producer = `traders-${instance}`;
    const clock = new JumpClock(OPTIONS.startAt);
    await start(split, clock, { producer, instance, instances: 3 }).run();
  }
  const times = (array: ArrayLog) => intents(array).map(({ intendedAt }) => intendedAt).toSorted();
  assert.deepEqual(times(split), times(one));
});

Deno.test("createOrderCommandProducer() prices orders around what the market did", async () => {
  const array = new ArrayLog();
  const price = {
    type: "price",
    id: "p/AAPL/0",
    correlationId: "AAPL",
    timestamp: 1,
    symbol: "AAPL",
    price: 250,
    producer: "p",
    number: 0,
  };
  await array.publish([{
    topic: "market-data",
    partition: 1,
    records: [{ key: "AAPL", value: JSON.stringify(price) }],
  }]);
  const flow = { ...OPTIONS.flow, mix: { limit: 1 } };
  await start(array, new JumpClock(OPTIONS.startAt), { flow }).run();
  const prices = intents(array).map(({ value }) => Number(JSON.parse(value).price));
  assert.ok(prices.every((price) => Math.abs(price - 250) < 1));
});

Deno.test("createOrderCommandProducer() stops when told and steps one command while suspended", async () => {
  const array = new ArrayLog();
  const clock = new FakeClock(OPTIONS.startAt);
  const actor = start(array, clock);
  const run = actor.run();
  await settle();
  actor.suspend();
  await settle();
  const before = intents(array).length;
  await clock.advance(500);
  await actor.step();
  await actor.step();
  assert.equal(intents(array).length, before + 2);
  assert.equal(actor.report().phase, "suspended");
  actor.resume();
  await settle();
  assert.ok(intents(array).length > before + 50);
  actor.stop();
  await run;
  // What was acknowledged is told: nothing is sent again.
  assert.deepEqual(array.json("intents").at(-1)?.type, "intents-acknowledged");
});

Deno.test("createOrderCommandProducer() names an option that makes no load", () => {
  const make = (wrong: Partial<OrderCommandProducerOptions>) => () =>
    start(new ArrayLog(), new FakeClock(), wrong);
  assert.throws(make({ producer: "" }), /producer cannot be ""/);
  assert.throws(make({ startAt: 0.5 }), /startAt cannot be 0.5/);
  assert.throws(make({ maxBatch: 0 }), /maxBatch cannot be 0/);
  assert.throws(make({ instance: 2, instances: 2 }), /instance 2 of 2/);
});

Deno.test("createOrderCommandProducer() claims what its wall clock says and keeps to its intentions", async () => {
  const array = new ArrayLog();
  const jump = new JumpClock(OPTIONS.startAt);
  const clock: Clock = {
    now: () => jump.now(),
    sleep: (ms, signal) => jump.sleep(ms, signal),
    claimed: (now) => now + 1_000_000,
  };
  await start(array, clock, { flow: { ...OPTIONS.flow, mix: { limit: 3, cancel: 1, deposit: 1 } } })
    .run();
  const all = intents(array);
  assert.ok(all.length > 1_000);
  for (const { intendedAt, timestamp, value } of all) {
    assert.equal(timestamp, intendedAt);
    assert.equal(JSON.parse(value).timestamp, intendedAt + 1_000_000);
  }
});
