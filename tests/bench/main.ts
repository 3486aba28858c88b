/**
 * All benches in turn, each in a process of its own, and a table of every figure beside its limit.
 *
 * Run: deno task bench [--only NAME] [--full]
 *      deno task bench --brokers HOST:PORT | --native [--client kafkajs|platformatic|both] ...
 *
 * `--full` is the memory bench with a million orders, and more rounds of the rest: some minutes more.
 * With `--brokers` it is the benches of Kafka, against those brokers; with `--native` against one that
 * is brought up for them. Their topics have names of their own and are deleted afterwards.
 *
 * @module
 */

import { cpus, loadavg } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { startNativeCluster, STEADY_JAVA_OPTIONS } from "../../kafka/native_broker/mod.ts";
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
  { name: "memory-log", module: "memory_log_bench.ts", args: [] },
  { name: "encoding", module: "encoding_bench.ts", args: [] },
  { name: "matching", module: "matching_bench.ts", args: [] },
  { name: "floor", module: "floor_bench.ts", args: ["--orders", "200000"] },
  {
    name: "floor-disk",
    module: "floor_bench.ts",
    args: ["--orders", "50000", "--durability", "disk"],
  },
  {
    name: "virtual",
    module: "virtual_bench.ts",
    args: ["--orders", "50000", "--rounds", "3"],
    fullArgs: ["--orders", "200000", "--rounds", "5"],
  },
  { name: "explore", module: "explore_bench.ts", args: [], fullArgs: ["--seeds", "400"] },
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
  { name: "audit", module: "audit_bench.ts", args: [], fullArgs: ["--orders", "1000000"] },
  { name: "step", module: "step_bench.ts", args: [], fullArgs: ["--orders", "1000000"] },
];

/** The same against Kafka. */
const KAFKA_BENCHES: readonly Bench[] = [
  { name: "kafka-client", module: "kafka/client_bench.ts", args: [] },
  {
    name: "kafka-floor",
    module: "kafka/floor_bench.ts",
    args: ["--orders", "50000"],
    fullArgs: ["--orders", "200000"],
  },
  {
    name: "kafka-latency",
    module: "kafka/latency_bench.ts",
    args: ["--seconds", "6"],
    fullArgs: ["--seconds", "20"],
  },
  {
    name: "kafka-failover",
    module: "kafka/failover_bench.ts",
    args: ["--rounds", "2"],
    fullArgs: ["--rounds", "5"],
  },
];

/** Of all their names, so that columns stand below one another. */
const NAME_WIDTH = Math.max(...[...BENCHES, ...KAFKA_BENCHES].map(({ name }) => name.length));

interface Outcome {
  readonly bench: string;
  readonly figures: readonly Figure[];
  readonly failed: boolean;
}

/** Runs a bench, shows what it prints as it comes, and gathers its figures. */
async function run(bench: Bench, full: boolean, more: readonly string[]): Promise<Outcome> {
  const module = fileURLToPath(new URL(`./${bench.module}`, import.meta.url));
  const args = [...full ? bench.fullArgs ?? bench.args : bench.args, ...more];
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
      ...(KAFKA_BENCHES.includes(bench) ? ["--allow-net"] : []),
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
  return `${bench.padEnd(NAME_WIDTH)} ${what.padEnd(72)} ${shown.padStart(10)} ${
    unit.padEnd(8)
  } ${against}`;
}

/** A broker for throughput, and what removes it; the given ones where there are some. */
async function openBrokers(brokers: string | undefined) {
  if (brokers !== undefined) return { brokers, [Symbol.asyncDispose]: () => Promise.resolve() };
  const folder = await Deno.makeTempDir({ prefix: "outcry-bench-kafka-" });
  const remove = () => Deno.remove(folder, { recursive: true });
  try {
    const cluster = await startNativeCluster({
      directory: join(folder, "cluster"),
      brokers: 1,
      javaOptions: STEADY_JAVA_OPTIONS,
      onLine: (line) => console.log(line),
    });
    return {
      brokers: cluster.brokers.join(","),
      async [Symbol.asyncDispose]() {
        await cluster.stop();
        await remove();
      },
    };
  } catch (error) {
    await remove();
    throw error;
  }
}

async function runAll(
  chosen: readonly Bench[],
  full: boolean,
  more: readonly string[],
): Promise<readonly Outcome[]> {
  const outcomes: Outcome[] = [];
  for (const bench of chosen) outcomes.push(await run(bench, full, more));
  return outcomes;
}

if (import.meta.main) {
  const { values } = parseArgs({
    options: {
      only: { type: "string" },
      full: { type: "boolean", default: false },
      brokers: { type: "string" },
      native: { type: "boolean", default: false },
      client: { type: "string", default: "both" },
    },
  });
  const { brokers, native, client } = values;
  const onKafka = native || brokers !== undefined;
  const benches = onKafka ? KAFKA_BENCHES : BENCHES;
  const chosen = benches.filter(({ name }) => values.only === undefined || name === values.only);
  if (chosen.length === 0) {
    const elsewhere = onKafka
      ? ""
      : `; with --brokers HOST:PORT or --native also ${
        KAFKA_BENCHES.map(({ name }) => name).join(", ")
      }`;
    console.error(
      `Cannot bench "${values.only}": there are ${
        benches.map(({ name }) => name).join(", ")
      }${elsewhere}`,
    );
    Deno.exit(1);
  }
  console.log(describeMachine());
  let outcomes: readonly Outcome[];
  if (onKafka) {
    await using cluster = await openBrokers(brokers);
    console.log(
      `Kafka at ${cluster.brokers}${brokers === undefined ? ", brought up for this" : ""}`,
    );
    const where = ["--brokers", cluster.brokers, "--client", client];
    outcomes = await runAll(chosen, values.full, where);
  } else outcomes = await runAll(chosen, values.full, []);
  console.log(`\n## Figures\n${describeMachine()}`);
  for (const { bench, figures, failed } of outcomes) {
    for (const figure of figures) console.log(rowOf(figure, bench, keepsLimit(figure)));
    if (failed) console.log(`${bench.padEnd(NAME_WIDTH)} ended with an error`);
  }
  const held = outcomes.every(({ figures, failed }) => !failed && figures.every(keepsLimit));
  if (!held) Deno.exitCode = 1;
}
