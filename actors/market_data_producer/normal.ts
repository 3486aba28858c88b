/**
 * Normal and Poisson variates from uniform ones.
 *
 * @module
 */

import type { Random } from "../seeded_random.ts";

/**
 * A standard normal variate: the cosine half of the Box-Muller transform (Box and Muller, "A Note on
 * the Generation of Random Normal Deviates", 1958). Always two draws, so that the place in the stream
 * follows from the count.
 */
export function normal(random: Random): number {
  const radius = Math.sqrt(-2 * Math.log(1 - random()));
  return radius * Math.cos(2 * Math.PI * random());
}

/** Means above it would need too many draws, and `exp` of their negative is too near 0. */
export const MAX_POISSON_MEAN = 100;

/** A Poisson variate by multiplying uniforms (Knuth, TAOCP vol. 2, 3.4.1). For small means. */
export function poisson(mean: number, random: Random): number {
  const limit = Math.exp(-mean);
  let count = 0;
  for (let product = random(); product > limit; product *= random()) count++;
  return count;
}
