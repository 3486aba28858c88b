import assert from "node:assert/strict";
import fc from "fast-check";
import type { StoredValue } from "../../../../kafka/value_span.ts";
import { MessageScanner } from "../../../../sim/auditor/reading/message_scanner.ts";
import { TypeGlance } from "../../../../sim/auditor/reading/type_glance.ts";
import { playFolds } from "../support/folded_floor.ts";
import { PARTITIONS } from "../support/hand_floor.ts";

const TYPES = ["place-order", "cancel-order"];
const encoder = new TextEncoder();

/** Bytes between others that could be taken for more of them. */
function within(text: string): StoredValue {
  const bytes = encoder.encode(`"ty${text}pe"\\\\`);
  return { value: bytes.subarray(3, bytes.length - 5) };
}

Deno.test("TypeGlance.sees() sees what is read whole as one of the types, and no more", () => {
  const log = playFolds(3, 300);
  const glance = new TypeGlance(TYPES);
  const scanner = new MessageScanner();
  let seen = 0;
  for (let partition = 0; partition < PARTITIONS; partition++) {
    for (const { value } of log.records("order-commands", partition)) {
      const bytes = within(String(value));
      const isOne = scanner.scan("order-commands", bytes) && TYPES.includes(scanner.message.type);
      assert.equal(glance.sees(bytes), isOne, String(value));
      seen += isOne ? 1 : 0;
    }
  }
  assert.ok(seen > 100, `${seen} seen`);
});

Deno.test("TypeGlance.sees() never sees what JSON.parse() reads as another type, wherever it says so", () => {
  const glance = new TypeGlance(TYPES);
  const other = fc.constantFrom(
    '"type":"settle-fill"',
    '"type" : "settle-fill"',
    '"\\u0074ype":"settle-fill"',
    '"typ\\u0065":"settle-fill"',
    '"deeper":{"type":"settle-fill"}',
  );
  const padding = fc.string({ unit: fc.constantFrom(..."typea,: "), maxLength: 60 });
  fc.assert(
    fc.property(
      fc.constantFrom(...TYPES),
      padding,
      padding,
      other,
      (type, before, after, field) => {
        const opening = `{"type":"${type}","a":"${before}"`;
        const plain = `${opening},"b":"${after}","lots":1234567890}`;
        // A text that could be part of the name is read to be sure.
        const isLikeName = /ty|yp/.test(before + after);
        if (!isLikeName) assert.equal(glance.sees(within(plain)), true, plain);
        for (const end of [`,"b":"${after}"}`, "}", ` }${" ".repeat(40)}`]) {
          const value = `${opening},${field}${end}`;
          assert.equal(glance.sees(within(value)), false, value);
        }
      },
    ),
  );
});

Deno.test("TypeGlance.sees() leaves out what is short, empty, of another type, or only begins alike", () => {
  const glance = new TypeGlance(TYPES);
  const rest = `,"id":"${"1".repeat(60)}"}`;
  assert.equal(glance.sees({ value: null }), false);
  assert.equal(glance.sees(within("")), false);
  assert.equal(glance.sees(within('{"type":"place-order"}')), false, "too short to be one");
  for (const type of ["place-orders", "place-orde", "cancel-orders", "settle-fill", "deposit"]) {
    assert.equal(glance.sees(within(`{"type":"${type}"${rest}`)), false, type);
  }
  assert.equal(glance.sees(within(` {"type":"place-order"${rest}`)), false);
  assert.equal(glance.sees(within(`{"type":"place-order"${rest}`)), true);
});
