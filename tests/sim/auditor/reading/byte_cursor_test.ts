import assert from "node:assert/strict";
import fc from "fast-check";
import { Fingerprinter } from "../../../../sim/auditor/fingerprint.ts";
import { SPAN, type StoredValue } from "../../../../kafka/value_span.ts";
import { ByteCursor, NOWHERE } from "../../../../sim/auditor/reading/byte_cursor.ts";
import { Literal } from "../../../../kafka/literal.ts";

const encoder = new TextEncoder();

/** Bytes that lie somewhere within a buffer, between others that could be taken for more of them. */
function within(text: string, behind = "7777777777777777"): Uint8Array {
  const bytes = encoder.encode(`7777${text}${behind}`);
  return bytes.subarray(4, bytes.length - behind.length);
}

Deno.test("ByteCursor.turnToValue() turns to bytes of their own, or among others, in any turn", () => {
  const cursor = new ByteCursor();
  const shared = encoder.encode("..abcd...efghij.");
  // Not where its buffer begins.
  const among = shared.subarray(2);
  const own = within("klmn");
  const values: readonly (readonly [StoredValue, string])[] = [
    [{ value: own, [SPAN]: { bytes: among, start: 0, end: 4 } }, "abcd"],
    [{ value: own, [SPAN]: { bytes: among, start: 7, end: 13 } }, "efghij"],
    [{ value: shared.subarray(9, 12) }, "efg"],
    [{ value: own, [SPAN]: { bytes: among, start: 1, end: 4 } }, "bcd"],
    [{ value: own }, "klmn"],
  ];
  for (const [value, text] of [...values, ...values.toReversed()]) {
    const start = cursor.turnToValue(value);
    const bytes = Array.from({ length: cursor.end - start }, (_, n) => cursor.bytes[start + n]);
    assert.equal(String.fromCharCode(...bytes.map(Number)), text);
    assert.equal(cursor.view.getUint8(start), text.charCodeAt(0));
  }
  assert.equal(cursor.turnToValue({ value: null }), NOWHERE);
  assert.equal(cursor.turnToValue({ value: null, [SPAN]: null }), NOWHERE);
});

Deno.test("ByteCursor.literal() passes what it looks for, whole and where it stands", () => {
  for (const text of ["abcd", "abcde", "abcdefg", "abcdefgh", "abcdefghi"]) {
    const cursor = new ByteCursor();
    const start = cursor.turnTo(within(text));
    assert.equal(cursor.literal(start, new Literal(text)), start + text.length);
    assert.equal(cursor.literal(start, new Literal(`${text}7`)), NOWHERE, "past the end");
    for (let at = 0; at < text.length; at++) {
      const other = `${text.slice(0, at)}x${text.slice(at + 1)}`;
      assert.equal(cursor.literal(start, new Literal(other)), NOWHERE, other);
    }
  }
  assert.throws(() => new Literal("abc"), RangeError);
});

Deno.test("ByteCursor.count() and stamp() read whole numbers as JSON.parse() does, or not at all", () => {
  const cursor = new ByteCursor();
  const digits = fc.oneof(
    fc.string({ unit: fc.constantFrom(..."0123456789"), maxLength: 18 }),
    fc.integer({ min: 1_795_393_380_000, max: 1_795_393_380_003 }).map(String),
    fc.integer({ min: 999_999_999_990, max: 1_000_000_000_010 }).map(String),
  );
  fc.assert(
    fc.property(digits, fc.constantFrom("", ",", "}", "e", "."), (written, next) => {
      const isRead = /^(0|[1-9]\d{0,14})$/.test(written);
      for (const read of ["count", "stamp"] as const) {
        const start = cursor.turnTo(within(written + next));
        const to = cursor[read](start);
        assert.equal(to, isRead ? start + written.length : NOWHERE, read);
        if (isRead) assert.equal(cursor.value, Number(written), read);
      }
    }),
    { numRuns: 1_000 },
  );
});

Deno.test("ByteCursor.text() ends at the quote, takes the print, and passes printable ASCII only", () => {
  const cursor = new ByteCursor();
  const print = new Fingerprinter();
  const text = fc.string({
    unit: fc.constantFrom("a", "Z", "0", "/", " ", "~", "#", "!"),
    minLength: 1,
  });
  const other = fc.constantFrom("\\", "\u0000", "\u001f", "\u007f", "\u0080", "é", "\u2028");
  fc.assert(
    fc.property(text, other, fc.nat(), (plain, unusual, place) => {
      const start = cursor.turnTo(within(`${plain}"`));
      assert.equal(cursor.text(start), start + plain.length);
      print.ofText(plain);
      assert.deepEqual([cursor.print.low, cursor.print.high], [print.low, print.high]);
      assert.equal(cursor.text(cursor.turnTo(within(plain))), NOWHERE, "without a quote");
      const at = place % (plain.length + 1);
      const changed = `${plain.slice(0, at)}${unusual}${plain.slice(at)}"`;
      assert.equal(cursor.text(cursor.turnTo(within(changed))), NOWHERE);
    }),
    { numRuns: 1_000 },
  );
  assert.equal(cursor.text(cursor.turnTo(within('"'))), NOWHERE, "an empty one");
});
