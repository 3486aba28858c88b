import assert from "node:assert/strict";
import fc from "fast-check";
import { carryMessage, takeMessage } from "../../kafka/carried_message.ts";
import { decodeRecord, decodeText } from "../../kafka/messages/mod.ts";
import { newTopic } from "./log_fixture.ts";
import { memoryFixture } from "./memory/fixtures.ts";
import { SAMPLES } from "./messages/sample_messages.ts";

Deno.test("carryMessage() carries what reading the text would give, and nothing else", () => {
  const value = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.integer(),
    fc.double(),
    fc.boolean(),
    fc.constantFrom(null, undefined, -0, NaN, Infinity, new Date(0), { a: 1 }, [1], 2n ** 60n),
  );
  let carried = 0;
  fc.assert(
    fc.property(fc.dictionary(fc.string(), value, { noNullPrototype: true }), (message) => {
      const record = {};
      carryMessage(record, message);
      const taken = takeMessage(record);
      if (taken === undefined) return;
      carried++;
      assert.equal(taken, message);
      assert.deepStrictEqual(taken, JSON.parse(JSON.stringify(message)));
    }),
    { numRuns: 200 },
  );
  assert.ok(carried > 20, `carried ${carried}`);
});

Deno.test("takeMessage() gives a message once, and none where none is", () => {
  const record = {};
  assert.equal(takeMessage(record), undefined);
  carryMessage(record, { type: "price" });
  assert.deepEqual(takeMessage(record), { type: "price" });
  assert.equal(takeMessage(record), undefined);
});

Deno.test("a log in memory carries a message to the first who decodes, and its text to all", async () => {
  await using fixture = await memoryFixture();
  const { log } = fixture;
  assert.equal(log.carriesMessages, true);
  const topic = await newTopic(log, { partitions: 1 });
  const [price] = SAMPLES["market-data"];
  const text = JSON.stringify(price);
  const message = { ...price! };
  const record = { key: "AAPL", value: text };
  carryMessage(record, message);
  await log.publish([{ topic, partition: 0, records: [record] }]);
  // It went with the record: published again, the text alone would be there.
  assert.equal(takeMessage(record), undefined);
  const reader = log.openReader([{ topic, partition: 0, offset: 0 }]);
  const [batch] = await reader.poll({ timeoutMs: 0 });
  reader.close();
  const [read] = batch!.records;
  const first = decodeRecord("market-data", read!);
  const second = decodeRecord("market-data", read!);
  assert.ok(first.ok && first.message === message);
  assert.ok(second.ok && second.message !== message);
  assert.deepEqual(second, decodeText("market-data", text));
  assert.equal(read!.text, text);
});

Deno.test("decodeRecord() does not take a carried message on trust", () => {
  const record = {
    topic: "market-data",
    partition: 0,
    offset: 0,
    timestamp: 0,
    key: null,
    value: null,
    text: JSON.stringify({ type: "price" }),
    headers: {},
  };
  carryMessage(record, { type: "price" });
  const decoded = decodeRecord("market-data", record);
  assert.equal(decoded.ok, false);
  assert.deepEqual(decoded, decodeText("market-data", record.text));
});
