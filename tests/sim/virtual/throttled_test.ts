import assert from "node:assert/strict";
import { throttled } from "../../../sim/virtual/throttled.ts";

Deno.test("throttled() passes on the first, then no more often than it may", () => {
  let now = 1_000;
  const told: number[] = [];
  const tell = throttled((each: number) => told.push(each), { everyMs: 100, now: () => now });
  for (
    const [at, each] of [[1_000, 1], [1_001, 2], [1_099, 3], [1_100, 4], [1_199, 5], [1_400, 6]]
  ) {
    now = at!;
    tell(each!);
  }
  assert.deepEqual(told, [1, 4, 6]);
});
