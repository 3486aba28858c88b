import assert from "node:assert/strict";
import fc from "fast-check";
import type { LogRecord } from "../../../kafka/event_log.ts";
import { afterLine, lineOf } from "../../../sim/auditor/audit_line.ts";

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
