/**
 * A hunt as the command line asks for it: all cores, a bound in seeds or time, and what was found shrunk
 * and kept.
 *
 * @module
 */

import { type Exploration, explore, type FoundViolation } from "./explore.ts";
import type { HuntCommand } from "./explore_arguments.ts";
import type { HuntReport, ShrunkViolation } from "./explore_report.ts";
import type { PlayedWorld } from "./play_world.ts";
import { shrinkWorld } from "./shrink_world.ts";
import type { World } from "./world.ts";
import { writeWorld } from "./world_file.ts";

/** What a hunt works with. */
export interface HuntSurroundings {
  /** Plays one world. Must not reject. */
  readonly play: (world: World, twice: boolean) => Promise<PlayedWorld>;
  /** Milliseconds of a clock that does not step back. */
  readonly now: () => number;
  /** Aborts when the user wants an early end. */
  readonly interrupted: AbortSignal;
  readonly onPlayed: (exploration: Exploration) => void;
  /** Told in sentences what happens besides. */
  readonly say: (text: string) => void;
}

/** Hunts, shrinks the first violation and keeps its world. */
export async function hunt(
  command: HuntCommand,
  surroundings: HuntSurroundings,
): Promise<HuntReport> {
  const { fromSeed, seeds, minutes, jobs, keepGoing } = command;
  const { play, now, interrupted, onPlayed, say } = surroundings;
  const startedAt = now();
  const endsAt = minutes === null ? Infinity : startedAt + minutes * 60_000;
  let told = 0;
  const exploration = await explore({
    fromSeed,
    jobs,
    play,
    keepGoing,
    onPlayed: (soFar) => {
      for (const { seed, played } of soFar.found.slice(told)) {
        say(`seed ${seed} broke ${played.violation?.invariant ?? ""}`);
      }
      told = soFar.found.length;
      onPlayed(soFar);
    },
    goOn: (handedOut) => !interrupted.aborted && now() < endsAt && handedOut < (seeds ?? Infinity),
  });
  const elapsedMs = now() - startedAt;
  const [found] = exploration.found;
  return {
    exploration,
    elapsedMs,
    jobs,
    interrupted: interrupted.aborted,
    first: found === undefined ? null : await shrinkFound(found, surroundings),
  };
}

/** Shrinks a found world until it is interrupted, and keeps what came of it. */
export async function shrinkFound(
  found: FoundViolation,
  surroundings: Pick<HuntSurroundings, "play" | "interrupted" | "say">,
): Promise<ShrunkViolation> {
  const { play, interrupted, say } = surroundings;
  const { world, played } = found;
  const wanted = played.violation!.invariant; // It was found because of it.
  const twice = wanted === "determinism";
  say(`shrinking the world of seed ${found.seed}`);
  let plays = 0;
  const shrunk = await shrinkWorld(world, {
    fails: async (smaller) => {
      // What is not asked any more is not smaller.
      if (interrupted.aborted) return false;
      plays++;
      const { violations } = await play(smaller, twice);
      return violations.some(({ invariant }) => invariant === wanted);
    },
  });
  return { found, shrunk, plays, path: writeWorld(shrunk) };
}
