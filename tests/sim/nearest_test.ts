import assert from "node:assert/strict";
import fc from "fast-check";
import { editDistance, nearestTo, suggestion } from "../../sim/nearest.ts";

/** The textbook's recursion. */
function slowDistance(from: string, to: string): number {
  if (from === "") return to.length;
  if (to === "") return from.length;
  if (from[0] === to[0]) return slowDistance(from.slice(1), to.slice(1));
  return 1 + Math.min(
    slowDistance(from.slice(1), to),
    slowDistance(from, to.slice(1)),
    slowDistance(from.slice(1), to.slice(1)),
  );
}

Deno.test("editDistance() agrees with the recursion", () => {
  const word = fc.string({ unit: fc.constantFrom("a", "b", "c"), maxLength: 5 });
  fc.assert(fc.property(word, word, (from, to) => {
    assert.equal(editDistance(from, to), slowDistance(from, to));
  }));
});

Deno.test("nearestTo() finds a slip of the finger and nothing far away", () => {
  assert.equal(nearestTo("brust.ts", ["burst.ts", "rebalance.ts"]), "burst.ts");
  assert.equal(nearestTo("--sed", ["--seed", "--speed"]), "--seed");
  assert.equal(nearestTo("xyz", ["burst", "rebalance"]), null);
  assert.equal(nearestTo("x", []), null);
});

Deno.test("suggestion() is empty when nothing is near", () => {
  assert.equal(suggestion("engin", ["engine"]), `; did you mean "engine"?`);
  assert.equal(suggestion("zzzz", ["engine"]), "");
});
