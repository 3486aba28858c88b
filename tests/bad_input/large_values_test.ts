/**
 * Values at and beyond the log's limit for a record: the sender is told, and the floor goes on.
 */

import assert from "node:assert/strict";
import { EventLogError } from "../../mod.ts";
import { MAX_RECORD_BYTES } from "../../kafka/record_rules.ts";
import { partitionForKey } from "../../kafka/partitioner.ts";
import { accountFor, sendAll, tradeWell, withFloor } from "./bad_input_floor.ts";

const PARTITION = partitionForKey("mallory", 6);

const order = (fields: Record<string, unknown>) =>
  JSON.stringify({
    type: "place-order",
    id: "m/0",
    correlationId: "m",
    timestamp: 1,
    userId: "mallory",
    orderId: "m-0",
    symbol: "AAPL",
    side: "buy",
    quantity: 1,
    price: 1,
    ...fields,
  });

Deno.test("a value of ten megabytes is refused to its sender, stores nothing and stops nobody", async () => {
  await withFloor({}, async ({ floor, events }) => {
    const before = await floor.log.describeTopics(["order-commands"]);
    for (const value of ["x".repeat(10_000_000), new Uint8Array(10_000_000)]) {
      const records = [{ key: "mallory", value: "small" }, { key: "mallory", value }];
      await assert.rejects(
        floor.log.publish([{ topic: "order-commands", partition: PARTITION, records }]),
        (error) => {
          assert.ok(error instanceof EventLogError && error.code === "record-too-large");
          assert.match(
            error.message,
            /record 1 has 1000000\d bytes, and at most 1048576 are allowed/,
          );
          return true;
        },
      );
    }
    assert.deepEqual(await floor.log.describeTopics(["order-commands"]), before);
    await tradeWell(floor, 5, () => Promise.resolve());
    assert.deepEqual(events.filter(({ kind }) => kind === "restart" || kind === "failure"), []);
  });
});

Deno.test("values just below the log's limit are answered or laid off, whatever they are made of", async () => {
  await withFloor({}, async ({ floor, events }) => {
    const room = MAX_RECORD_BYTES - 1_000;
    const deep = "[".repeat(room / 2) + "]".repeat(room / 2);
    const many = Object.fromEntries(Array.from({ length: 60_000 }, (_, n) => [`k${n}`, n]));
    const values: readonly (readonly [answered: boolean, value: string | Uint8Array])[] = [
      [true, order({ orderId: "m-1", symbol: "x".repeat(room) })],
      [true, order({ orderId: "m-2", quantity: "9".repeat(room) })],
      [true, order({ orderId: "m-3", unheardOf: "x".repeat(room) })],
      [true, order({ orderId: "m-4", price: "@" }).replace('"@"', deep)],
      [true, order({ orderId: "m-5", price: "@" }).replace('"@"', "1".repeat(room))],
      [true, order({ orderId: "m-6", timeInForce: many })],
      [false, order({ orderId: "x".repeat(room) })],
      [false, order({ type: "x".repeat(room) })],
      [false, deep],
      [false, '"' + "\u0001".repeat(room)],
      [false, new Uint8Array(room).fill(0xff)],
      [false, new Uint8Array(room)],
    ];
    const places: string[] = [];
    await tradeWell(floor, values.length, async (n) => {
      const [, value] = values[n]!;
      const record = { what: `large ${n}`, partition: PARTITION, key: "mallory", value };
      places.push(...(await sendAll(floor.log, [record])).keys());
    });
    const key = "k".repeat(room);
    const keyed = {
      what: "large key",
      partition: PARTITION,
      key,
      value: order({ orderId: "m-7" }),
    };
    places.push(...(await sendAll(floor.log, [keyed])).keys());
    await floor.idle();

    const { answers, letters } = await accountFor(floor.log);
    const outcomes = places.map((place) => [answers.get(place) ?? 0, letters.get(place) ?? 0]);
    assert.deepEqual(outcomes, [
      ...values.map(([answered]) => answered ? [1, 0] : [0, 1]),
      [1, 0],
    ]);
    assert.deepEqual(
      events.filter(({ kind }) => ["fold-failed", "restart", "failure"].includes(kind)),
      [],
    );
  });
});
