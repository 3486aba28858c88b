import assert from "node:assert/strict";
import fc from "fast-check";
import type { LogRecord } from "../../../kafka/event_log.ts";
import { seededRandom } from "../../../actors/seeded_random.ts";
import { afterLine, lineOf } from "../../../sim/auditor/audit_line.ts";
import { readPartition } from "../../../sim/auditor/partition_stream.ts";
import { JUDGED_TOPICS } from "../../../sim/auditor/reading_order.ts";
import { MessageReader } from "../../../sim/auditor/reading/message_reader.ts";
import { playFolds } from "./support/folded_floor.ts";
import { PARTITIONS } from "./support/hand_floor.ts";

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

function recordOf(
  key: string | null,
  value: Uint8Array | null,
  headers: Record<string, string>,
): LogRecord {
  const at = { topic: "orders", partition: 0, offset: 7, timestamp: 1_795_383_009_481 };
  let text: string | null = null;
  try {
    text = value === null ? null : decoder.decode(value);
  } catch {
    // No UTF-8: without text.
  }
  return { ...at, key, value, text, headers };
}

const encoder = new TextEncoder();
const someText = fc.oneof(
  fc.string(),
  fc.string({ unit: "binary" }),
  fc.json(),
  fc.constantFrom("\\", '"', "\u0000", "\u007f", "\u2028", "\ufeff", "é"),
);
const someValue = fc.oneof(
  someText.map((text): Uint8Array | null => encoder.encode(text)),
  fc.uint8Array(),
  fc.constant(null),
);
const someRecord = fc.tuple(
  fc.option(someText),
  someValue,
  fc.oneof({ weight: 3, arbitrary: fc.constant({}) }, {
    weight: 1,
    arbitrary: fc.dictionary(fc.string(), fc.string(), { maxKeys: 2 }),
  }),
).map(([key, value, headers]) => recordOf(key?.toWellFormed() ?? null, value, headers));

Deno.test("afterLine() finds the line of any record where it is, and only there", () => {
  fc.assert(fc.property(someRecord, fc.nat(), fc.nat(), (record, at, flip) => {
    const line = encoder.encode(lineOf(record));
    const bytes = new Uint8Array([1, 2, ...line, 3]);
    assert.equal(afterLine(bytes, 2, record), 2 + line.length);
    assert.equal(afterLine(bytes, 1, record), -1);
    assert.equal(afterLine(bytes.subarray(0, 1 + line.length), 2, record), -1);
    bytes[2 + at % line.length]! ^= 1 << (flip % 8);
    assert.equal(afterLine(bytes, 2, record), -1);
  }));
});

Deno.test("afterLine() finds the line of a message whose layout is known where it is, and only there", async () => {
  const log = playFolds(4, 400);
  const random = seededRandom(4, "line");
  const reader = new MessageReader();
  const types = new Set<string>();
  for (const topic of JUDGED_TOPICS) {
    for (let partition = 0; partition < PARTITIONS; partition++) {
      const end = log.records(topic, partition).length;
      for await (const records of readPartition(log, { topic, partition, start: 0, end })) {
        for (const record of records) {
          reader.scan(record);
          const layout = reader.layoutOf(record);
          if (layout === null) continue;
          types.add(layout.shape!.type);
          const line = encoder.encode(lineOf(record));
          const bytes = new Uint8Array([1, 2, ...line, 3]);
          assert.equal(afterLine(bytes, 2, record, layout), 2 + line.length);
          assert.equal(afterLine(bytes.subarray(0, 1 + line.length), 2, record, layout), -1);
          for (let n = 0; n < 20; n++) {
            const at = 2 + Math.floor(random() * line.length);
            const before = bytes[at]!;
            bytes[at] = before ^ (1 << Math.floor(random() * 8));
            assert.equal(afterLine(bytes, 2, record, layout), -1, decoder.decode(line));
            bytes[at] = before;
          }
        }
      }
    }
  }
  assert.ok(types.size >= 14, [...types].join(", "));
});

Deno.test("MessageReader.layoutOf() has no layout of a record but the last one that was scanned", () => {
  const reader = new MessageReader();
  const [first, second] = ["1", "2"].map((sequence) => {
    const value = '{"type":"release-order","userId":"u1","orderNumber":7,"symbol":"AAPL",' +
      '"quantityLots":3,"id":"orders/0/7/1","correlationId":"c","causationId":"order-commands/0/1/0",' +
      `"sequence":${sequence},"timestamp":1795383009481}`;
    return { ...recordOf("AAPL", encoder.encode(value), {}), topic: "order-commands" };
  });
  assert.equal(reader.layoutOf(first!), null);
  assert.equal(reader.scan(first!), "derived");
  assert.notEqual(reader.layoutOf(first!), null);
  assert.equal(reader.layoutOf(second!), null);
  assert.equal(reader.scan({ ...second!, topic: "orders" }), null);
  assert.equal(reader.layoutOf(first!), null);
});
