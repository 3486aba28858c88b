/**
 * `deno task explore`: draws worlds from seeds, plays them under their faults, and hunts for a broken
 * invariant.
 *
 * @module
 */

import { onInterrupt } from "./command_line/on_interrupt.ts";
import { paintFor } from "./command_line/paint_for.ts";
import { ExitCode } from "./command_line/exit_codes.ts";
import { UsageError } from "./command_line/usage_error.ts";
import { isPlayedTwice } from "./explorer/explore.ts";
import {
  EXPLORE_USAGE,
  EXPLORE_USAGE_LINE,
  type HuntCommand,
  parseExploreArguments,
  type ReplayCommand,
} from "./explorer/explore_arguments.ts";
import { ExploreProgress } from "./explorer/explore_progress.ts";
import { huntAsJson, renderBroken, renderHunt, renderWorld } from "./explorer/explore_report.ts";
import { hunt } from "./explorer/hunt.ts";
import { REACHED, REACHED_NAMES } from "./explorer/reached.ts";
import type { World } from "./explorer/world.ts";
import { readWorld, WorldFileError } from "./explorer/world_file.ts";
import { worldOf } from "./explorer/world_of.ts";
import { WorldPool } from "./explorer/world_pool.ts";

const encoder = new TextEncoder();

/** Runs the command and gives its exit code. */
export async function exploreCommand(argv: readonly string[]): Promise<number> {
  try {
    const command = parseExploreArguments(argv, navigator.hardwareConcurrency);
    switch (command.kind) {
      case "help":
        console.log(EXPLORE_USAGE);
        return ExitCode.held;
      case "replay":
        return await replay(command);
      case "hunt":
        return await huntAndTell(command);
    }
  } catch (error) {
    if (error instanceof UsageError) {
      console.error(`${error.message}\n\n${EXPLORE_USAGE_LINE}\n--help lists the options.`);
    } else if (error instanceof WorldFileError) console.error(error.message);
    else throw error;
    return ExitCode.invalid;
  }
}

async function huntAndTell(command: HuntCommand): Promise<number> {
  // With --json the report alone goes to standard output.
  const stream = command.json ? Deno.stderr : Deno.stdout;
  const now = () => performance.now();
  const progress = new ExploreProgress({
    write: (text) => void stream.writeSync(encoder.encode(text)),
    isTerminal: stream.isTerminal(),
    now,
  });
  using pool = new WorldPool(command.jobs);
  using interruption = onInterrupt();
  progress.say(
    `exploring from seed ${command.fromSeed} with ${command.jobs} ` +
      (command.jobs === 1 ? "job" : "jobs"),
  );
  const report = await hunt(command, {
    play: (world, twice) => pool.play(world, twice),
    now,
    interrupted: interruption.signal,
    onPlayed: (exploration) => progress.update(exploration),
    say: (text) => progress.say(text),
  });
  progress.finish();
  if (command.json) console.log(JSON.stringify(huntAsJson(report)));
  else for (const line of renderHunt(report, paintFor(stream))) console.log(line);
  if (report.first !== null) return ExitCode.failed;
  return report.interrupted ? ExitCode.interrupted : ExitCode.held;
}

async function replay(command: ReplayCommand): Promise<number> {
  const world = worldWanted(command);
  using pool = new WorldPool(1);
  const played = await pool.play(world, isPlayedTwice(world.seed));
  if (command.json) console.log(JSON.stringify({ world, played }));
  else {
    const paint = paintFor(Deno.stdout);
    const missed = played.faults.filter((fault) => fault.missed !== null);
    const lines = [
      ...renderWorld(world, paint, `World of seed ${world.seed}`),
      ...missed.map(({ fault, missed }) => `  did not take place: ${fault}: ${missed}`),
      "",
      paint("heading", "Reached"),
      ...REACHED_NAMES.flatMap((name) =>
        played.reached[name] === undefined
          ? []
          : [`  ${String(played.reached[name]).padStart(9)}  ${name}: ${REACHED[name]}`]
      ),
      "",
      `digest ${played.digest?.digest ?? "none"}, ${played.records} records, ` +
      `${played.events} events, ${played.virtualMs.toFixed(0)} ms of virtual time`,
      ...renderBroken(world.seed, played, paint),
    ];
    for (const line of lines) console.log(line);
  }
  return played.violation === null ? ExitCode.held : ExitCode.failed;
}

function worldWanted({ seed, plan }: ReplayCommand): World {
  if (plan === null) return worldOf(seed ?? 0); // The arguments name one of the two.
  const world = readWorld(plan);
  if (seed === null || seed === world.seed) return world;
  throw new UsageError([`--seed: ${seed}: ${plan} is a world of seed ${world.seed}`]);
}

if (import.meta.main) Deno.exit(await exploreCommand(Deno.args));
