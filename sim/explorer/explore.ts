/**
 * Hunting for a broken invariant: world after world, in the order of their seeds.
 *
 * @module
 */

import { type PlayedWorld, type PlayOptions, playWorld, playWorldTwice } from "./play_world.ts";
import { Tally } from "./tally.ts";
import type { World } from "./world.ts";
import { SEEDS, worldOf } from "./world_of.ts";

/** Every so manieth seed is played twice, and must come out the same. */
const TWICE_EVERY = 8;

/** A world that broke an invariant. */
export interface FoundViolation {
  readonly seed: number;
  /** How many seeds were played until it was found, itself included. */
  readonly seedsPlayed: number;
  readonly world: World;
  readonly played: PlayedWorld;
}

/** How worlds are hunted. */
export interface ExploreOptions {
  readonly fromSeed: number;
  /** Asked before each seed is handed out, with how many were; false ends the hunt. */
  readonly goOn: (handedOut: number) => boolean;
  /** How many are played at the same time. */
  readonly jobs: number;
  /** Plays one world. Must not reject. */
  readonly play: (world: World, twice: boolean) => Promise<PlayedWorld>;
  /** Whether seeds after the first that breaks an invariant are played too. */
  readonly keepGoing?: boolean;
  /** Told after each play, in whatever order plays end. */
  readonly onPlayed?: (exploration: Exploration) => void;
}

/** How far a hunt has come. Only seeds below which every seed has been played are counted. */
export interface Exploration {
  readonly fromSeed: number;
  readonly tally: Tally;
  /** In the order of seeds; at most one unless the hunt kept going. */
  readonly found: readonly FoundViolation[];
}

/** Whether a seed's world is played twice. */
export function isPlayedTwice(seed: number): boolean {
  return seed % TWICE_EVERY === 0;
}

/** Hunts. What comes of it does not depend on how many play at the same time, nor on who is faster. */
export async function explore(options: ExploreOptions): Promise<Exploration> {
  const { fromSeed, goOn, jobs, play, keepGoing = false } = options;
  const tally = new Tally();
  const found: FoundViolation[] = [];
  const exploration = { fromSeed, tally, found };
  /** Played before a lower seed was. */
  const early = new Map<number, { readonly world: World; readonly played: PlayedWorld }>();
  let next = fromSeed;
  let counted = fromSeed;
  let isEnough = false;
  const count = () => {
    for (let entry = early.get(counted); entry !== undefined; entry = early.get(counted)) {
      if (!keepGoing && found.length > 0) return;
      const { world, played } = entry;
      early.delete(counted);
      tally.add(world, played);
      if (played.violation !== null) {
        found.push({ seed: counted, seedsPlayed: counted - fromSeed + 1, world, played });
      }
      counted++;
    }
  };
  const job = async () => {
    while (!isEnough && next < SEEDS && goOn(next - fromSeed)) {
      const seed = next++;
      const world = worldOf(seed);
      const played = await play(world, isPlayedTwice(seed));
      early.set(seed, { world, played });
      if (played.violation !== null && !keepGoing) isEnough = true;
      count();
      options.onPlayed?.(exploration);
    }
  };
  await Promise.all(Array.from({ length: jobs }, job));
  return exploration;
}

/** What is hunted, and how far. */
export interface FindOptions extends PlayOptions {
  readonly fromSeed: number;
  readonly seeds: number;
}

/** The first of so many seeds whose world breaks an invariant, played in the caller's thread. */
export async function findViolation(options: FindOptions): Promise<FoundViolation | null> {
  const { fromSeed, seeds, ...playing } = options;
  const { found: [first] } = await explore({
    fromSeed,
    goOn: (handedOut) => handedOut < seeds,
    jobs: 1,
    play: (world, twice) => (twice ? playWorldTwice : playWorld)(world, playing),
  });
  return first ?? null;
}
