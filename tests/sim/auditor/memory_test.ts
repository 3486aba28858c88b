import assert from "node:assert/strict";
import fc from "fast-check";
import { Column, OffsetColumns, PlaceColumn } from "../../../sim/auditor/columns.ts";
import { Fingerprinter, FingerprintIndex, Numbering } from "../../../sim/auditor/fingerprint.ts";

Deno.test("Column keeps what is set and is 0 elsewhere, however it grows", () => {
  for (
    const [make, most] of [
      [Column.bytes, 255],
      [Column.words, 2 ** 32 - 1],
      [Column.doubles, Number.MAX_SAFE_INTEGER],
    ] as const
  ) {
    const column = make();
    column.set(3, 7);
    column.set(100_000, most);
    assert.deepEqual([3, 4, 100_000, 100_001].map((row) => column.get(row)), [7, 0, most, 0]);
  }
});

Deno.test("PlaceColumn tells a place at 0/0 from none", () => {
  const places = new PlaceColumn("orders");
  places.set(2, { partition: 0, offset: 0 });
  assert.deepEqual(places.get(2), { topic: "orders", partition: 0, offset: 0 });
  assert.equal(places.get(1), null);
  assert.equal(places.get(9_999), null);
});

Deno.test("OffsetColumns keeps partitions apart", () => {
  const columns = new OffsetColumns(Column.words);
  columns.set(3, 10, 5);
  assert.equal(columns.get(3, 10), 5);
  assert.equal(columns.get(2, 10), 0);
  assert.equal(columns.get(3, 11), 0);
});

Deno.test("Numbering gives every text a number of its own, like a Map", () => {
  fc.assert(fc.property(fc.array(fc.string()), (texts) => {
    const numbering = new Numbering();
    const map = new Map<string, number>();
    for (const text of texts) {
      if (!map.has(text)) map.set(text, map.size);
      numbering.print.ofText(text);
      assert.equal(numbering.add(), map.get(text));
    }
    assert.equal(numbering.size, map.size);
  }));
});

Deno.test("Numbering tells 200,000 ids apart", () => {
  const numbering = new Numbering();
  for (let i = 0; i < 200_000; i++) {
    numbering.print.ofText(`user-${i % 100}/order-${i}`);
    assert.equal(numbering.add(), i);
  }
  numbering.print.ofText("user-7/order-107");
  assert.equal(numbering.find(), 107);
});

Deno.test("Fingerprinter tells texts and bytes apart that differ in one place, or in the seed", () => {
  for (const length of [1, 2, 3, 4, 5, 8, 401]) {
    const prints = new Set<string>();
    const keep = ({ low, high }: Fingerprinter) => prints.add(`${low} ${high}`);
    const print = new Fingerprinter();
    const text = "x".repeat(length);
    const bytes = new TextEncoder().encode(text);
    keep(print.ofText(text));
    keep(print.ofText(text, 1));
    keep(print.ofText(text + "\u0000"));
    keep(print.ofBytes(bytes));
    keep(print.ofBytes(bytes, 1));
    for (let at = 0; at < length; at++) {
      keep(print.ofText(`${text.slice(0, at)}y${text.slice(at + 1)}`));
      keep(print.ofBytes(bytes.with(at, 0x79)));
    }
    assert.equal(prints.size, 5 + 2 * length);
    const shifted = new Uint8Array([0, ...bytes]).subarray(1);
    keep(print.ofBytes(shifted));
    assert.equal(prints.size, 5 + 2 * length);
  }
});

Deno.test("FingerprintIndex replaces a row and finds none where none is", () => {
  const index = new FingerprintIndex();
  const print = new Fingerprinter().ofInteger(2 ** 40 + 5);
  assert.equal(index.find(print), -1);
  index.set(print, 1);
  index.set(print, 2);
  assert.equal(index.find(print), 2);
  assert.equal(index.size, 1);
  assert.equal(index.find(print.ofInteger(5)), -1);
});
