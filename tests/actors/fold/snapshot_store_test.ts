import assert from "node:assert/strict";
import { SNAPSHOT_CHUNK_BYTES, SnapshotStore } from "../../../actors/fold/snapshot_store.ts";
import { readRange } from "../../../actors/log_access/read_range.ts";
import { systemClock } from "../../../actors/runtime/clock.ts";
import { openMemoryLog } from "../../../kafka/open_event_log.ts";
import type { EventLog } from "../../../kafka/event_log.ts";
import { partitionForKey } from "../../../kafka/partitioner.ts";
import { topicSettings } from "../../../kafka/topics.ts";

const PARTITIONS = 6;
const PREFIX = "engine/orders/0";
const TARGET = { topic: "snapshots", partition: partitionForKey(PREFIX, PARTITIONS) };

async function newLog(): Promise<EventLog> {
  const log = await openMemoryLog();
  await log.createTopics(topicSettings());
  return log;
}

function storeOn(log: EventLog): SnapshotStore {
  const source = { topic: "orders", partition: 0 };
  return new SnapshotStore({
    log,
    clock: systemClock,
    role: "engine",
    source,
    partitions: PARTITIONS,
  });
}

/** A crash left these: chunks without a manifest. */
async function orphan(log: EventLog, ...keys: readonly string[]): Promise<void> {
  const records = keys.map((key) => ({ key: `${PREFIX}/${key}`, value: Uint8Array.of(1) }));
  await log.publish([{ ...TARGET, records }]);
}

/** The keys that compaction would keep with a value. */
async function keysOf(log: EventLog): Promise<string[]> {
  const keys = new Set<string>();
  for await (const { key, value } of readRange(log, TARGET)) {
    const part = key!.slice(PREFIX.length + 1);
    if (value === null) keys.delete(part);
    else keys.add(part);
  }
  return [...keys].sort();
}

Deno.test("SnapshotStore.load() gives back the newest snapshot, in chunks", async () => {
  await using log = await newLog();
  const bytes = new Uint8Array(SNAPSHOT_CHUNK_BYTES + 5).fill(7);
  const store = storeOn(log);
  await store.load();
  await store.save({ offset: 10, bytes: Uint8Array.of(1) });
  await store.save({ offset: 20, bytes });
  const { snapshot, damaged } = await storeOn(log).load();
  assert.equal(snapshot?.offset, 20);
  assert.deepEqual(snapshot?.bytes, bytes);
  assert.deepEqual(damaged, []);
});

Deno.test("SnapshotStore.load() takes away orphaned chunks older than the newest whole snapshot", async () => {
  await using log = await newLog();
  const store = storeOn(log);
  await store.load();
  await store.save({ offset: 10, bytes: Uint8Array.of(1) });
  await orphan(log, "15/0", "15/1", "40/0");
  await store.save({ offset: 30, bytes: Uint8Array.of(2) });
  const { snapshot } = await storeOn(log).load();
  assert.equal(snapshot?.offset, 30);
  // Those after it may be of a snapshot that somebody is writing.
  assert.deepEqual(await keysOf(log), ["10/0", "10/manifest", "30/0", "30/manifest", "40/0"]);
  const end = (await Array.fromAsync(readRange(log, TARGET))).length;
  await storeOn(log).load();
  assert.equal((await Array.fromAsync(readRange(log, TARGET))).length, end, "once is enough");
});

Deno.test("SnapshotStore.load() takes nothing away while no snapshot is whole", async () => {
  await using log = await newLog();
  await orphan(log, "5/0", "5/1");
  assert.equal((await storeOn(log).load()).snapshot, null);
  assert.deepEqual(await keysOf(log), ["5/0", "5/1"]);
});
