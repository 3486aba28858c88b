/**
 * Kafka's own performance tools, in Java, on the same brokers.
 *
 * @module
 */

import { join } from "node:path";
import { DEFAULT_CACHE_DIRECTORY, KAFKA_VERSION } from "../../../kafka/native_broker/kafka_jars.ts";
import { classPath } from "../../../kafka/native_broker/kafka_tools.ts";
import { lastLines, runProgram } from "../../../kafka/native_broker/run_program.ts";

/** Compiled well, unlike a tool that lives for a second. */
const JAVA_OPTIONS = [
  "-Xmx512m",
  "-XX:+UseSerialGC",
  "-Dorg.slf4j.simpleLogger.defaultLogLevel=error",
];

/** The records that the topics are filled with. */
const RECORD_BYTES = 200;

interface ToolLoad {
  readonly brokers: readonly string[];
  readonly topic: string;
  readonly records: number;
}

/** The folder of Kafka's jars; null when they, or Java, are not there. Nothing is fetched. */
export async function kafkaJars(): Promise<string | null> {
  const libs = join(DEFAULT_CACHE_DIRECTORY, `libs-${KAFKA_VERSION}`);
  const there = await Deno.stat(libs).then(({ isDirectory }) => isDirectory, () => false);
  return there && await runProgram("java", { args: ["-version"] }) !== null ? libs : null;
}

/** Records a second of `ProducerPerformance` with batches of at most so many bytes, waited 10 ms for. */
export async function producerPerformance(
  libs: string,
  { brokers, topic, records, batchBytes }: ToolLoad & { readonly batchBytes: number },
): Promise<number> {
  const said = await run(libs, "ProducerPerformance", [
    ...["--topic", topic, "--num-records", `${records}`, "--record-size", `${RECORD_BYTES}`],
    ...["--throughput", "-1", "--producer-props", `bootstrap.servers=${brokers.join(",")}`],
    ...["acks=all", "linger.ms=10", `batch.size=${batchBytes}`],
  ]);
  const last = said.trim().split("\n").at(-1) ?? "";
  return numberIn(last, /, ([\d.]+) records\/sec/);
}

/** Records a second of `ConsumerPerformance`, without the time that joining took. */
export async function consumerPerformance(
  libs: string,
  { brokers, topic, records }: ToolLoad,
): Promise<number> {
  const said = await run(libs, "ConsumerPerformance", [
    ...["--bootstrap-server", brokers.join(","), "--topic", topic],
    // As many as there are for certain: it waits for the last one.
    ...["--messages", `${records}`, "--hide-header"],
  ]);
  // start, end, MB, MB/s, records, records/s, ms of rebalancing, ms of fetching, MB/s, records/s
  return numberIn(said.trim().split("\n").at(-1) ?? "", /, ([\d.]+)$/);
}

async function run(libs: string, tool: string, args: readonly string[]): Promise<string> {
  const toolClass = `org.apache.kafka.tools.${tool}`;
  const result = await runProgram("java", {
    args: [...JAVA_OPTIONS, "-cp", classPath(libs), toolClass, ...args],
  });
  if (result?.code === 0) return result.stdout;
  const said = result === null ? "there is no Java" : lastLines(result.stdout + result.stderr, 5);
  throw new Error(`Cannot run ${tool}: ${said}`);
}

function numberIn(line: string, pattern: RegExp): number {
  const found = pattern.exec(line)?.[1];
  if (found === undefined) throw new Error(`Cannot read what Kafka's tool said: ${line}`);
  return Number(found);
}
