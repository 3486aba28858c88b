/**
 * Geometric Brownian motion with jumps: Merton's jump diffusion.
 *
 * @module
 */

import { type Random, seededRandom } from "../seeded_random.ts";
import { MAX_POISSON_MEAN, normal, poisson } from "./normal.ts";

/** Trading seconds in a year: 252 days of six and a half hours, as on the New York exchanges. */
export const TRADING_SECONDS_PER_YEAR = 252 * 6.5 * 3600;

/** The model's parameters. Rates are per trading year. */
export interface JumpDiffusion {
  readonly startPrice: number;
  /** Expected growth of the price per year, jumps included: 0.05 is 5%. */
  readonly drift: number;
  /** Standard deviation of the log price's continuous part per square root of a year: 0.3 is 30%. */
  readonly volatility: number;
  /** Expected jumps per year. Default 0: no jumps. */
  readonly jumpsPerYear?: number;
  /** Mean and standard deviation of a jump in the log price. */
  readonly jumpMean?: number;
  readonly jumpDeviation?: number;
  /** Length of a step, in trading seconds. */
  readonly stepSeconds: number;
}

/**
 * The prices after 0, 1, 2, ... steps, without end. Per step of dt years,
 *
 * `S <- S * exp((mu - sigma^2 / 2 - lambda * kappa) * dt + sigma * sqrt(dt) * Z + sum of N jumps)`
 *
 * with Z standard normal, N Poisson with mean lambda * dt, jumps normal (m, s^2), and
 * `kappa = exp(m + s^2 / 2) - 1`, so that E[S(t)] = S(0) * exp(mu * t) with and without jumps.
 * Source: Merton, "Option pricing when underlying stock returns are discontinuous", Journal of
 * Financial Economics 3 (1976); discretised as in Glasserman, "Monte Carlo Methods in Financial
 * Engineering" (2004), 3.5.1, which is exact at the steps.
 *
 * @throws {RangeError} for parameters that make no price
 */
export function* jumpDiffusion(
  model: JumpDiffusion,
  options: { readonly seed: number; readonly stream: string },
): Generator<number, never> {
  checkJumpDiffusion(model);
  const step = logStep(model);
  const random = seededRandom(options.seed, "price", options.stream);
  for (let moved = 0;; moved += step(random)) yield model.startPrice * Math.exp(moved);
}

/** Draws one step's change of the log price. */
function logStep(model: JumpDiffusion): (random: Random) => number {
  const { drift, volatility, jumpsPerYear = 0, jumpMean = 0, jumpDeviation = 0 } = model;
  const dt = model.stepSeconds / TRADING_SECONDS_PER_YEAR;
  const jumpGrowth = Math.exp(jumpMean + jumpDeviation ** 2 / 2) - 1;
  const constant = (drift - volatility ** 2 / 2 - jumpsPerYear * jumpGrowth) * dt;
  const deviation = volatility * Math.sqrt(dt);
  const jumpsPerStep = jumpsPerYear * dt;
  return (random) => {
    let change = constant + deviation * normal(random);
    if (jumpsPerStep > 0) {
      for (let jumps = poisson(jumpsPerStep, random); jumps > 0; jumps--) {
        change += jumpMean + jumpDeviation * normal(random);
      }
    }
    return change;
  };
}

/** @throws {RangeError} naming the parameter that makes no price */
export function checkJumpDiffusion(model: JumpDiffusion): void {
  const { jumpsPerYear = 0, jumpMean = 0, jumpDeviation = 0 } = model;
  demand("startPrice", model.startPrice, model.startPrice > 0, "positive");
  demand("drift", model.drift, true, "finite");
  demand("volatility", model.volatility, model.volatility >= 0, "0 or more");
  demand("jumpsPerYear", jumpsPerYear, jumpsPerYear >= 0, "0 or more");
  demand("jumpMean", jumpMean, true, "finite");
  demand("jumpDeviation", jumpDeviation, jumpDeviation >= 0, "0 or more");
  demand("stepSeconds", model.stepSeconds, model.stepSeconds > 0, "positive");
  const jumpsPerStep = (jumpsPerYear * model.stepSeconds) / TRADING_SECONDS_PER_YEAR;
  demand(
    "jumps per step",
    jumpsPerStep,
    jumpsPerStep <= MAX_POISSON_MEAN,
    `at most ${MAX_POISSON_MEAN}`,
  );
}

function demand(name: string, value: number, holds: boolean, what: string): void {
  if (Number.isFinite(value) && holds) return;
  throw new RangeError(`Cannot draw prices: ${name} is ${value}, and must be ${what}`);
}
