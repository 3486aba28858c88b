/**
 * All benches in turn, each in a process of its own, and a table of every figure beside its limit.
 *
 * Run: deno task bench [--only NAME] [--full]
 *
 * `--full` is the memory bench with a million orders, and more rounds of the rest: some minutes more.
 *
 * @module
 */

import { cpus, loadavg } from "node:os";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { type Figure, figureOf, keepsLimit } from "./figures.ts";

interface Bench {
  readonly name: string;
  readonly module: string;
  readonly args: readonly string[];
  readonly fullArgs?: readonly string[];
}

/** In the order in which they run. */
const BENCHES: readonly Bench[] = [
  { name: "event-log", module: "event_log_bench.ts", args: [] },
  { name: "encoding", module: "encoding_bench.ts", args: [] },
  { name: "matching", module: "matching_bench.ts", args: [] },
  { name: "floor", module: "floor_bench.ts", args: ["--orders", "200000"] },
  {
    name: "floor-disk",
    module: "floor_bench.ts",
    args: ["--orders", "50000", "--durability", "disk"],
  },
  {
    name: "latency",
    module: "latency_bench.ts",
    args: ["--seconds", "6", "--rounds", "2"],
    fullArgs: ["--seconds", "10", "--rounds", "4"],
  },
  {
    name: "memory",
    module: "memory_bench.ts",
    args: ["--orders", "100000"],
    fullArgs: ["--orders", "1000000"],
  },
  { name: "start", module: "start_bench.ts", args: [] },
];

interface Outcome {
  readonly bench: string;
  readonly figures: readonly Figure[];
  readonly failed: boolean;
}

/** Runs a bench, shows what it prints as it comes, and gathers its figures. */
async function run(bench: Bench, full: boolean): Promise<Outcome> {
  const module = fileURLToPath(new URL(`./${bench.module}`, import.meta.url));
  const args = full ? bench.fullArgs ?? bench.args : bench.args;
  console.log(`\n## ${bench.name}`);
  const child = new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--no-prompt",
      "--allow-read",
      "--allow-write",
      "--allow-env",
      "--allow-sys",
      "--allow-run",
      module,
      ...args,
    ],
    stdout: "piped",
  }).spawn();
  const figures: Figure[] = [];
  for await (const line of linesOf(child.stdout)) {
    const figure = figureOf(line);
    if (figure === null) console.log(line);
    else figures.push(figure);
  }
  const { success } = await child.status;
  return { bench: bench.name, figures, failed: !success };
}

async function* linesOf(stream: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  let rest = "";
  const decoder = new TextDecoder();
  for await (const bytes of stream) {
    const lines = (rest + decoder.decode(bytes, { stream: true })).split("\n");
    rest = lines.pop()!; // split() gives at least one
    yield* lines;
  }
  if (rest !== "") yield rest;
}

function describeMachine(): string {
  const model = cpus()[0]?.model ?? "an unknown processor";
  const [load] = loadavg();
  return `${cpus().length} x ${model}, load ${load?.toFixed(1)}, Deno ${Deno.version.deno} on ` +
    `${Deno.build.os}`;
}

function rowOf({ what, value, unit, limit }: Figure, bench: string, keeps: boolean): string {
  const shown = Math.abs(value) >= 1_000
    ? Math.round(value).toLocaleString("en")
    : value.toFixed(2);
  const against = limit === undefined ? "" : `${limit.is} ${limit.value}${keeps ? "" : "  MISSED"}`;
  return `${bench.padEnd(11)} ${what.padEnd(52)} ${shown.padStart(10)} ${
    unit.padEnd(8)
  } ${against}`;
}

if (import.meta.main) {
  const { values } = parseArgs({
    options: { only: { type: "string" }, full: { type: "boolean", default: false } },
  });
  const chosen = BENCHES.filter(({ name }) => values.only === undefined || name === values.only);
  if (chosen.length === 0) {
    console.error(
      `Cannot bench "${values.only}": there are ${BENCHES.map(({ name }) => name).join(", ")}`,
    );
    Deno.exit(1);
  }
  console.log(describeMachine());
  const outcomes: Outcome[] = [];
  for (const bench of chosen) outcomes.push(await run(bench, values.full));
  console.log(`\n## Figures\n${describeMachine()}`);
  for (const { bench, figures, failed } of outcomes) {
    for (const figure of figures) console.log(rowOf(figure, bench, keepsLimit(figure)));
    if (failed) console.log(`${bench.padEnd(11)} ended with an error`);
  }
  const held = outcomes.every(({ figures, failed }) => !failed && figures.every(keepsLimit));
  if (!held) Deno.exitCode = 1;
}
