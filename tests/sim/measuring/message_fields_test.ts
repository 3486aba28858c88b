import assert from "node:assert/strict";
import fc from "fast-check";
import {
  fieldName,
  isTrueField,
  numberField,
  textField,
} from "../../../sim/measuring/message_fields.ts";

Deno.test("fields read from the text are those that JSON.parse finds", () => {
  const text = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.constantFrom(`"id":"x"`, `\\"id\\":\\"`, `a\\`, `"`, `","sequence":7,"`, ""),
  );
  const message = fc.record({
    type: text,
    userId: text,
    id: text,
    sequence: fc.nat(),
    timestamp: fc.double({ noNaN: true, noDefaultInfinity: true }),
    duplicate: fc.boolean(),
  });
  fc.assert(fc.property(message, fc.boolean(), fc.boolean(), (message, reversed, atEnd) => {
    const entries = Object.entries(message);
    const json = JSON.stringify(Object.fromEntries(reversed ? entries.reverse() : entries));
    const parsed = JSON.parse(json);
    for (const name of ["type", "userId", "id"]) {
      assert.equal(textField(json, fieldName(name, atEnd)), parsed[name], json);
    }
    for (const name of ["sequence", "timestamp"]) {
      assert.equal(numberField(json, fieldName(name, atEnd)), parsed[name], json);
    }
    assert.equal(isTrueField(json, fieldName("duplicate")), parsed.duplicate);
  }));
});

Deno.test("fields that are missing or of another kind are null", () => {
  const json = JSON.stringify({ id: 5, sequence: "7", price: null });
  assert.equal(textField(json, fieldName("id")), null);
  assert.equal(numberField(json, fieldName("sequence")), null);
  assert.equal(numberField(json, fieldName("price")), null);
  assert.equal(textField(json, fieldName("userId")), null);
  assert.equal(isTrueField(json, fieldName("duplicate")), false);
  assert.equal(textField(`{"id":"cut`, fieldName("id")), null);
});
