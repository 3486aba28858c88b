import fc from "fast-check";
import assert from "node:assert/strict";
import { NONE, OrderIndex } from "../../../actors/trading_engine/order_index.ts";

const orderNumber = fc.oneof(
  fc.nat({ max: 300 }),
  fc.nat({ max: 300 }).map((n) => n * 2 ** 20),
  fc.nat({ max: 300 }).map((n) => n * 2 ** 36),
  fc.maxSafeNat(),
);

const numberLists = fc.array(orderNumber, { maxLength: 600, size: "max" });

Deno.test("OrderIndex finds what a Map finds, after any additions and removals", () => {
  fc.assert(
    fc.property(numberLists, fc.nat(900), (numbers, reserved) => {
      const index = new OrderIndex();
      index.reserve(reserved);
      const map = new Map<number, number>();
      numbers.forEach((number, slot) => {
        // A number that is in it already is taken out again.
        if (map.delete(number)) return index.remove(number);
        map.set(number, slot);
        index.add(number, slot);
      });
      assert.equal(index.count, map.size);
      for (const number of numbers) assert.equal(index.get(number), map.get(number) ?? NONE);
    }),
    { numRuns: 200 },
  );
});

Deno.test("OrderIndex.remove() refuses a number that is not in it", () => {
  const index = new OrderIndex();
  assert.throws(() => index.remove(0), /Cannot remove order 0: it is not live/);
});
