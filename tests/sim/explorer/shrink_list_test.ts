import assert from "node:assert/strict";
import fc from "fast-check";
import { Budget, shrinkList } from "../../../sim/explorer/shrink_list.ts";

const PLENTY = 100_000;

Deno.test("shrinkList() leaves exactly the items that it takes, in their order", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 40 }).chain((length) =>
        fc.tuple(fc.constant(length), fc.subarray(Array.from({ length }, (_, n) => n)))
      ),
      async ([length, needed]) => {
        const items = Array.from({ length }, (_, n) => n);
        const shortest = await shrinkList(items, {
          fails: (list) => Promise.resolve(needed.every((item) => list.includes(item))),
          budget: new Budget(PLENTY),
        });
        assert.deepEqual(shortest, needed);
      },
    ),
    { numRuns: 200 },
  );
});

Deno.test("shrinkList() gives a list of which nothing can be left out, where items stand in for one another", async () => {
  const fails = (list: readonly number[]) => {
    const even = list.filter((item) => item % 2 === 0).length;
    return Promise.resolve(even >= 2 && list.length - even >= 1);
  };
  const shortest = await shrinkList([1, 2, 3, 4, 5, 6, 7], { fails, budget: new Budget(PLENTY) });
  assert.equal(shortest.length, 3);
  assert.equal(await fails(shortest), true);
});

Deno.test("shrinkList() asks no more often than its budget allows, and gives what failed last", async () => {
  let asked = 0;
  const items = Array.from({ length: 64 }, (_, n) => n);
  const fails = (list: readonly number[]) => {
    asked++;
    return Promise.resolve(list.includes(63));
  };
  const shortest = await shrinkList(items, { fails, budget: new Budget(3) });
  assert.equal(asked, 3);
  assert.ok(shortest.includes(63));
  assert.ok(shortest.length < items.length);
});

Deno.test("shrinkList() asks nothing about an empty list", async () => {
  const fails = () => Promise.reject(new Error("nobody needs to know"));
  assert.deepEqual(await shrinkList([], { fails, budget: new Budget(PLENTY) }), []);
});
