import assert from "node:assert/strict";
import { drain } from "../../../sim/session/drain.ts";
import { FakeClock } from "../../support/fake_clock.ts";

const HOUR_MS = 3_600_000;

function stuckFloor() {
  const rest = Promise.withResolvers<void>();
  return {
    rest: rest.resolve,
    progress: () => Promise.resolve({ lag: 7, end: 100 }),
    idle: ({ signal }: { readonly signal?: AbortSignal } = {}) => {
      signal?.addEventListener("abort", () => rest.resolve());
      return rest.promise;
    },
  };
}

Deno.test("drain() gives up a floor that does not move", async () => {
  const clock = new FakeClock();
  const drained = drain(stuckFloor(), { clock });
  await clock.advance(61_000);
  assert.equal((await drained).drained, false);
});

Deno.test("drain() waits as long as somebody holds an actor, and then as long as ever", async () => {
  const clock = new FakeClock();
  const floor = stuckFloor();
  let held = true;
  let settled = false;
  const draining = drain(floor, { clock, isHeld: () => held });
  void draining.then(() => settled = true);
  // Leaps, because an hour has too many looks to take them one by one.
  for (let look = 0; look < 5; look++) {
    clock.leap(HOUR_MS);
    await clock.advance(100);
  }
  assert.equal(settled, false);
  held = false;
  await clock.advance(50_000);
  assert.equal(settled, false);
  floor.rest();
  await clock.advance(100);
  assert.equal((await draining).drained, true);
});
