import assert from "node:assert/strict";
import fc from "fast-check";
import {
  hasText,
  MAX_CARRIED_UNITS,
  MessageRecord,
  recordOf,
  takeMessage,
  unwrittenMessage,
} from "../../kafka/carried_message.ts";
import type { LogRecord, RecordToPublish } from "../../kafka/event_log.ts";
import { decodeRecord, decodeText } from "../../kafka/messages/mod.ts";
import { newTopic } from "./log_fixture.ts";
import { memoryFixture } from "./memory/fixtures.ts";
import { SAMPLES } from "./messages/sample_messages.ts";

const CARRIES = { timestamp: 5, carries: true };

/** The record as a reader is handed it. */
async function readBack(record: RecordToPublish): Promise<LogRecord> {
  await using fixture = await memoryFixture();
  const { log } = fixture;
  assert.equal(log.carriesMessages, true);
  const topic = await newTopic(log, { partitions: 1 });
  await log.publish([{ topic, partition: 0, records: [record] }]);
  const reader = log.openReader([{ topic, partition: 0, offset: 0 }]);
  const [batch] = await reader.poll({ timeoutMs: 0 });
  reader.close();
  return batch!.records[0]!;
}

Deno.test("recordOf() carries what reading the text would give, and nothing else", () => {
  const value = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.integer(),
    fc.double(),
    fc.boolean(),
    fc.constantFrom(null, undefined, -0, NaN, Infinity, new Date(0), { a: 1 }, [1]),
  );
  let carried = 0;
  fc.assert(
    fc.property(fc.dictionary(fc.string(), value, { noNullPrototype: true }), (message) => {
      const record = recordOf("k", message, CARRIES);
      assert.equal(record.value, JSON.stringify(message));
      assert.deepEqual([record.key, record.timestamp], ["k", 5]);
      if (!(record instanceof MessageRecord)) return;
      carried++;
      assert.deepStrictEqual(message, JSON.parse(JSON.stringify(message)));
    }),
    { numRuns: 200 },
  );
  assert.ok(carried > 20, `carried ${carried}`);
});

Deno.test("recordOf() carries nothing long, traced, or to a log that does not", () => {
  const message = { type: "price" };
  const long = { ...message, symbol: "x".repeat(MAX_CARRIED_UNITS) };
  for (
    const [carried, options] of [
      [long, CARRIES],
      [message, { ...CARRIES, carries: false }],
      [message, { ...CARRIES, headers: { traceparent: "00" } }],
    ] as const
  ) {
    const record = recordOf(null, carried, options);
    assert.ok(!(record instanceof MessageRecord));
    assert.deepEqual({ ...record }, {
      key: null,
      value: JSON.stringify(carried),
      timestamp: 5,
      ...("headers" in options ? { headers: options.headers } : {}),
    });
  }
});

Deno.test("the longest message that is carried fits into a record, however it is written", async () => {
  const units = Math.floor(MAX_CARRIED_UNITS / 2);
  const message = { ["\u0000".repeat(units - 30)]: "\u0000".repeat(units - 30) };
  const record = recordOf("k", message, CARRIES);
  assert.ok(record instanceof MessageRecord);
  const read = await readBack(record);
  assert.equal(read.text, JSON.stringify(message));
});

Deno.test("a log in memory writes a message's text when somebody asks, as bytes or as text", async () => {
  const message = { type: "price", symbol: 'ä"\ud800', price: 1.5 };
  const text = JSON.stringify(message);
  const asText = await readBack(recordOf("k", message, CARRIES));
  assert.equal(unwrittenMessage(asText), message);
  assert.ok(hasText(asText));
  assert.equal(unwrittenMessage(asText), message, "asking whether there is text writes none");
  assert.equal(asText.text, text);
  assert.equal(unwrittenMessage(asText), undefined);
  const asBytes = await readBack(recordOf("k", message, CARRIES));
  assert.deepEqual(asBytes.value, new TextEncoder().encode(text));
  assert.ok(hasText(asBytes));
});

Deno.test("takeMessage() gives a message as often as it takes while it is the text's only source", async () => {
  const message = { type: "price" };
  const unwritten = await readBack(recordOf("k", message, CARRIES));
  assert.equal(takeMessage(unwritten), message);
  assert.equal(takeMessage(unwritten), message);
  // Taken and written: the text alone is kept.
  assert.equal(unwritten.text, '{"type":"price"}');
  assert.equal(takeMessage(unwritten), undefined);

  const written = await readBack(recordOf("k", message, { ...CARRIES, written: "{}" }));
  assert.equal(written.text, "{}");
  assert.equal(unwrittenMessage(written), undefined);
  assert.equal(takeMessage(written), message);
  assert.equal(takeMessage(written), undefined);

  assert.equal(takeMessage(await readBack({ key: "k", value: "{}" })), undefined);
  assert.equal(takeMessage({}), undefined);
});

Deno.test("hasText() tells text from tombstones and from bytes that are none", async () => {
  assert.ok(hasText(await readBack({ key: "k", value: "" })));
  assert.ok(!hasText(await readBack({ key: "k", value: null })));
  assert.ok(!hasText(await readBack({ key: "k", value: Uint8Array.of(255) })));
});

Deno.test("decodeRecord() gives a carried message, and reads the text where there is none", async () => {
  const [price] = SAMPLES["market-data"];
  const text = JSON.stringify(price);
  const message = { ...price! };
  const read = await readBack(recordOf("AAPL", message, { ...CARRIES, written: text }));
  const first = decodeRecord("market-data", read);
  const second = decodeRecord("market-data", read);
  assert.ok(first.ok && first.message === message);
  assert.ok(second.ok && second.message !== message);
  assert.deepEqual(second, decodeText("market-data", text));
});

Deno.test("decodeRecord() does not take a carried message on trust", async () => {
  const read = await readBack(recordOf("AAPL", { type: "price" }, CARRIES));
  const decoded = decodeRecord("market-data", read);
  assert.equal(decoded.ok, false);
  assert.deepEqual(decoded, decodeText("market-data", '{"type":"price"}'));
});
