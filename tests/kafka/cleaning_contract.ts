/**
 * What cleaning keeps and removes, of the logs that clean themselves.
 *
 * @module
 */

import assert from "node:assert/strict";
import fc from "fast-check";
import type { EventLog, LogRecord } from "../../kafka/event_log.ts";
import { type LogFixture, newTopic } from "./log_fixture.ts";

interface Entry {
  readonly offset: number;
  readonly key: string;
  readonly value: string | null;
}

/** The obvious way: a list of records, cleaned by the definition. */
class ReferencePartition {
  entries: Entry[] = [];
  #end = 0;

  append(key: string, value: string | null): void {
    this.entries.push({ offset: this.#end++, key, value });
  }

  clean(): void {
    const before = this.entries;
    this.entries = before.filter(({ offset, key, value }) => {
      if (offset === this.#end - 1) return true;
      if (before.some((other) => other.key === key && other.offset > offset)) return false;
      const olderLeft = before.some((other) => other.key === key && other.offset < offset);
      return value !== null || olderLeft;
    });
  }
}

type Step = "clean" | readonly (readonly [key: string, value: string | null])[];

const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    { weight: 1, arbitrary: fc.constant("clean" as const) },
    {
      weight: 4,
      arbitrary: fc.array(
        fc.tuple(
          fc.constantFrom("a", "b", "c", "ключ"),
          fc.option(fc.constantFrom("1", "zwölf", "x".repeat(50))),
        ),
        { minLength: 1, maxLength: 4 },
      ),
    },
  ),
  { maxLength: 25 },
);

/** `open` gives a log whose clock the test moves. */
export function cleaningContract(name: string, open: () => Promise<LogFixture>): void {
  Deno.test(`${name}: clean() keeps of every key what the definition keeps`, async () => {
    await using fixture = await open();
    const { log } = fixture;
    await fc.assert(
      fc.asyncProperty(steps, async (steps) => {
        const topic = await newTopic(log, { partitions: 1, cleanup: "compact" });
        const reference = new ReferencePartition();
        for (const step of [...steps, "clean" as const]) {
          if (step === "clean") {
            const before = reference.entries.length;
            reference.clean();
            const { removedRecords } = await log.clean();
            assert.equal(removedRecords, before - reference.entries.length);
          } else {
            const records = step.map(([key, value]) => ({ key, value, headers: { of: key } }));
            await log.publish([{ topic, partition: 0, records }]);
            for (const [key, value] of step) reference.append(key, value);
          }
          assert.deepEqual(entriesOf(await readAll(log, topic)), reference.entries);
        }
        await log.deleteTopics([topic]);
      }),
      { numRuns: 60 },
    );
  });

  Deno.test(`${name}: clean() leaves timestamps and headers of what it keeps`, async () => {
    await using fixture = await open();
    const { log } = fixture;
    const topic = await newTopic(log, { partitions: 1, cleanup: "compact" });
    const record = (key: string, timestamp: number) => ({
      key,
      value: `${timestamp}`,
      timestamp,
      headers: { at: `${timestamp}` },
    });
    const records = [record("a", 1), record("b", 2), record("a", 3), record("c", 4)];
    await log.publish([{ topic, partition: 0, records }]);
    assert.deepEqual(await log.clean(), { removedRecords: 1 });
    const read = await readAll(log, topic);
    assert.deepEqual(
      read.map(({ offset, timestamp, headers }) => [offset, timestamp, headers["at"]]),
      [[1, 2, "2"], [2, 3, "3"], [3, 4, "4"]],
    );
  });

  Deno.test(`${name}: publish() to a compacted topic needs keys`, async () => {
    await using fixture = await open();
    const { log } = fixture;
    const topic = await newTopic(log, { partitions: 1, cleanup: "compact" });
    const batch = { topic, partition: 0, records: [{ key: null, value: "v" }] };
    await assert.rejects(log.publish([batch]), /record 0 has no key/);
  });

  Deno.test(`${name}: clean() lets old records of a topic with retention go, from its start`, async () => {
    await using fixture = await open();
    const { log, clock } = fixture;
    const topic = await newTopic(log, {
      partitions: 1,
      cleanup: "delete",
      retentionMs: 1_000,
      timestampType: "log-append-time",
    });
    const append = (value: string) =>
      log.publish([{ topic, partition: 0, records: [{ key: null, value }, { key: null, value }] }]);
    for (let i = 0; i < 150; i++) {
      await append(`old ${i}`);
    }
    clock!.advance(2_000);
    await append("new");
    const slow = log.openReader([{ topic, partition: 0, offset: 0 }]);
    assert.equal((await slow.poll({ timeoutMs: 0, maxRecords: 2 }))[0]!.nextOffset, 2);
    assert.deepEqual(await log.clean(), { removedRecords: 300 });
    const [description] = await log.describeTopics([topic]);
    assert.deepEqual(description!.offsets, [{ start: 300, end: 302 }]);
    await assert.rejects(slow.poll({ timeoutMs: 0 }), /offsets 300 to 302/);
    clock!.advance(2_000);
    assert.deepEqual(await log.clean(), { removedRecords: 0 });
    slow.seek({ topic, partition: 0, offset: 300 });
    assert.equal((await slow.poll({ timeoutMs: 0 }))[0]!.records.length, 2);
    const member = await log.join({ group: "late", topics: [topic], instanceId: "a" });
    await member.poll({ timeoutMs: 0 });
    const polled = await member.poll({ timeoutMs: 0 });
    assert.ok(polled.kind === "records" && polled.batches[0]!.records[0]!.offset === 300);
    slow.close();
  });
}

async function readAll(log: EventLog, topic: string): Promise<readonly LogRecord[]> {
  const reader = log.openReader([{ topic, partition: 0, offset: 0 }]);
  const records: LogRecord[] = [];
  for (;;) {
    const batches = await reader.poll({ timeoutMs: 0, maxRecords: 3 });
    if (batches.length === 0) break;
    for (const batch of batches) records.push(...batch.records);
  }
  reader.close();
  return records;
}

function entriesOf(records: readonly LogRecord[]): Entry[] {
  return records.map(({ offset, key, text, headers }) => {
    assert.equal(headers["of"], key);
    return { offset, key: key!, value: text };
  });
}
