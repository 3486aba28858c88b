import assert from "node:assert/strict";
import type { LogRecord } from "../../kafka/event_log.ts";
import {
  deadline,
  failsWith,
  type LogFixture,
  newTopic,
  publishTexts,
  readRecords,
  textsOf,
} from "./log_fixture.ts";

const numbers = (count: number) => Array.from({ length: count }, (_, i) => `${i}`);

/** Reading without a group: ranges, tails, seeks. */
export function readerContract(name: string, open: () => Promise<LogFixture>): void {
  Deno.test(`${name}: a reader begins at its offset, in the middle of a batch too`, async () => {
    await using fixture = await open();
    const topic = await newTopic(fixture.log);
    await publishTexts(fixture.log, { topic, partition: 1 }, numbers(5));
    await publishTexts(fixture.log, { topic, partition: 1 }, ["5", "6"]);
    const read = await readRecords(fixture, { topic, partition: 1, offset: 3 }, 4);
    assert.deepEqual(textsOf(read), ["3", "4", "5", "6"]);
  });

  Deno.test(`${name}: a reader with nothing to read gives an empty array after its timeout`, async () => {
    await using fixture = await open();
    const topic = await newTopic(fixture.log);
    const reader = fixture.log.openReader([{ topic, partition: 0, offset: 0 }]);
    assert.deepEqual(await reader.poll({ timeoutMs: 0 }), []);
    assert.deepEqual(await reader.poll({ timeoutMs: 30 }), []);
    reader.close();
  });

  Deno.test(`${name}: a waiting reader gets what is published meanwhile`, async () => {
    await using fixture = await open();
    const { log, deadlineMs } = fixture;
    const topic = await newTopic(log);
    const reader = log.openReader([{ topic, partition: 0, offset: 0 }]);
    const polled = reader.poll({ timeoutMs: deadlineMs });
    await publishTexts(log, { topic, partition: 0 }, ["news"]);
    const [batch] = await polled;
    assert.deepEqual(textsOf(batch!.records), ["news"]);
    assert.equal(batch!.nextOffset, 1);
    assert.equal(batch!.endOffset, 1);
    assert.deepEqual(reader.positions, [{ topic, partition: 0, offset: 1 }]);
    reader.close();
  });

  Deno.test(`${name}: a signal ends a reader's wait`, async () => {
    await using fixture = await open();
    const topic = await newTopic(fixture.log);
    const reader = fixture.log.openReader([{ topic, partition: 0, offset: 0 }]);
    await reader.poll({ timeoutMs: 0 });
    const controller = new AbortController();
    const started = performance.now();
    const polled = reader.poll({ timeoutMs: fixture.deadlineMs, signal: controller.signal });
    controller.abort();
    assert.deepEqual(await polled, []);
    assert.ok(performance.now() - started < fixture.deadlineMs / 2);
    const aborted = { timeoutMs: fixture.deadlineMs, signal: controller.signal };
    assert.deepEqual(await reader.poll(aborted), []);
    reader.close();
  });

  Deno.test(`${name}: a reader reads several partitions to their ends, each in order`, async () => {
    await using fixture = await open();
    const topic = await newTopic(fixture.log, { partitions: 3 });
    for (let round = 0; round < 4; round++) {
      for (const partition of [0, 1, 2]) {
        await publishTexts(fixture.log, { topic, partition }, [`${round}a`, `${round}b`]);
      }
    }
    const places = [0, 1, 2].map((partition) => ({ topic, partition, offset: 0 }));
    const reader = fixture.log.openReader(places);
    const read: LogRecord[] = [];
    const before = deadline(fixture.deadlineMs, () => `24 records, got ${read.length}`);
    while (read.length < 24) {
      before();
      for (const batch of await reader.poll({ timeoutMs: 100, maxRecords: 5 })) {
        assert.ok(batch.records.length > 0);
        assert.equal(batch.nextOffset, batch.records.at(-1)!.offset + 1);
        read.push(...batch.records);
      }
    }
    reader.close();
    for (const partition of [0, 1, 2]) {
      const own = read.filter((record) => record.partition === partition);
      assert.deepEqual(own.map(({ offset }) => offset), [0, 1, 2, 3, 4, 5, 6, 7]);
    }
  });

  Deno.test(`${name}: seek() reads a partition again, and refuses one that is not read`, async () => {
    await using fixture = await open();
    const { log, deadlineMs } = fixture;
    const topic = await newTopic(log);
    await publishTexts(log, { topic, partition: 0 }, numbers(3));
    const reader = log.openReader([{ topic, partition: 0, offset: 0 }]);
    const first = await reader.poll({ timeoutMs: deadlineMs });
    assert.deepEqual(textsOf(first[0]!.records), ["0", "1", "2"]);
    reader.seek({ topic, partition: 0, offset: 1 });
    const again = await reader.poll({ timeoutMs: deadlineMs });
    assert.deepEqual(textsOf(again[0]!.records), ["1", "2"]);
    const wrong = Promise.resolve().then(() => reader.seek({ topic, partition: 1, offset: 0 }));
    await failsWith(wrong, "not-assigned");
    reader.close();
    await failsWith(reader.poll({ timeoutMs: 0 }), "log-closed");
  });

  Deno.test(`${name}: a poll from past a partition's end fails, naming what is there`, async () => {
    await using fixture = await open();
    const topic = await newTopic(fixture.log);
    await publishTexts(fixture.log, { topic, partition: 0 }, ["a"]);
    const reader = fixture.log.openReader([{ topic, partition: 0, offset: 2 }]);
    const failed = reader.poll({ timeoutMs: fixture.deadlineMs });
    await failsWith(failed, "offset-out-of-range");
    reader.seek({ topic, partition: 0, offset: 0 });
    const [batch] = await reader.poll({ timeoutMs: fixture.deadlineMs });
    assert.deepEqual(textsOf(batch!.records), ["a"]);
    reader.close();
  });

  Deno.test(`${name}: a poll of what does not exist fails`, async () => {
    await using fixture = await open();
    const topic = await newTopic(fixture.log);
    for (
      const [place, code] of [
        [{ topic: "no-such-topic", partition: 0 }, "unknown-topic"],
        [{ topic, partition: 9 }, "unknown-partition"],
      ] as const
    ) {
      const reader = fixture.log.openReader([{ ...place, offset: 0 }]);
      await failsWith(reader.poll({ timeoutMs: fixture.deadlineMs }), code);
      reader.close();
    }
  });

  Deno.test(`${name}: another handle reads what was published, and is woken by it`, async () => {
    await using fixture = await open();
    if (fixture.openAnother === null) return;
    await using other = await fixture.openAnother();
    const topic = await newTopic(fixture.log);
    await publishTexts(fixture.log, { topic, partition: 0 }, ["before"]);
    const reader = other.openReader([{ topic, partition: 0, offset: 0 }]);
    const [first] = await reader.poll({ timeoutMs: fixture.deadlineMs });
    assert.deepEqual(textsOf(first!.records), ["before"]);
    const polled = reader.poll({ timeoutMs: fixture.deadlineMs });
    await publishTexts(fixture.log, { topic, partition: 0 }, ["after"]);
    assert.deepEqual(textsOf((await polled)[0]!.records), ["after"]);
    reader.close();
  });
}
