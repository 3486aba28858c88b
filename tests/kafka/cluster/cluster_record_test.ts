/**
 * What a reader sees of a fetched record, against the runtime's strict decoder.
 */

import assert from "node:assert/strict";
import fc from "fast-check";
import { ClusterRecord } from "../../../kafka/cluster/cluster_record.ts";

const home = { topic: "orders", partition: 0 };

function textOf(value: Uint8Array | null): string | null {
  return new ClusterRecord(home, { offset: 0, timestamp: 0, key: null, value, headers: {} }).text;
}

function strictly(value: Uint8Array): string | null {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(value);
  } catch {
    return null;
  }
}

Deno.test("ClusterRecord.text is what was published, whatever characters it has", () => {
  const character = fc.integer({ min: 0, max: 0x10ffff })
    .filter((code) => code < 0xd800 || code > 0xdfff).map((code) => String.fromCodePoint(code));
  const text = fc.string({ unit: character, maxLength: 100 });
  fc.assert(fc.property(text, (published) => {
    assert.equal(textOf(new TextEncoder().encode(published)), published);
  }));
  for (const published of ["", "\uFEFFabc", "\uFFFD", `${"a".repeat(40)}\uFFFD`]) {
    assert.equal(textOf(new TextEncoder().encode(published)), published);
  }
});

Deno.test("ClusterRecord.text is null for a tombstone and for bytes that are not UTF-8", () => {
  assert.equal(textOf(null), null);
  assert.equal(textOf(new Uint8Array([0xff])), null);
  const replaced = [...new TextEncoder().encode("\uFFFD"), 0xff];
  assert.equal(textOf(new Uint8Array(replaced)), null);
  fc.assert(fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
    assert.equal(textOf(bytes), strictly(bytes));
  }));
});
