import assert from "node:assert/strict";
import fc from "fast-check";
import { AuditMemory } from "../../../../sim/auditor/memory/audit_memory.ts";
import { firstNumber, trailingNumber } from "../../../../sim/auditor/memory/numbering.ts";
import { PAGE_BYTES } from "../../../../sim/auditor/memory/page_memory.ts";

Deno.test("Numbering gives every text a number of its own, like a Map", () => {
  const text = fc.oneof(fc.string(), fc.nat(3_000).map((n) => `o-${n}`));
  fc.assert(fc.property(fc.array(text), (texts) => {
    using memory = new AuditMemory();
    const numbering = memory.numbering();
    const map = new Map<string, number>();
    for (const text of texts) {
      numbering.print.ofText(text);
      assert.equal(numbering.find(trailingNumber(text)), map.get(text) ?? -1);
      if (!map.has(text)) map.set(text, map.size);
      assert.equal(numbering.add(trailingNumber(text)), map.get(text));
    }
    assert.equal(numbering.size, map.size);
  }));
});

for (
  const [what, id] of [
    ["that count up", (n: number) => `user-${n % 100}/order-${n}`],
    ["that end alike", (n: number) => `order-${n}-eu-1`],
    ["without any number", (n: number) => `order-${n}-eu`],
  ] as const
) {
  Deno.test(`Numbering tells 100,000 ids ${what} apart, with little memory`, () => {
    using memory = new AuditMemory({ bytes: 64 * PAGE_BYTES });
    const numbering = memory.numbering();
    const show = (n: number) => {
      numbering.print.ofText(id(n));
      return trailingNumber(id(n));
    };
    for (let n = 0; n < 100_000; n++) assert.equal(numbering.add(show(n)), n);
    for (let n = 0; n < 100_000; n += 41) {
      assert.equal(numbering.find(show(n)), n);
      assert.equal(numbering.add(show(n)), n);
    }
    assert.equal(numbering.find(show(100_000)), -1);
  });
}

Deno.test("trailingNumber() and firstNumber() take at most nine digits", () => {
  assert.equal(trailingNumber("load-4711"), 4711);
  assert.equal(trailingNumber("4711-load"), 0);
  assert.equal(trailingNumber(""), 0);
  assert.equal(trailingNumber("7123456789"), 123_456_789);
  const first = (text: string) => firstNumber(new TextEncoder().encode(text));
  assert.equal(first('{"type":"deposit","id":"load/93151","timestamp":17}'), 93_151);
  assert.equal(first("none"), 0);
  assert.equal(first("1234567891"), 123_456_789);
  assert.equal(first(`${"x".repeat(64)}5`), 0);
});
