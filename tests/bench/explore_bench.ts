/**
 * Worlds that the explorer draws, plays, heals and judges in a minute with a thread for each core, and
 * how that compares with one thread.
 *
 * Run: deno run -A tests/bench/explore_bench.ts [--seeds 40]
 */

import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { tell } from "./figures.ts";

const { values } = parseArgs({
  args: Deno.args,
  options: { seeds: { type: "string", default: "40" } },
});
const COMMAND = fileURLToPath(new URL("../../sim/explore_command.ts", import.meta.url));

/** What the command says of a hunt, as much of it as is wanted here. */
interface Hunted {
  readonly seeds: number;
  readonly jobs: number;
  readonly elapsedMs: number;
  readonly events: number;
  readonly virtualMs: number;
}

async function hunted(...args: readonly string[]): Promise<Hunted> {
  const { code, stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", COMMAND, "--seed", "1", "--json", ...args],
    stderr: "inherit",
  }).output();
  if (code !== 0) throw new Error(`Cannot bench the explorer: it ended with exit code ${code}`);
  return JSON.parse(new TextDecoder().decode(stdout)) as Hunted; // its own report
}

const perMinute = ({ seeds, elapsedMs }: Hunted) => 60_000 * seeds / elapsedMs;

const many = await hunted("--seeds", values.seeds);
const one = await hunted("--seeds", values.seeds, "--jobs", "1");
for (const each of [many, one]) {
  console.log(
    `${each.seeds} seeds by ${each.jobs} jobs in ${(each.elapsedMs / 1_000).toFixed(1)} s: ` +
      `${Math.round(perMinute(each))} a minute, ${each.events} events, ` +
      `${(each.virtualMs / each.elapsedMs).toFixed(1)} times faster than real time`,
  );
}
tell({ what: "seeds explored, all cores", value: perMinute(many), unit: "/min" });
tell({ what: "that, by one thread's", value: perMinute(many) / perMinute(one), unit: "" });
