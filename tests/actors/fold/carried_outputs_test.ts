import assert from "node:assert/strict";
import { singleThreadHost } from "../../../actors/floor/actor_host.ts";
import { startFloorOn } from "../../../actors/floor/start_floor.ts";
import { CARRIED, type Carrier } from "../../../kafka/carried_message.ts";
import type { EventLog, RecordBatch } from "../../../kafka/event_log.ts";
import { openMemoryLog } from "../../../kafka/open_event_log.ts";

/** The log, with a look at everything that is published. */
function watched(log: EventLog, look: (batch: RecordBatch) => void): EventLog {
  return new Proxy(log, {
    get(target, name) {
      const value = Reflect.get(target, name, target);
      if (typeof value !== "function") return value;
      if (name !== "publish") return value.bind(target);
      return (batches: readonly RecordBatch[]) => {
        batches.forEach(look);
        return target.publish(batches);
      };
    },
  });
}

Deno.test("what folds let their outputs carry is what their texts say, and no role changes it", async () => {
  const carried = new Map<string, number>();
  const look = ({ topic, records }: RecordBatch) => {
    for (const record of records) {
      const message = (record as Carrier)[CARRIED]; // What a fold may have put there.
      if (message === undefined) continue;
      // Whoever is given it and changes it throws from now on.
      Object.freeze(message);
      assert.equal(JSON.stringify(message), record.value);
      assert.deepStrictEqual(message, JSON.parse(String(record.value)));
      const what = `${topic} ${(message as { readonly type: string }).type}`;
      carried.set(what, (carried.get(what) ?? 0) + 1);
    }
  };
  await using floor = await startFloorOn(async (runtime) => {
    const log = await openMemoryLog();
    return {
      log,
      host: singleThreadHost({ openLog: () => watched(log.handle(), look), runtime }),
      cleansItself: false,
      reach: null,
      auditFolder: null,
      close: () => log.close(),
    };
  }, {
    symbols: ["AAPL"],
    accounts: [
      { userId: "501", cash: 10_000, holdings: {} },
      { userId: "502", cash: 0, holdings: { AAPL: 10 } },
    ],
  });
  const order = { symbol: "AAPL", quantity: 4, price: 10 };
  await floor.orders.sendOrder({ ...order, orderId: "1", userId: "501", side: "buy" });
  await floor.orders.sendOrder({
    ...order,
    orderId: "2",
    userId: "502",
    side: "sell",
    quantity: 3,
  });
  await floor.orders.cancelOrder({ orderId: "1", userId: "501" });
  await assert.rejects(
    floor.orders.sendOrder({ ...order, orderId: "3", userId: "501", side: "buy", quantity: 9_999 }),
  );
  await floor.idle();
  assert.equal((await floor.portfolio("501"))?.cash, 9_970);
  for (
    const what of [
      "orders order-accepted",
      "notifications order-placed",
      "notifications order-filled",
      "notifications order-rejected",
      "order-commands settle-fill",
      "market-data trade",
    ]
  ) assert.ok(carried.has(what), `${what} among ${[...carried.keys()].join(", ")}`);
});
