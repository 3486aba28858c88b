/**
 * The arguments of `deno task explore`.
 *
 * @module
 */

import { parseArgs } from "node:util";
import { parsed, refuseUnknown } from "../command_line/read_options.ts";
import { UsageError } from "../command_line/usage_error.ts";
import { SEEDS } from "./world_of.ts";

/** Threads at most. */
const MAX_JOBS = 256;

/** A week. */
const MAX_MINUTES = 7 * 24 * 60;

/** How long is hunted when nothing is said. */
const DEFAULT_MINUTES = 1;

/** What the user wants. */
export type ExploreCommand =
  | { readonly kind: "help" }
  | HuntCommand
  | ReplayCommand;

/** Worlds are to be hunted through. */
export interface HuntCommand {
  readonly kind: "hunt";
  readonly fromSeed: number;
  /** Null: until the time is over. */
  readonly seeds: number | null;
  /** Null: until the seeds are through. */
  readonly minutes: number | null;
  readonly jobs: number;
  readonly keepGoing: boolean;
  readonly json: boolean;
}

/** One world is to be shown again. */
export interface ReplayCommand {
  readonly kind: "replay";
  /** Null: that of the file. */
  readonly seed: number | null;
  /** A world in a file; null: that of the seed. */
  readonly plan: string | null;
  readonly json: boolean;
}

const OPTIONS = {
  "seeds": { type: "string" },
  "minutes": { type: "string" },
  "seed": { type: "string" },
  "jobs": { type: "string" },
  "plan": { type: "string" },
  "keep-going": { type: "boolean" },
  "json": { type: "boolean" },
  "help": { type: "boolean", short: "h" },
} as const;

const OPTION_NAMES: readonly string[] = Object.keys(OPTIONS).map((name) => `--${name}`);

/** The first line of all usage. */
export const EXPLORE_USAGE_LINE =
  "Usage: deno task explore [--seeds N | --minutes M] [--seed S] [options]";

/** All of it. */
export const EXPLORE_USAGE = `${EXPLORE_USAGE_LINE}
       deno task explore --seed S [--plan FILE]

Draws a world from each seed, plays it in virtual time under its faults, heals it, and judges what
it left. The first broken invariant ends the hunt: its world is shrunk and kept.

  --seeds N     plays N seeds
  --minutes M   plays seeds for M minutes (${DEFAULT_MINUTES} when neither is given)
  --seed S      the first seed (1); alone: plays this one again and tells about it
  --plan FILE   plays the world in a file, such as a shrunk one
  --jobs J      threads (one for each core)
  --keep-going  goes on after a broken invariant, and lists all seeds that broke one
  --json        prints what was found as JSON
  --help        prints this

Exit codes 0 nothing broken, 1 an invariant broken, 104 invalid option, 105 interrupted`;

/** Reads the arguments. @throws {UsageError} */
export function parseExploreArguments(argv: readonly string[], cores: number): ExploreCommand {
  const values = parseValues(argv);
  if (values.help === true) return { kind: "help" };
  const problems: string[] = [];
  const whole = (name: "seeds" | "seed" | "jobs", least: number, most: number) =>
    numberOf(values[name], { name, least, most, isWhole: true }, problems);
  const seed = whole("seed", 0, SEEDS - 1);
  const seeds = whole("seeds", 1, SEEDS);
  const jobs = whole("jobs", 1, MAX_JOBS);
  const minutes = numberOf(
    values.minutes,
    { name: "minutes", least: 0.01, most: MAX_MINUTES, isWhole: false },
    problems,
  );
  const { plan = null, json = false } = values;
  const hunts = seeds !== null || minutes !== null;
  if (seeds !== null && minutes !== null) problems.push("--minutes: does not go with --seeds");
  if (plan !== null && (hunts || jobs !== null || values["keep-going"] === true)) {
    problems.push("--plan: plays one world, so it goes with --seed and --json only");
  }
  if (problems.length > 0) throw new UsageError(problems);
  if (plan !== null || (seed !== null && !hunts)) return { kind: "replay", seed, plan, json };
  return {
    kind: "hunt",
    fromSeed: seed ?? 1,
    seeds,
    minutes: hunts ? minutes : DEFAULT_MINUTES,
    jobs: jobs ?? cores,
    keepGoing: values["keep-going"] === true,
    json,
  };
}

function parseValues(argv: readonly string[]) {
  const unknown = argv.filter((argument) => argument.startsWith("--"))
    .map((argument) => argument.split("=")[0]!)
    .filter((name) => !OPTION_NAMES.includes(name));
  refuseUnknown(unknown, OPTION_NAMES);
  return parsed(() =>
    parseArgs({ args: [...argv], options: OPTIONS, allowPositionals: false }).values
  );
}

function numberOf(
  text: string | undefined,
  { name, least, most, isWhole }: {
    readonly name: string;
    readonly least: number;
    readonly most: number;
    readonly isWhole: boolean;
  },
  problems: string[],
): number | null {
  if (text === undefined) return null;
  const value = Number(text);
  const isNumber = isWhole ? /^\d+$/.test(text) : text.trim() !== "" && Number.isFinite(value);
  if (isNumber && value >= least && value <= most) return value;
  const kind = isWhole ? "a whole number" : "a number";
  problems.push(
    `--${name}: ${JSON.stringify(text)}: must be ${kind} from ${least} to ${most}`,
  );
  return null;
}
