import assert from "node:assert/strict";
import { join } from "node:path";
import { seededRandom } from "../../../../actors/seeded_random.ts";
import type { EventLog } from "../../../../kafka/event_log.ts";
import { encodeMessage } from "../../../../kafka/messages/mod.ts";
import { openMemoryLog } from "../../../../kafka/open_event_log.ts";
import { topicSettings } from "../../../../kafka/topics.ts";
import { readyRunIndex } from "../../../../sim/actor_log/index/ready_run_index.ts";
import { LANE_TOPICS } from "../../../../sim/actor_log/index/lanes.ts";
import { MAX_LANES } from "../../../../sim/actor_log/index/limits.ts";
import { RunIndexError } from "../../../../sim/actor_log/index/run_index_error.ts";
import type { StoredRunIndex } from "../../../../sim/actor_log/index/stored_run_index.ts";
import { plainIndex } from "../plain_index.ts";
import { drawLog } from "./drawn_log.ts";
import { readInPieces, withMember } from "./pieces_log.ts";

async function indexed<T>(log: EventLog, look: (index: StoredRunIndex) => T): Promise<T> {
  const directory = await Deno.makeTempDir({ prefix: "outcry-index-" });
  try {
    using index = await readyRunIndex({ log, events: null, file: join(directory, "order.sqlite") });
    return await look(index);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

async function emptyLog(partitions: number): Promise<EventLog> {
  const log = await openMemoryLog();
  const counts = Object.fromEntries(LANE_TOPICS.map((topic) => [topic, partitions]));
  await log.createTopics(topicSettings({ partitions: counts }));
  return log;
}

Deno.test("buildRunIndex() numbers more partitions than fit a byte", async () => {
  await using log = await emptyLog(50);
  for (const topic of LANE_TOPICS) {
    for (const partition of [0, 7, 49]) {
      const records = [0, 1, 2].map((i) => ({ key: null, value: `${i}`, timestamp: 1_000 - i }));
      await log.publish([{ topic, partition, records }]);
    }
  }
  const plain = await plainIndex(log, []);
  await indexed(log, (index) => {
    const all = [...plain.entries({ from: 0, direction: "forward" })];
    assert.equal(all.length, 6 * 3 * 3);
    assert.deepEqual([...index.entries({ from: 0, direction: "forward" })], all);
    assert.deepEqual([...index.entries({ from: 53, direction: "backward" })], all.toReversed());
  });
});

Deno.test("buildRunIndex() refuses more partitions than it can put in order", async () => {
  await using log = await emptyLog(Math.ceil(MAX_LANES / LANE_TOPICS.length) + 1);
  await assert.rejects(indexed(log, () => {}), (error) => {
    assert.ok(error instanceof RunIndexError && error.code === "too-many-partitions");
    return true;
  });
});

Deno.test("RunIndex tells records from the holes between them", async () => {
  const drawn = await drawLog(seededRandom(5), 150);
  await using whole = drawn.log;
  const isKept = (offset: number) => offset % 5 !== 2;
  await indexed(readInPieces(whole, 7, isKept), (index) => {
    const places = [...index.entries({ from: 0, direction: "forward" })].map((entry) => {
      assert.ok(entry.kind === "record" && isKept(entry.place.offset));
      assert.equal(index.rankOf(entry.place), entry.rank);
      assert.deepEqual(index.entryAt(entry.rank), entry);
      return entry.place;
    });
    assert.equal(places.length, index.length);
    assert.ok(places.length > 100 && places.length < 150);
    for (const topic of LANE_TOPICS) {
      assert.equal(index.rankOf({ topic, partition: 0, offset: 2 }), null);
      const own = places.filter((place) => place.topic === topic && place.partition === 0);
      assert.deepEqual(
        own.map(({ offset }) => offset),
        own.map(({ offset }) => offset).sort(
          (a, b) => a - b,
        ),
      );
    }
  });
});

/** How often each partition's intents are read to build the index of a log. */
async function readingsOfIntents(log: EventLog): Promise<number> {
  let readings = 0;
  const openReader: EventLog["openReader"] = (positions) => {
    if (positions[0]?.topic === "intents") readings++;
    return log.openReader(positions);
  };
  await indexed(withMember(log, "openReader", openReader), () => {});
  return readings;
}

Deno.test("buildRunIndex() reads intents once, and again when a command comes before any of its own", async () => {
  await using log = await emptyLog(1);
  const source = { correlationId: "501/1", timestamp: 1 };
  const command = (id: string) =>
    encodeMessage({
      type: "place-order",
      id,
      ...source,
      userId: "501",
      orderId: "1",
      symbol: "AAPL",
      price: 1,
    });
  const intents = [0, 1, 2].map((number) => ({
    key: null,
    timestamp: 1_000 + number,
    value: encodeMessage({
      type: "intent",
      id: `client/${number}`,
      ...source,
      producer: "client",
      number,
      intendedAt: 1,
      partition: 0,
      key: null,
      value: command(`client/${number}`),
      encoding: "text",
    }),
  }));
  // The log stamps commands: with the time of day, which is later than the intents'.
  const commands = [0, 1, 2].map((number) => ({ key: null, value: command(`client/${number}`) }));
  await log.publish([{ topic: "order-commands", partition: 0, records: commands }]);
  await log.publish([{ topic: "intents", partition: 0, records: intents }]);
  assert.equal(await readingsOfIntents(log), 1);
  const without = [0, 1].map((number) => ({ key: null, value: command(`stranger/${number}`) }));
  await log.publish([{ topic: "order-commands", partition: 0, records: without }]);
  assert.equal(await readingsOfIntents(log), 2);
});

/** A log of placed orders. */
async function logOfOrders(orders: readonly (readonly [string, string])[]): Promise<EventLog> {
  const log = await emptyLog(1);
  const records = orders.map(([userId, orderId], number) => ({
    key: userId,
    value: JSON.stringify({
      type: "place-order",
      id: `client/${number}`,
      correlationId: `${userId}/${orderId}`,
      timestamp: 1,
      userId,
      orderId,
    }),
  }));
  await log.publish([{ topic: "order-commands", partition: 0, records }]);
  return log;
}

Deno.test("RunIndex.nearestOrderIds() names ids that may have been meant, the nearest first", async () => {
  const ids = Array.from({ length: 1_500 }, (_, number) => ["501", `order-${number}`] as const);
  await using log = await logOfOrders([...ids, ["Alice", "Lunch"]]);
  await indexed(log, (index) => {
    assert.ok(index.nearestOrderIds("order-1500").includes("order-1499"));
    assert.equal(index.nearestOrderIds("ordre-77")[0], "order-77");
    assert.equal(index.nearestOrderIds("order--9")[0], "order-9");
    assert.equal(index.nearestOrderIds("lunch")[0], "Lunch");
    assert.equal(index.nearestOrderIds("something quite different").length, 2);
    assert.deepEqual(index.nearestOrderIds("77"), ["order-77"]);
    assert.deepEqual(index.userNear("alice"), { found: false, nearest: ["Alice"] });
    assert.equal(index.userNear("501").found, true);
  });
});

Deno.test("RunIndex.ordersWith() lists each user of an id once, in the run's order", async () => {
  const orders = ["503", "501", "503", "502", "501"].map((user) => [user, "1"] as const);
  await using log = await logOfOrders([...orders, ["504", "10"]]);
  await indexed(log, (index) => {
    assert.deepEqual(
      index.ordersWith("1").map(({ userId, place }) => [userId, place.offset]),
      [["503", 0], ["501", 1], ["502", 3]],
    );
    assert.deepEqual(index.ordersWith("1").map(({ orderId }) => orderId), ["1", "1", "1"]);
    assert.deepEqual(index.ordersWith("100"), []);
  });
});
