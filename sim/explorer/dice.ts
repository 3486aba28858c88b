/**
 * Draws for a world: what it has, how much of it, and how often.
 *
 * @module
 */

import { type Random, seededRandom } from "../../actors/seeded_random.ts";

/** Chance with a seed. Each part of a world has its own, so that no part shifts another. */
export class Dice {
  readonly #random: Random;

  constructor(seed: number, part: string) {
    this.#random = seededRandom(seed, "explorer", part);
  }

  /** True in so many of a hundred draws. */
  percent(share: number): boolean {
    return this.#random() * 100 < share;
  }

  /** A whole number, both ends included. */
  whole(least: number, most: number): number {
    return least + Math.floor(this.#random() * (most - least + 1));
  }

  /** A whole number, the small ones as likely as the large ones: each power of two gets its share. */
  scale(least: number, most: number): number {
    const drawn = Math.exp(Math.log(least) + this.#random() * Math.log(most / least));
    return Math.min(most, Math.max(least, Math.round(drawn)));
  }

  /** One of them. */
  pick<const T>(from: readonly [T, ...T[]]): T {
    // The index is below the length, which is at least 1.
    return from[Math.floor(this.#random() * from.length)]!;
  }

  /** Those that come up, each with the given chance. */
  some<T>(from: readonly T[], share: number): T[] {
    return from.filter(() => this.percent(share));
  }
}
