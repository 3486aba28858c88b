import assert from "node:assert/strict";
import { SnapshotStore } from "../../../actors/fold/snapshot_store.ts";
import { packState, unpackState } from "../../../actors/fold/state_bytes.ts";
import { systemClock } from "../../../actors/runtime/clock.ts";
import { type EventLog, type LogRecord } from "../../../kafka/event_log.ts";
import { openMemoryLog } from "../../../kafka/open_event_log.ts";
import { topicSettings } from "../../../kafka/topics.ts";
import { over } from "./over.ts";
import { resequenced } from "./resequenced.ts";
import { withSnapshotHeads } from "./rewritten_snapshots.ts";

async function newLog(): Promise<EventLog> {
  const log = await openMemoryLog();
  await log.createTopics(topicSettings({ partitions: { orders: 1, snapshots: 1 } }));
  return log;
}

/** Derived messages of one channel, by the sequences given. */
async function publishSequences(log: EventLog, sequences: readonly number[]): Promise<void> {
  const records = sequences.map((sequence) => ({
    key: "AAPL",
    value: JSON.stringify({ id: `order-commands/0/${sequence}/0`, sequence }),
  }));
  await log.publish([{ topic: "orders", partition: 0, records }]);
}

async function readSequences(log: EventLog, from = 0): Promise<readonly unknown[]> {
  const reader = log.openReader([{ topic: "orders", partition: 0, offset: from }]);
  const batches = await reader.poll({ timeoutMs: 0 });
  reader.close();
  const sequenceOf = ({ text }: LogRecord) => JSON.parse(text ?? "{}").sequence;
  return batches.flatMap(({ records }) => records.map(sequenceOf));
}

Deno.test("over() takes its own members first and leaves the rest on its target", () => {
  class Counter {
    #count = 0;
    get count(): number {
      return this.#count;
    }
    add(): void {
      this.#count++;
    }
    name(): string {
      return "counter";
    }
  }
  const target = new Counter();
  const other = over(target, { name: () => "other" });
  other.add();
  assert.deepEqual([other.count, target.count, other.name(), target.name()], [
    1,
    1,
    "other",
    "counter",
  ]);
});

Deno.test("resequenced() numbers what its notion takes densely, wherever it begins to read", async () => {
  await using log = await newLog();
  await publishSequences(log, [0, 1, 0, 1, 2]);
  const takingAll = resequenced(log, "orders", () => true);
  assert.deepEqual(await readSequences(takingAll), [0, 1, 2, 3, 4]);
  assert.deepEqual(await readSequences(resequenced(log, "orders", () => true), 3), [3, 4]);
  assert.deepEqual(await readSequences(log), [0, 1, 0, 1, 2]);
});

Deno.test("resequenced() gives what its notion drops a sequence that has been", async () => {
  await using log = await newLog();
  await publishSequences(log, [0, 2, 1, 3]);
  const aboveMark = resequenced(log, "orders", (sequence, mark) => sequence >= mark);
  assert.deepEqual(await readSequences(aboveMark), [0, 1, 0, 2]);
});

Deno.test("withSnapshotHeads() changes what a snapshot says, and its digest agrees", async () => {
  await using inner = await newLog();
  const head = { version: 1, nextOffset: 7, now: 5, received: [["a/0", 3]], sent: [] };
  const bytes = packState(head, [Uint8Array.of(1, 2)]);
  const storeOn = (log: EventLog) =>
    new SnapshotStore({
      log,
      clock: systemClock,
      role: "trading-engine",
      source: { topic: "orders", partition: 0 },
      partitions: 1,
    });
  await storeOn(inner).save({ offset: 7, bytes });
  const log = withSnapshotHeads(inner, "trading-engine", (found) => ({ ...found, nextOffset: 2 }));
  const { snapshot, damaged } = await storeOn(log).read();
  assert.deepEqual(damaged, []);
  assert.deepEqual(unpackState(snapshot!.bytes), {
    head: { ...head, nextOffset: 2 },
    parts: [Uint8Array.of(1, 2)],
  });
  const elsewhere = withSnapshotHeads(inner, "order-gateway", () => assert.fail("another role's"));
  assert.deepEqual((await storeOn(elsewhere).read()).snapshot?.bytes, bytes);
});
