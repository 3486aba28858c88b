import assert from "node:assert/strict";
import fc from "fast-check";
import { decimalStep, nearestCount, toDecimal } from "../../actors/decimal_step.ts";

Deno.test("toDecimal() gives the double that the decimal text reads as", () => {
  fc.assert(fc.property(
    fc.integer({ min: 0, max: 8 }),
    fc.integer({ min: 1, max: 500 }),
    fc.integer({ min: 1, max: 2 ** 27 }),
    (places, units, count) => {
      const size = Number(`${units}e-${places}`);
      const step = decimalStep(size);
      const decimal = toDecimal(count, step);
      assert.equal(decimal, Number(`${BigInt(units) * BigInt(count)}e-${places}`));
      assert.equal(nearestCount(decimal, step), count);
    },
  ));
});

Deno.test("decimalStep() refuses sizes that are no step", () => {
  for (const size of [0, -1, NaN, Infinity, 1e-9, 1 / 3]) {
    assert.throws(() => decimalStep(size), RangeError);
  }
});
