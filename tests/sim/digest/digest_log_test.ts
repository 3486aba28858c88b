import assert from "node:assert/strict";
import { SnapshotStore } from "../../../actors/fold/snapshot_store.ts";
import { systemClock } from "../../../actors/runtime/clock.ts";
import type { EventLog, RecordToPublish } from "../../../kafka/event_log.ts";
import { openMemoryLog } from "../../../kafka/open_event_log.ts";
import { topicSettings } from "../../../kafka/topics.ts";
import { digestLog, firstDifference, type LogDigest } from "../../../sim/digest/digest_log.ts";

const RECORD = {
  key: "AAPL",
  value: "one",
  headers: { trace: "1", cause: "2" },
  timestamp: 1_000,
} as const satisfies RecordToPublish;

/** A log with one published batch a list of records, digested. */
async function digestOf(...batches: readonly (readonly RecordToPublish[])[]): Promise<LogDigest> {
  await using log = await openTestLog();
  for (const records of batches) await publish(log, records);
  return await digestLog(log);
}

async function openTestLog(): Promise<EventLog> {
  const log = await openMemoryLog();
  await log.createTopics(topicSettings());
  return log;
}

async function publish(log: EventLog, records: readonly RecordToPublish[]): Promise<void> {
  await log.publish([{ topic: "orders", partition: 1, records }]);
}

Deno.test("digestLog() is the same for the same records, however they were batched", async () => {
  const two = { ...RECORD, value: "two" };
  const together = await digestOf([RECORD, two]);
  assert.deepEqual(await digestOf([RECORD], [two]), together);
  assert.equal(together.records, 2);
  assert.match(together.digest, /^[0-9a-f]{64}$/);
});

Deno.test("digestLog() takes headers in any order and text as its bytes", async () => {
  const other = {
    ...RECORD,
    headers: { cause: "2", trace: "1" },
    value: new TextEncoder().encode("one"),
  };
  assert.equal((await digestOf([other])).digest, (await digestOf([RECORD])).digest);
});

const CHANGES: Readonly<Record<string, readonly RecordToPublish[]>> = {
  "another value": [{ ...RECORD, value: "onf" }],
  "no value": [{ ...RECORD, value: null }],
  "an empty value": [{ ...RECORD, value: "" }],
  "another key": [{ ...RECORD, key: "AAPM" }],
  "no key": [{ ...RECORD, key: null }],
  "another stamp": [{ ...RECORD, timestamp: 1_001 }],
  "another header": [{ ...RECORD, headers: { trace: "1", cause: "3" } }],
  "a header less": [{ ...RECORD, headers: { trace: "1" } }],
  "a record more": [RECORD, RECORD],
  "a byte moved from key to value": [{ ...RECORD, key: "AAP", value: "Lone" }],
};

for (const [name, records] of Object.entries(CHANGES)) {
  Deno.test(`digestLog() differs by ${name}, and says where`, async () => {
    const [one, other] = [await digestOf([RECORD]), await digestOf(records)];
    assert.notEqual(other.digest, one.digest);
    assert.equal(firstDifference(one, other), "topic orders");
    assert.equal(firstDifference(one, one), null);
  });
}

Deno.test("digestLog() covers the newest whole snapshot of each role and partition", async () => {
  await using log = await openTestLog();
  const source = { topic: "orders", partition: 3 };
  const store = () =>
    new SnapshotStore({ log, clock: systemClock, role: "trading-engine", source, partitions: 6 });
  const none = await digestLog(log);
  assert.deepEqual(none.states, {});
  await store().save({ offset: 10, bytes: new Uint8Array([1, 2]) });
  const first = await digestLog(log);
  await store().save({ offset: 20, bytes: new Uint8Array([1, 2]) });
  const second = await digestLog(log);
  const name = "trading-engine orders/3";
  assert.deepEqual(Object.keys(second.states), [name]);
  assert.notEqual(second.states[name], first.states[name]);
});

Deno.test("digestLog() takes in values larger than what it gathers", async () => {
  const large = "x".repeat(200_000);
  const one = await digestOf([{ ...RECORD, value: large, key: "k".repeat(100_000) }]);
  const other = await digestOf([{ ...RECORD, value: `${large}y`, key: "k".repeat(100_000) }]);
  assert.notEqual(one.digest, other.digest);
});
