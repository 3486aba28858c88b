import assert from "node:assert/strict";
import fc from "fast-check";
import { appendAuditLine, auditLine } from "../../../actors/audit_logger/audit_line.ts";
import { LineBuffer } from "../../../actors/audit_logger/line_buffer.ts";
import { MAX_CARRIED_UNITS, recordOf, unwrittenMessage } from "../../../kafka/carried_message.ts";
import type { RecordToPublish } from "../../../kafka/event_log.ts";
import { newTopic } from "../../kafka/log_fixture.ts";
import { memoryFixture } from "../../kafka/memory/fixtures.ts";

/** What a log in memory hands out for these. */
async function readBack(records: readonly RecordToPublish[]) {
  await using fixture = await memoryFixture();
  const { log } = fixture;
  const topic = await newTopic(log, { partitions: 1 });
  await log.publish([{ topic, partition: 0, records }]);
  const reader = log.openReader([{ topic, partition: 0, offset: 0 }]);
  const [batch] = await reader.poll({ timeoutMs: 0 });
  reader.close();
  return batch!.records;
}

/** The bytes of the records' lines must be those of the lines made by `JSON.stringify`. */
async function assertSameLines(records: readonly RecordToPublish[]): Promise<void> {
  const read = await readBack(records);
  const buffer = new LineBuffer();
  for (const record of read) appendAuditLine(record, buffer);
  const written = new TextDecoder().decode(buffer.take());
  assert.equal(written, read.map(auditLine).join(""));
}

const text = fc.oneof(
  fc.string(),
  fc.string({ unit: "binary" }),
  fc.string({
    unit: fc.constantFrom('"', "\\", "a", "\u0000", "\n", "ä", "\ud800", "\u2028"),
    maxLength: 90,
  }),
  fc.constantFrom("orders/3/1024/0", "user-17", '{"type":"place-order"}', "x".repeat(33)),
);

const number = fc.oneof(
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.integer(),
  fc.maxSafeInteger(),
  fc.constantFrom(
    0,
    9,
    10,
    999_999_999,
    1e9,
    1_000_000_001,
    2 ** 31,
    1_732_276_800_123,
    2 ** 53,
    1e21,
  ),
);

const message = fc.dictionary(
  fc.oneof(fc.string(), fc.constantFrom("type", "id", "sequence", "7", "__proto")),
  fc.oneof(text, number, fc.boolean(), fc.constant(null)),
  { noNullPrototype: true },
);

Deno.test("appendAuditLine() writes an unwritten message as its text in quotes would be", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(fc.option(text), message), { minLength: 1 }),
      (all) =>
        assertSameLines(
          all.map(([key, body]) => recordOf(key, body, { timestamp: 7, carries: true })),
        ),
    ),
    { numRuns: 300 },
  );
});

Deno.test("appendAuditLine() writes texts, bytes, tombstones and headers as auditLine() does", async () => {
  const record = fc.record({
    key: fc.option(text),
    value: fc.oneof(text, fc.uint8Array(), fc.constant(null)),
    headers: fc.oneof(fc.constant({}), fc.dictionary(text, text)),
    timestamp: fc.constantFrom(0, 5, 1_732_276_800_123),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(record, { minLength: 1 }), (records) => assertSameLines(records)),
    { numRuns: 200 },
  );
});

Deno.test("appendAuditLine() finds a message's fields in whatever order they come", async () => {
  const first = { type: "trade", symbol: "A", priceTicks: 5, id: "a" };
  const turned = { id: "a", priceTicks: 5, symbol: null, type: "trade" };
  const more = { type: "trade", symbol: "A", extra: true, priceTicks: 5, id: "a" };
  const messages = [first, turned, more, first, {}, { type: "trade" }, turned];
  await assertSameLines(
    messages.map((each) => recordOf("k", each, { timestamp: 1, carries: true })),
  );
});

Deno.test("appendAuditLine() has room for the longest message that is carried", async () => {
  const units = "\u0000".repeat(MAX_CARRIED_UNITS - 100);
  const quotes = '"'.repeat(MAX_CARRIED_UNITS - 100);
  const records = [units, quotes].map((value) =>
    recordOf("k", { value }, { timestamp: 1, carries: true })
  );
  assert.deepEqual((await readBack(records)).map((each) => unwrittenMessage(each) !== undefined), [
    true,
    true,
  ]);
  await assertSameLines([...records, ...records, { key: "k", value: quotes.repeat(8) }]);
});
