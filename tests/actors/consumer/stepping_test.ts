import assert from "node:assert/strict";
import { Consumer } from "../../../actors/consumer/consumer.ts";
import type { PartitionProcessor } from "../../../actors/consumer/partition_processor.ts";
import { systemClock } from "../../../actors/runtime/clock.ts";
import type { EventLog, LogRecord, PublishedBatch } from "../../../kafka/event_log.ts";
import { openMemoryLog } from "../../../kafka/open_event_log.ts";
import { eventually } from "../../support/eventually.ts";

const SOURCE = { topic: "numbers", partition: 0 };

async function newLog(...values: readonly string[]): Promise<EventLog> {
  const log = await openMemoryLog();
  const settings = { cleanup: "keep", retentionMs: null, timestampType: "create-time" } as const;
  await log.createTopics(
    ["numbers", "doubles"].map((name) => ({ ...settings, name, partitions: 1 })),
  );
  await add(log, ...values);
  return log;
}

async function add(log: EventLog, ...values: readonly string[]): Promise<void> {
  if (values.length === 0) return;
  await log.publish([{ ...SOURCE, records: values.map((value) => ({ key: null, value })) }]);
}

/** Writes each record twice, and can be held up. */
class Doubler implements PartitionProcessor {
  published: readonly PublishedBatch[] = [];
  gate: Promise<void> = Promise.resolve();
  begun = 0;
  readonly #log: EventLog;

  constructor(log: EventLog, public position: number) {
    this.#log = log;
  }

  async process(records: readonly LogRecord[]): Promise<void> {
    this.begun++;
    await this.gate;
    const doubled = records.flatMap(({ text }) => [text, text])
      .map((value) => ({ key: null, value: value ?? "" }));
    this.published = await this.#log.publish([{
      topic: "doubles",
      partition: 0,
      records: doubled,
    }]);
    this.position = records.at(-1)!.offset + 1;
  }

  flush(): Promise<void> {
    return Promise.resolve();
  }

  abandon(): void {}
}

interface Played {
  readonly consumer: Consumer;
  readonly run: Promise<void>;
  readonly doubler: () => Doubler | undefined;
}

function play(log: EventLog, gate = Promise.resolve()): Played {
  let doubler: Doubler | undefined;
  const consumer = new Consumer({
    start: { id: "one", tell: () => {} },
    log,
    clock: systemClock,
    group: "readers",
    topics: ["numbers"],
    open: (_assigned, { committed }) => {
      doubler = new Doubler(log, committed);
      doubler.gate = gate;
      return Promise.resolve(doubler);
    },
  });
  return { consumer, run: consumer.run(), doubler: () => doubler };
}

async function committed(log: EventLog): Promise<number> {
  return (await log.lag("readers"))[0]?.offset ?? 0;
}

Deno.test("Consumer.step() tells which record it was and where its outputs stand, one at a time", async () => {
  await using log = await newLog("a", "b");
  const { consumer, run } = play(log);
  await eventually("it has caught up", async () => await committed(log) === 2);
  await consumer.suspend({ settled: true });
  await add(log, "c", "d", "e");
  const step = (offset: number, written: number) => ({
    read: { ...SOURCE, offset },
    wrote: [{ topic: "doubles", partition: 0, offset: written, count: 2 }],
  });
  assert.deepEqual(await consumer.step(), step(2, 4));
  assert.equal(await committed(log), 3);
  assert.deepEqual(await Promise.all([consumer.step(), consumer.step()]), [step(3, 6), step(4, 8)]);
  assert.equal(await consumer.step(), null);
  assert.equal(consumer.report().phase, "suspended");
  await add(log, "f");
  consumer.resume();
  await eventually("it has caught up", async () => await committed(log) === 6);
  consumer.stop();
  await run;
});

Deno.test("Consumer.suspend() resolves when what was begun is done and committed", async () => {
  await using log = await newLog("a", "b");
  const gate = Promise.withResolvers<void>();
  const { consumer, run, doubler } = play(log, gate.promise);
  await eventually("it works", () => doubler()?.begun === 1);
  let stands = false;
  const suspending = Promise.resolve(consumer.suspend({ settled: true })).then(() => stands = true);
  await log.lag("readers");
  assert.deepEqual([stands, await committed(log)], [false, 0]);
  gate.resolve();
  await suspending;
  assert.equal(await committed(log), 2);
  await consumer.suspend({ settled: true });
  consumer.stop();
  await run;
  await consumer.suspend({ settled: true });
});

Deno.test("Consumer.suspend() is settled by a resumption before it stood", async () => {
  await using log = await newLog("a");
  const gate = Promise.withResolvers<void>();
  const { consumer, run, doubler } = play(log, gate.promise);
  await eventually("it works", () => doubler()?.begun === 1);
  const suspending = consumer.suspend({ settled: true });
  consumer.resume();
  await suspending;
  gate.resolve();
  await eventually("it has caught up", async () => await committed(log) === 1);
  consumer.stop();
  await run;
});
