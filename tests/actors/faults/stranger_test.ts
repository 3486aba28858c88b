import assert from "node:assert/strict";
import { Stranger } from "../../../actors/faults/stranger.ts";
import { orderGatewayFold } from "../../../actors/order_gateway/order_gateway_fold.ts";
import { openFloor } from "../../../actors/floor/open_floor.ts";
import { floorParameters } from "../../../actors/floor/floor_parameters.ts";
import { DEFAULT_PARTITION_COUNTS, PartitionFold } from "../../../actors/fold/partition_fold.ts";
import { SnapshotStore } from "../../../actors/fold/snapshot_store.ts";
import { readRange } from "../../../actors/log_access/read_range.ts";
import { systemClock } from "../../../actors/runtime/clock.ts";
import type { EventLog } from "../../../kafka/event_log.ts";
import { decodeRecord } from "../../../kafka/messages/mod.ts";
import { openMemoryLog } from "../../../kafka/open_event_log.ts";
import { topicSettings } from "../../../kafka/topics.ts";

const STATE = { role: "trading-engine", topic: "orders", partition: 2 };

async function newLog(): Promise<EventLog> {
  const log = await openMemoryLog();
  await log.createTopics(topicSettings());
  return log;
}

function strangerOn(log: EventLog): Stranger {
  return new Stranger(log, { clock: systemClock });
}

async function storeOn(log: EventLog): Promise<SnapshotStore> {
  const { role, topic, partition } = STATE;
  const partitions = await log.partitionCount("snapshots");
  const source = { topic, partition };
  return new SnapshotStore({ log, clock: systemClock, role, source, partitions });
}

async function saveSnapshots(log: EventLog): Promise<void> {
  const store = await storeOn(log);
  await store.save({ offset: 10, bytes: Uint8Array.of(1, 2, 3) });
  await store.save({ offset: 20, bytes: Uint8Array.of(4, 5, 6) });
}

Deno.test("Stranger.tearSnapshot() damages the newest whole snapshot, one after the other", async () => {
  await using log = await newLog();
  const stranger = strangerOn(log);
  assert.equal(await stranger.tearSnapshot(STATE), false, "there is none yet");
  await saveSnapshots(log);
  assert.equal(await stranger.tearSnapshot(STATE), true);
  const { snapshot, damaged } = await (await storeOn(log)).read();
  assert.deepEqual([snapshot?.offset, snapshot?.bytes], [10, Uint8Array.of(1, 2, 3)]);
  assert.deepEqual(damaged, ["trading-engine/orders/2/20"]);
  assert.equal(await stranger.tearSnapshot(STATE), true);
  assert.equal((await (await storeOn(log)).read()).snapshot, null);
  assert.equal(await stranger.tearSnapshot(STATE), false);
});

Deno.test("Stranger.loseSnapshot() takes the newest whole snapshot away without a trace", async () => {
  await using log = await newLog();
  const stranger = strangerOn(log);
  assert.equal(await stranger.loseSnapshot(STATE), false);
  await saveSnapshots(log);
  assert.equal(await stranger.loseSnapshot(STATE), true);
  const { snapshot, damaged } = await (await storeOn(log)).read();
  assert.deepEqual([snapshot?.offset, damaged], [10, []]);
});

Deno.test("Stranger.poison() publishes bytes that are no message of any topic", async () => {
  await using log = await newLog();
  const place = { topic: "orders", partition: 1 };
  assert.deepEqual(await strangerOn(log).poison(place), { offset: 0 });
  const [record] = await Array.fromAsync(readRange(log, place));
  for (const topic of ["orders", "order-commands", "notifications", "market-data"] as const) {
    assert.equal(decodeRecord(topic, record!).ok, false);
  }
});

Deno.test("Stranger.poisonFold() publishes a message on which the partition's fold throws", async () => {
  await using log = await newLog();
  const stranger = strangerOn(log);
  const place = { topic: "order-commands", partition: 3 };
  await assert.rejects(stranger.poisonFold(place), /Cannot poison .*: no floor was opened there/);
  await assert.rejects(stranger.poisonFold({ topic: "intents", partition: 0 }), /no fold reads it/);
  await openFloor(log, floorParameters({ symbols: ["AAPL"] }), { clock: systemClock });
  const { offset } = await stranger.poisonFold(place);
  const fold = new PartitionFold({
    fold: orderGatewayFold,
    context: { topic: "order-commands", partition: 3, partitions: 6 },
    partitions: DEFAULT_PARTITION_COUNTS,
  });
  const records = await Array.fromAsync(readRange(log, place));
  assert.equal(records.at(-1)!.offset, offset);
  for (const record of records.slice(0, -1)) fold.apply(record, { publishing: true });
  assert.throws(() => fold.apply(records.at(-1)!, { publishing: true }), /Cannot open the floor/);
});

Deno.test("Stranger.rebalance() moves the group on and leaves it to its members", async () => {
  await using log = await newLog();
  const stranger = strangerOn(log);
  await assert.rejects(stranger.rebalance("group"), /Cannot rebalance "group": nobody reads in it/);
  const member = await log.join({ group: "group", topics: ["orders"], instanceId: "member-0" });
  const told = await member.poll({ timeoutMs: 0 });
  assert.ok(told.kind === "assignment" && told.assigned.length === 6);
  await stranger.rebalance("group");
  const { generation, members } = await log.describeGroup("group");
  assert.ok(generation >= told.generation + 2, `${generation}`);
  assert.deepEqual(members.map(({ instanceId }) => instanceId), ["member-0"]);
  const again = await member.poll({ timeoutMs: 0 });
  assert.ok(again.kind === "assignment");
  assert.equal(again.assignment.length, 6);
  await member.leave();
});
