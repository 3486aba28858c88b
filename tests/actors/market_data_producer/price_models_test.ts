import assert from "node:assert/strict";
import fc from "fast-check";
import {
  bridgedCloses,
  bridgeLength,
} from "../../../actors/market_data_producer/brownian_bridge.ts";
import {
  jumpDiffusion,
  TRADING_SECONDS_PER_YEAR,
} from "../../../actors/market_data_producer/geometric_brownian_motion.ts";
import { normal, poisson } from "../../../actors/market_data_producer/normal.ts";
import { seededRandom } from "../../../actors/seeded_random.ts";

function moments(values: readonly number[]): { mean: number; deviation: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const square = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, deviation: Math.sqrt(square / (values.length - 1)) };
}

function near(actual: number, expected: number, tolerance: number): void {
  const message = `${actual} is not within ${tolerance} of ${expected}`;
  assert.ok(Math.abs(actual - expected) <= tolerance, message);
}

Deno.test("normal() and poisson() have the moments of their distributions", () => {
  const random = seededRandom(1, "moments");
  const normals = moments(Array.from({ length: 50_000 }, () => normal(random)));
  near(normals.mean, 0, 0.02);
  near(normals.deviation, 1, 0.02);
  const counts = moments(Array.from({ length: 50_000 }, () => poisson(2.5, random)));
  near(counts.mean, 2.5, 0.03);
  near(counts.deviation, Math.sqrt(2.5), 0.03);
});

/** Log returns of one-day steps. */
function logReturns(model: Parameters<typeof jumpDiffusion>[0], count: number): readonly number[] {
  const prices = jumpDiffusion(model, { seed: 7, stream: "AAPL" });
  let last = Math.log(prices.next().value);
  return Array.from({ length: count }, () => {
    const log = Math.log(prices.next().value);
    const change = log - last;
    last = log;
    return change;
  });
}

const DAY = TRADING_SECONDS_PER_YEAR / 252;

Deno.test("jumpDiffusion() without jumps has log returns of (mu - sigma^2/2) dt and sigma^2 dt", () => {
  const model = { startPrice: 100, drift: 0.5, volatility: 0.3, stepSeconds: DAY };
  const { mean, deviation } = moments(logReturns(model, 100_000));
  near(mean, (0.5 - 0.045) / 252, 4 * 0.3 / Math.sqrt(252 * 100_000));
  near(deviation, 0.3 / Math.sqrt(252), 0.0002);
});

Deno.test("jumpDiffusion() with jumps has Merton's variance and keeps the drift of the price", () => {
  const model = {
    startPrice: 100,
    drift: 0.1,
    volatility: 0.2,
    jumpsPerYear: 50,
    jumpMean: -0.02,
    jumpDeviation: 0.03,
    stepSeconds: DAY,
  };
  const returns = logReturns(model, 200_000);
  const variance = (0.2 ** 2 + 50 * (0.02 ** 2 + 0.03 ** 2)) / 252;
  near(moments(returns).deviation, Math.sqrt(variance), 0.0003);
  // E[S(t + dt) / S(t)] = exp(mu dt), jumps or not.
  const growth = moments(returns.map(Math.exp)).mean;
  near(growth, Math.exp(0.1 / 252), 4 * Math.sqrt(variance / 200_000));
});

Deno.test("jumpDiffusion() repeats itself by seed and differs by stream", () => {
  const model = { startPrice: 50, drift: 0, volatility: 0.4, stepSeconds: 1 };
  const first = (seed: number, stream: string) =>
    jumpDiffusion(model, { seed, stream }).take(20).toArray();
  assert.deepEqual(first(1, "A"), first(1, "A"));
  assert.notDeepEqual(first(1, "A"), first(2, "A"));
  assert.notDeepEqual(first(1, "A"), first(1, "B"));
  assert.equal(first(1, "A")[0], 50);
});

Deno.test("jumpDiffusion() names the parameter that makes no price", () => {
  const make = (wrong: object) => () =>
    jumpDiffusion(
      { startPrice: 1, drift: 0, volatility: 0.1, stepSeconds: 1, ...wrong },
      { seed: 1, stream: "A" },
    ).next();
  assert.throws(make({ startPrice: 0 }), /startPrice is 0, and must be positive/);
  assert.throws(make({ volatility: -1 }), /volatility is -1/);
  assert.throws(make({ drift: NaN }), /drift is NaN/);
  assert.throws(make({ jumpsPerYear: 1e12 }), /jumps per step/);
});

const closesArbitrary = fc.array(fc.double({ min: 0.5, max: 2000, noNaN: true }), {
  minLength: 2,
  maxLength: 8,
});

Deno.test("bridgedCloses() hits every close and begins anywhere as if it had come that way", () => {
  fc.assert(fc.property(
    closesArbitrary,
    fc.integer({ min: 1, max: 30 }),
    fc.nat(200),
    (closes, stepsPerClose, from) => {
      const model = { closes, stepsPerClose, volatilityPerClose: 0.1 };
      const whole = bridgedCloses(model, { seed: 3, stream: "X" }).toArray();
      assert.equal(whole.length, bridgeLength(model));
      closes.forEach((close, n) => assert.equal(whole[n * stepsPerClose], close));
      assert.ok(whole.every((price) => price > 0 && Number.isFinite(price)));
      const rest = bridgedCloses(model, { seed: 3, stream: "X", from }).toArray();
      assert.deepEqual(rest, whole.slice(from));
    },
  ));
});

Deno.test("bridgedCloses() strays most half-way: variance sigma^2 t (1 - t)", () => {
  const middles: number[] = [];
  const quarters: number[] = [];
  for (let seed = 0; seed < 4_000; seed++) {
    const model = { closes: [100, 121], stepsPerClose: 20, volatilityPerClose: 0.2 };
    const walk = bridgedCloses(model, { seed, stream: "X" }).map(Math.log).toArray();
    middles.push(walk[10]!);
    quarters.push(walk[5]!);
  }
  const { mean, deviation } = moments(middles);
  near(mean, Math.log(110), 0.006);
  near(deviation, 0.2 * Math.sqrt(0.25), 0.005);
  near(moments(quarters).deviation, 0.2 * Math.sqrt(0.25 * 0.75), 0.005);
});

Deno.test("bridgedCloses() refuses closes that make no walk", () => {
  const make = (wrong: object) => () =>
    bridgedCloses(
      { closes: [1, 2], stepsPerClose: 1, volatilityPerClose: 0, ...wrong },
      { seed: 1, stream: "A" },
    ).next();
  assert.throws(make({ closes: [1] }), /1 closes are given/);
  assert.throws(make({ closes: [1, 0] }), /close 1 is 0/);
  assert.throws(make({ stepsPerClose: 0 }), /stepsPerClose is 0/);
});
