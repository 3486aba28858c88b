import assert from "node:assert/strict";
import fc from "fast-check";
import { applyDelta, encodeDelta } from "../../../../sim/actor_log/states/byte_delta.ts";

/** Bytes of few values, so that much agrees by chance. */
const bytes = fc.uint8Array({ max: 3, maxLength: 400 });

Deno.test("applyDelta() gives back any bytes that encodeDelta() has seen", () => {
  fc.assert(fc.property(bytes, bytes, (before, after) => {
    assert.deepEqual(applyDelta(before, encodeDelta(before, after)), after);
  }));
});

/** Cuts, insertions and changes, as places in what is there by then. */
const edits = fc.array(
  fc.record({ at: fc.nat(), cut: fc.nat(300), insert: fc.uint8Array({ maxLength: 300 }) }),
  { maxLength: 8 },
);

function edited(before: Uint8Array, all: typeof edits extends fc.Arbitrary<infer T> ? T : never) {
  let after = before;
  for (const { at, cut, insert } of all) {
    const place = at % (after.length + 1);
    after = Uint8Array.from([
      ...after.subarray(0, place),
      ...insert,
      ...after.subarray(place + cut),
    ]);
  }
  return after;
}

Deno.test("encodeDelta() takes little more than what is new", () => {
  fc.assert(
    fc.property(fc.infiniteStream(fc.nat(255)), edits, (stream, all) => {
      const before = Uint8Array.from([...stream.take(6_000)]);
      const after = edited(before, all);
      const delta = encodeDelta(before, after);
      assert.deepEqual(applyDelta(before, delta), after);
      const fresh = all.reduce((sum, { insert }) => sum + insert.length, 0);
      // For each edit the numbers of a step, and what is passed over until an anchor is met.
      assert.ok(delta.length <= fresh + 500 * all.length + 20, `${delta.length} for ${fresh}`);
    }),
    { numRuns: 30 },
  );
});

Deno.test("encodeDelta() finds rows that moved, and rows that changed in place", () => {
  const rows = Array.from({ length: 2_000 }, (_, i) => [i * 7, i, i % 5, 1_000 + i, i % 3]);
  const encoded = (of: readonly (readonly number[])[]) =>
    new Uint8Array(Float64Array.from(of.flat()).buffer);
  const before = encoded(rows);
  const changed = rows.flatMap((row, i) =>
    i < 300 || i % 40 === 0 ? [] : [i % 10 === 3 ? [...row.slice(0, 4), 99] : row]
  );
  const after = encoded(changed);
  const delta = encodeDelta(before, after);
  assert.deepEqual(applyDelta(before, delta), after);
  assert.ok(delta.length < after.length / 20, `${delta.length} of ${after.length}`);
});

Deno.test("applyDelta() refuses a delta of other bytes", () => {
  const before = new Uint8Array(100).fill(1);
  const delta = encodeDelta(before, new Uint8Array(120).fill(1));
  assert.throws(() => applyDelta(new Uint8Array(10), delta), RangeError);
  assert.throws(() => applyDelta(before, delta.subarray(0, delta.length - 1)), RangeError);
  assert.throws(() => applyDelta(before, Uint8Array.of(5, 0, 0, 0)), RangeError);
});
