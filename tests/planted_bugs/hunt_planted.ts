/**
 * Hunting a planted bug: the explorer plays world after world and does not know which bug it faces.
 *
 * @module
 */

import { RULE_IDS } from "../../sim/auditor/verdict.ts";
import { explore } from "../../sim/explorer/explore.ts";
import { type PlayedWorld, playWorld, playWorldTwice } from "../../sim/explorer/play_world.ts";
import type { Violation } from "../../sim/explorer/violation.ts";
import type { World } from "../../sim/explorer/world.ts";
import type { HostDecorator, PlantedBug } from "./planted_bug.ts";
import type { Finding, Sighting } from "./findings.ts";

/** Hunts begin here, so that a seed is also how many it took. */
export const FIRST_SEED = 1;

/** Rules that need the run itself, not just what it left. */
const OF_THE_RUN: readonly string[] = ["liveness", "determinism", "auditor-works"];

/** The topics alone are looked at for so many seeds at most, once something else was found. */
const MOST_BY_TOPICS = 100;

/** Counterexamples are told up to so many characters. */
const MAX_TEXT = 260;

/** Hunts until an invariant was broken, and one that the auditor judges by the topics alone. */
export async function huntPlanted(
  bug: PlantedBug,
  { mostSeeds }: { readonly mostSeeds: number },
): Promise<Finding> {
  let any: Sighting | null = null;
  let byTopics: Sighting | null = null;
  await explore({
    fromSeed: FIRST_SEED,
    goOn: (handedOut) =>
      any === null
        ? handedOut < mostSeeds
        : byTopics === null && handedOut < Math.min(mostSeeds, MOST_BY_TOPICS),
    jobs: 1,
    keepGoing: true,
    play: playing(bug.host),
    onPlayed: ({ tally, found }) => {
      const last = found.at(-1);
      if (last?.seedsPlayed !== tally.seeds) return;
      const { violations } = last.played;
      any ??= sighting(last.seed, violations[0]);
      byTopics ??= sighting(last.seed, violations.find(isJudgedByTopics));
    },
  });
  return { bug: bug.id, any, byTopics };
}

/** The first seed up to `lastSeed` whose world breaks an invariant on the floor as it is; null: none. */
export async function huntClean(lastSeed: number): Promise<Sighting | null> {
  const { found } = await explore({
    fromSeed: FIRST_SEED,
    goOn: (handedOut) => handedOut < lastSeed,
    jobs: 1,
    play: playing((host) => host),
  });
  const [first] = found;
  return first === undefined ? null : sighting(first.seed, first.played.violations[0]);
}

function playing(host: HostDecorator): (world: World, twice: boolean) => Promise<PlayedWorld> {
  return (world, twice) => (twice ? playWorldTwice : playWorld)(world, { host });
}

function isJudgedByTopics({ invariant }: Violation): boolean {
  return RULE_IDS.some((rule) => rule === invariant) && !OF_THE_RUN.includes(invariant);
}

function sighting(seed: number, violation: Violation | undefined): Sighting | null {
  if (violation === undefined) return null;
  const { invariant, text } = violation;
  return {
    seed,
    invariant,
    text: text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT)}...` : text,
  };
}
