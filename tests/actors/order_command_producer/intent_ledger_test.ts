import assert from "node:assert/strict";
import {
  IntentLedger,
  type OutgoingCommand,
  ProducerFencedError,
} from "../../../actors/order_command_producer/intent_ledger.ts";
import type { LogRecord } from "../../../kafka/event_log.ts";
import { decodeRecord } from "../../../kafka/messages/mod.ts";
import { partitionForKey } from "../../../kafka/partitioner.ts";
import { ArrayLog } from "../../support/array_log.ts";
import { JumpClock } from "../../support/jump_clock.ts";

function open(array: ArrayLog, options: { producer?: string; keep?: number } = {}) {
  const { producer = "traders-1", keep = 0 } = options;
  return IntentLedger.open({ log: array.log, clock: new JumpClock(), producer, instance: 4, keep });
}

function commands(from: number, to: number): readonly OutgoingCommand[] {
  return Array.from({ length: to - from }, (_, i) => ({
    correlationId: `user-${i % 5}/order-${from + i}`,
    intendedAt: 1_000 + from + i,
    key: `user-${i % 5}`,
    value: i % 7 === 6 ? Uint8Array.of(255, from + i) : `command ${from + i}`,
  }));
}

function intents(array: ArrayLog) {
  return array.records("intents").map((record) => {
    const decoded = decodeRecord("intents", record);
    assert.ok(decoded.ok, decoded.ok ? "" : decoded.error);
    assert.deepEqual([record.key, record.partition], [decoded.message.producer, 4 % 3]);
    return decoded.message;
  });
}

function sentBytes(array: ArrayLog): readonly string[] {
  const bytes = (record: LogRecord) => `${record.partition} ${record.key} ${record.value}`;
  return array.records("order-commands").map(bytes);
}

Deno.test("IntentLedger writes intents, then sends exactly what they say", async () => {
  const array = new ArrayLog();
  const ledger = await open(array);
  await ledger.send(commands(0, 20));
  await ledger.send(commands(20, 30));
  await ledger.finish();
  await ledger.finish();
  const written = intents(array);
  assert.deepEqual(
    written.map((one) => one.type === "intent" ? one.number : `before ${one.before}`),
    [
      ...Array(20).keys(),
      "before 20",
      ...Array.from({ length: 10 }, (_, i) => 20 + i),
      "before 30",
    ],
  );
  const meant = written.flatMap((one) => {
    if (one.type !== "intent") return [];
    assert.equal(one.id, `traders-1/${one.number}`);
    assert.equal(one.intendedAt, 1_000 + one.number);
    assert.equal(one.partition, partitionForKey(one.key!, 3));
    const value = one.encoding === "text"
      ? new TextEncoder().encode(one.value)
      : Uint8Array.fromBase64(one.value);
    return [`${one.partition} ${one.key} ${value}`];
  });
  assert.deepEqual(sentBytes(array).toSorted(), meant.toSorted());
  assert.equal(ledger.acknowledgedBefore, 30);
});

Deno.test("IntentLedger: a crash at any publish loses nothing and changes nothing", async () => {
  for (let crashAt = 1; crashAt <= 9; crashAt++) {
    for (const fate of ["refuse-for-good", "store"] as const) {
      const array = new ArrayLog();
      let publishes = 0;
      // Either the publish never came about, or it did and the process died before it heard so.
      array.fate = () => {
        if (++publishes < crashAt) return "store";
        return publishes === crashAt ? fate : "refuse-for-good";
      };
      let ledger = await open(array);
      let crashed = false;
      for (let from = 0; from < 40 && !crashed; from += 10) {
        await ledger.send(commands(from, from + 10)).catch(() => crashed = true);
      }
      if (!crashed) await ledger.finish().catch(() => {});
      const before = sentBytes(array);
      array.fate = () => "store";
      ledger = await open(array);
      assert.ok(ledger.resent <= 10);
      // The rest, numbered on.
      const next = ledger.nextNumber;
      assert.equal(next % 10, 0);
      for (let from = next; from < 40; from += 10) await ledger.send(commands(from, from + 10));
      await ledger.finish();
      const numbers = intents(array).flatMap((one) => one.type === "intent" ? [one.number] : []);
      assert.deepEqual(numbers, [...Array(40).keys()], `${crashAt} ${fate}`);
      const all = new Set(sentBytes(array));
      assert.equal(all.size, 40);
      // Nothing that was sent before the crash was sent differently afterwards.
      for (const one of before) assert.ok(all.has(one));
      assert.equal((await open(array)).resent, 0);
    }
  }
});

Deno.test("IntentLedger sends unacknowledged commands again before anything new", async () => {
  const array = new ArrayLog();
  const first = await open(array);
  await first.send(commands(0, 5));
  array.fate = ([batch]) => batch?.topic === "order-commands" ? "refuse-for-good" : "store";
  await assert.rejects(first.send(commands(5, 9)), /refuse-for-good/);
  await assert.rejects(first.send(commands(9, 10)), /an earlier batch failed/);
  array.fate = () => "store";
  array.tried.length = 0;
  const second = await open(array, { keep: 6 });
  assert.equal(second.resent, 4);
  assert.equal(second.nextNumber, 9);
  assert.deepEqual(second.recovered.map(({ number }) => number), [3, 4, 5, 6, 7, 8]);
  const values = array.tried.flat().flatMap(({ topic, records }) =>
    records.map(({ value }) => `${topic} ${value}`)
  );
  assert.deepEqual(values.toSorted(), [5, 6, 7, 8].map((i) => `order-commands command ${i}`));
});

Deno.test("IntentLedger tries refused publishes again, also ones that had come about", async () => {
  const array = new ArrayLog();
  let publishes = 0;
  array.fate = () => (["refuse", "forget", "store"] as const)[publishes++ % 3]!;
  const ledger = await open(array);
  for (let from = 0; from < 50; from += 5) await ledger.send(commands(from, from + 5));
  await ledger.finish();
  const numbers = intents(array).flatMap((one) => one.type === "intent" ? [one.number] : []);
  assert.deepEqual([...new Set(numbers)], [...Array(50).keys()]);
  assert.equal(new Set(sentBytes(array)).size, 50);
  assert.equal((await open(array)).nextNumber, 50);
});

Deno.test("IntentLedger fences whichever of two incarnations writes second", async () => {
  const array = new ArrayLog();
  const hung = await open(array);
  await hung.send(commands(0, 3));
  const successor = await open(array);
  await successor.send(commands(3, 6));
  const before = sentBytes(array).length;
  await assert.rejects(hung.send(commands(90, 93)), ProducerFencedError);
  assert.equal(sentBytes(array).length, before);
  // The successor cannot tell that the other has stopped: it comes back, and the first intents count.
  await assert.rejects(successor.send(commands(6, 9)), ProducerFencedError);
  const third = await open(array, { keep: 10 });
  assert.deepEqual(third.recovered.map(({ intendedAt }) => intendedAt), [
    ...Array.from({ length: 9 }, (_, i) => 1_000 + i),
  ]);
  assert.equal(third.nextNumber, 9);
});

Deno.test("IntentLedger shares its partition with other producers without minding them", async () => {
  const array = new ArrayLog();
  const mine = await open(array);
  const other = await open(array, { producer: "client" });
  for (let from = 0; from < 30; from += 10) {
    await mine.send(commands(from, from + 10));
    await other.send(commands(from, from + 10));
  }
  assert.equal((await open(array)).nextNumber, 30);
  assert.equal((await open(array, { producer: "client" })).nextNumber, 30);
  assert.equal((await open(array, { producer: "nobody" })).nextNumber, 0);
});

Deno.test("IntentLedger.open() finds its place far behind other producers' records", async () => {
  const array = new ArrayLog();
  const mine = await open(array);
  await mine.send(commands(0, 5));
  await mine.finish();
  const other = await open(array, { producer: "busy" });
  for (let from = 0; from < 9_000; from += 1_000) await other.send(commands(from, from + 1_000));
  await mine.send(commands(5, 6));
  const back = await open(array, { keep: 3 });
  assert.deepEqual([back.nextNumber, back.resent, back.recovered.length], [6, 1, 3]);
});
