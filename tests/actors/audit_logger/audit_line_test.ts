import assert from "node:assert/strict";
import fc from "fast-check";
import {
  auditLine,
  formatAuditedRecord,
  parseAuditLine,
} from "../../../actors/audit_logger/audit_line.ts";
import { auditRecord } from "./audit_records.ts";

Deno.test("auditLine() writes offset, timestamp, key and value in this order", () => {
  const record = auditRecord(7, { key: "501", value: '{"a":1}' });
  assert.equal(
    auditLine(record),
    '{"offset":7,"timestamp":1625159083,"key":"501","value":"{\\"a\\":1}"}\n',
  );
});

Deno.test("auditLine() writes a tombstone and a missing key as null", () => {
  const record = auditRecord(0, { key: null, value: null });
  assert.equal(auditLine(record), '{"offset":0,"timestamp":1625159076,"key":null,"value":null}\n');
});

Deno.test("auditLine() writes bytes that are not UTF-8 as base64 in the value's place", () => {
  const record = auditRecord(0, { key: "k", value: Uint8Array.of(0, 255, 16) });
  assert.equal(
    auditLine(record),
    '{"offset":0,"timestamp":1625159076,"key":"k","valueBase64":"AP8Q"}\n',
  );
});

Deno.test("auditLine() writes headers last, sorted by name", () => {
  const record = auditRecord(0, { key: "k", value: "v", headers: { b: "2", "10": "x", a: "1" } });
  assert.equal(
    auditLine(record),
    '{"offset":0,"timestamp":1625159076,"key":"k","value":"v",' +
      '"headers":{"10":"x","a":"1","b":"2"}}\n',
  );
});

Deno.test("parseAuditLine() reads back what auditLine() wrote, and nothing else", () => {
  const anyText = fc.string({ unit: "binary" });
  const property = fc.property(
    fc.nat(),
    fc.option(anyText),
    fc.oneof(
      anyText,
      fc.constant(null),
      fc.uint8Array().map((bytes) => Uint8Array.of(255, ...bytes)),
    ),
    fc.dictionary(anyText, anyText),
    (offset, key, value, headers) => {
      const line = auditLine(auditRecord(offset, { key, value, headers }));
      const parsed = parseAuditLine(line.slice(0, -1));
      assert.ok(parsed !== null);
      assert.equal(formatAuditedRecord(parsed), line);
      assert.equal(parsed.offset, offset);
      assert.equal(parsed.key, key);
      assert.equal(parsed.text, typeof value === "string" ? value : null);
    },
  );
  fc.assert(property, { numRuns: 60 });
});

Deno.test("parseAuditLine() refuses every line that is not in its exact form", () => {
  const line = auditLine(auditRecord(12, { key: "k", value: "v" })).slice(0, -1);
  assert.ok(parseAuditLine(line) !== null);
  for (
    const wrong of [
      "",
      "null",
      "[]",
      `${line} `,
      line.replace('"offset":12', '"offset":12.0'),
      line.replace('"offset":12', '"offset":"12"'),
      line.replace('"key":"k"', '"key":7'),
      line.replace("}", ',"more":1}'),
      line.replace("}", ',"headers":{}}'),
      line.replace("}", ',"headers":{"a":1}}'),
      line.replace('"v"', '"\\u0076"'),
      line.slice(0, -1),
    ]
  ) assert.equal(parseAuditLine(wrong), null, wrong);
});
