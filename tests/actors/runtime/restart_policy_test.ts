import assert from "node:assert/strict";
import fc from "fast-check";
import {
  backoffCeilingMs,
  type BackoffPolicy,
  checkRestartPolicy,
  decideRestart,
  DEFAULT_BACKOFF,
  type Failure,
  POOL_RESTARTS,
  rememberFailure,
  type RestartPolicy,
  STREAK_MEMORY,
} from "../../../actors/runtime/restart_policy.ts";
import type { DownReason } from "../../../actors/runtime/runtime_events.ts";
import { seededRandom } from "../../../actors/seeded_random.ts";

const never = () => assert.fail("random must not be drawn");
const reasons: DownReason[] = [
  "stopped",
  "crashed",
  "terminated",
  "unresponsive",
  "start-timeout",
  "exited",
];
const policies: fc.Arbitrary<RestartPolicy> = fc.record({
  maxRestarts: fc.integer({ min: 0, max: 8 }),
  withinMs: fc.integer({ min: 1, max: 60_000 }),
  backoff: fc.record({
    initialMs: fc.integer({ min: 0, max: 1000 }),
    factor: fc.integer({ min: 1, max: 4 }),
    capMs: fc.integer({ min: 0, max: 20_000 }),
    resetAfterMs: fc.integer({ min: 0, max: 20_000 }),
  }),
});
const lives = fc.array(
  fc.record({
    child: fc.constantFrom("a", "b", "c"),
    afterMs: fc.integer({ min: 0, max: 20_000 }),
    healthyMs: fc.integer({ min: 0, max: 20_000 }),
  }),
  { maxLength: 40 },
);

/** Runs failures through the decision as a supervisor would, until it gives up. */
function live(
  policy: RestartPolicy,
  steps: readonly { child: string; afterMs: number; healthyMs: number }[],
  random: () => number,
) {
  let now = 0;
  let earlier: readonly Failure[] = [];
  const restarts: { at: number; delayMs: number; failure: Failure; earlier: readonly Failure[] }[] =
    [];
  let gaveUpAt: number | null = null;
  for (const { child, afterMs, healthyMs } of steps) {
    now += afterMs;
    const failure: Failure = { child, at: now, reason: "crashed", healthyMs };
    const decision = decideRestart({ type: "permanent", failure, earlier, policy, now, random });
    if (decision.kind === "give-up") {
      gaveUpAt = now;
      break;
    }
    assert.equal(decision.kind, "restart");
    if (decision.kind === "restart") {
      restarts.push({ at: now, delayMs: decision.delayMs, failure, earlier });
    }
    earlier = rememberFailure(earlier, failure, policy);
  }
  return { restarts, gaveUpAt };
}

Deno.test("decideRestart() grants at most maxRestarts in any window, and gives up only past it", () => {
  fc.assert(fc.property(policies, lives, fc.integer(), (policy, steps, seed) => {
    const { restarts, gaveUpAt } = live(policy, steps, seededRandom(seed));
    for (const { at } of restarts) {
      const window = restarts.filter((one) => one.at > at - policy.withinMs && one.at <= at);
      assert.ok(window.length <= policy.maxRestarts);
    }
    if (gaveUpAt !== null) {
      const before = restarts.filter((one) => one.at > gaveUpAt - policy.withinMs);
      assert.equal(before.length, policy.maxRestarts);
    }
  }));
});

Deno.test("decideRestart() draws a delay between 0 and the ceiling of a slow count of the streak", () => {
  fc.assert(fc.property(policies, lives, fc.integer(), (policy, steps, seed) => {
    const { restarts } = live(policy, steps, seededRandom(seed));
    for (const { delayMs, failure, earlier } of restarts) {
      const own = [...earlier.filter((one) => one.child === failure.child), failure];
      let streak = 0;
      for (let i = 1; i < own.length; i++) {
        streak = own[i]!.healthyMs >= policy.backoff.resetAfterMs ? 0 : streak + 1;
      }
      assert.ok(Number.isInteger(delayMs) && delayMs >= 0);
      assert.ok(delayMs <= backoffCeilingMs(streak, policy.backoff));
      assert.ok(delayMs <= policy.backoff.capMs);
    }
  }));
});

Deno.test("decideRestart() decides the same from the same random numbers", () => {
  fc.assert(fc.property(policies, lives, fc.integer(), (policy, steps, seed) => {
    const once = live(policy, steps, seededRandom(seed));
    assert.deepEqual(live(policy, steps, seededRandom(seed)), once);
  }));
});

Deno.test("decideRestart() leaves a temporary child down, and a transient one that ended well", () => {
  fc.assert(fc.property(fc.constantFrom(...reasons), (reason) => {
    const failure: Failure = { child: "a", at: 5, reason, healthyMs: 0 };
    const asked = { failure, earlier: [], policy: POOL_RESTARTS, now: 5 };
    const temporary = decideRestart({ ...asked, type: "temporary", random: never });
    assert.deepEqual(temporary, { kind: "stay-down" });
    const transient = decideRestart({ ...asked, type: "transient", random: () => 0 });
    assert.equal(transient.kind, reason === "stopped" ? "stay-down" : "restart");
    const permanent = decideRestart({ ...asked, type: "permanent", random: () => 0 });
    assert.equal(permanent.kind, "restart");
  }));
});

Deno.test("backoffCeilingMs() grows from 250 ms by doubling and stops at 10 s", () => {
  const ceilings = Array.from({ length: 8 }, (_, n) => backoffCeilingMs(n, DEFAULT_BACKOFF));
  assert.deepEqual(ceilings, [250, 500, 1000, 2000, 4000, 8000, 10_000, 10_000]);
  assert.equal(backoffCeilingMs(5000, DEFAULT_BACKOFF), 10_000);
});

Deno.test("backoffCeilingMs() never shrinks with a longer streak and never passes the cap", () => {
  const backoffs: fc.Arbitrary<BackoffPolicy> = policies.map((policy) => policy.backoff);
  fc.assert(fc.property(backoffs, fc.nat(2000), (backoff, streak) => {
    const ceiling = backoffCeilingMs(streak, backoff);
    assert.ok(ceiling <= backoffCeilingMs(streak + 1, backoff));
    assert.ok(ceiling <= backoff.capMs);
  }));
});

Deno.test("decideRestart() starts with the first ceiling again after 10 s of health", () => {
  const failed = (at: number, healthyMs: number): Failure => ({
    child: "a",
    at,
    reason: "crashed",
    healthyMs,
  });
  const earlier = [failed(0, 0), failed(1, 0), failed(2, 0)];
  const delay = (healthyMs: number) => {
    const failure = failed(20_000, healthyMs);
    const asked = { failure, earlier, policy: POOL_RESTARTS, now: 20_000 };
    const decision = decideRestart({ ...asked, type: "permanent", random: () => 0.999999 });
    return decision.kind === "restart" ? decision.delayMs : null;
  };
  assert.equal(delay(9999), 2000);
  assert.equal(delay(10_000), 250);
});

Deno.test("rememberFailure() never remembers more than its named bound", () => {
  let earlier: readonly Failure[] = [];
  for (let at = 0; at < 1000; at++) {
    const failure: Failure = { child: "a", at, reason: "crashed", healthyMs: 0 };
    earlier = rememberFailure(earlier, failure, POOL_RESTARTS);
  }
  assert.equal(earlier.length, STREAK_MEMORY + POOL_RESTARTS.maxRestarts + 1);
  assert.equal(earlier.at(-1)?.at, 999);
});

Deno.test("checkRestartPolicy() names the field that means nothing", () => {
  assert.doesNotThrow(() => checkRestartPolicy(POOL_RESTARTS));
  assert.throws(
    () => checkRestartPolicy({ ...POOL_RESTARTS, withinMs: 0 }),
    /withinMs is 0, at least 1 is needed/,
  );
  const backoff = { ...DEFAULT_BACKOFF, factor: Number.NaN };
  assert.throws(() => checkRestartPolicy({ ...POOL_RESTARTS, backoff }), /backoff.factor is NaN/);
});
