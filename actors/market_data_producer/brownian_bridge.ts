/**
 * Steps between real closes: a seeded Brownian bridge from each close to the next. The closes are
 * real, the steps between them are drawn.
 *
 * @module
 */

import { seededRandom } from "../seeded_random.ts";
import { normal } from "./normal.ts";

/** Closes and how to walk from one to the next. */
export interface BridgedCloses {
  /** Real closes in order of time: at least two, all positive. */
  readonly closes: readonly number[];
  /** Steps from a close to the next one. */
  readonly stepsPerClose: number;
  /** Standard deviation that the log price would have from a close to the next were it free. */
  readonly volatilityPerClose: number;
}

/** Steps of a whole walk: the last price is the last close. */
export function bridgeLength(model: BridgedCloses): number {
  return (model.closes.length - 1) * model.stepsPerClose + 1;
}

/**
 * The prices from step `from` on, up to the last close. Step `n * stepsPerClose` is exactly close n.
 *
 * In log prices, with r steps left to the next close b at step x:
 * `x' = x + (b - x) / r + sigma * sqrt(dt * (r - 1) / r) * Z`, which is the conditional law of
 * Brownian motion given its end (Glasserman, "Monte Carlo Methods in Financial Engineering" (2004),
 * 3.1). Each stretch has a random stream of its own, so any place is reached in at most one stretch.
 *
 * @throws {RangeError} for closes, steps or a volatility that make no walk
 */
export function* bridgedCloses(
  model: BridgedCloses,
  options: { readonly seed: number; readonly stream: string; readonly from?: number },
): Generator<number, void> {
  checkBridgedCloses(model);
  const { closes, stepsPerClose: steps } = model;
  const from = options.from ?? 0;
  for (let stretch = Math.floor(from / steps); stretch < closes.length - 1; stretch++) {
    const random = seededRandom(options.seed, "bridge", options.stream, stretch);
    // The check above saw that the closes exist and are numbers.
    const [begin, end] = [closes[stretch]!, closes[stretch + 1]!];
    const goal = Math.log(end);
    let place = Math.log(begin);
    for (let step = 0; step < steps; step++) {
      if (stretch * steps + step >= from) yield step === 0 ? begin : Math.exp(place);
      const left = steps - step;
      const deviation = model.volatilityPerClose * Math.sqrt((left - 1) / left / steps);
      place += (goal - place) / left + deviation * normal(random);
    }
  }
  if (from < bridgeLength(model)) yield closes.at(-1)!;
}

/** @throws {RangeError} naming what makes no walk */
export function checkBridgedCloses(model: BridgedCloses): void {
  const fail = (why: string) => {
    throw new RangeError(`Cannot draw prices between closes: ${why}`);
  };
  if (model.closes.length < 2) fail(`${model.closes.length} closes are given, 2 are needed`);
  const bad = model.closes.findIndex((close) => !(Number.isFinite(close) && close > 0));
  if (bad >= 0) fail(`close ${bad} is ${model.closes[bad]}, not a positive number`);
  if (!Number.isSafeInteger(model.stepsPerClose) || model.stepsPerClose < 1) {
    fail(`stepsPerClose is ${model.stepsPerClose}, not a whole number of at least 1`);
  }
  if (!(model.volatilityPerClose >= 0) || !Number.isFinite(model.volatilityPerClose)) {
    fail(`volatilityPerClose is ${model.volatilityPerClose}, and must be 0 or more`);
  }
}
