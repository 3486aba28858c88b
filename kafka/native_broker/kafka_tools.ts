/**
 * Kafka's own command line tools, from the jars of the broker.
 *
 * @module
 */

import { join } from "node:path";
import { NativeBrokerError } from "./native_broker_error.ts";
import { type ProgramResult, runProgram } from "./run_program.ts";

/** A tool lives for a second, which is too short for the optimising compiler to pay. */
const TOOL_JAVA_OPTIONS = [
  "-Xmx256m",
  "-XX:+UseSerialGC",
  "-XX:TieredStopAtLevel=1",
  "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
];

/** What a tool is given beside its arguments. */
export interface KafkaToolOptions {
  /** Its standard input; nothing by default. */
  readonly stdin?: string;
  /** Added to the environment that it inherits. */
  readonly env?: Readonly<Record<string, string>>;
  /** The Java program; `java` of the search path by default. */
  readonly java?: string;
  /** Ends it with SIGTERM. */
  readonly signal?: AbortSignal;
}

/** The class path of the jars in a folder. */
export function classPath(libs: string): string {
  return join(libs, "*");
}

/**
 * Runs one of Kafka's tools to its end, such as `org.apache.kafka.tools.TopicCommand`. A failed tool
 * is a result like any other, told by its exit code.
 *
 * @param where the cluster, or the folder of the jars
 * @throws {NativeBrokerError} `java-missing`
 */
export async function runKafkaTool(
  where: { readonly libs: string } | string,
  toolClass: string,
  args: readonly string[],
  options: KafkaToolOptions = {},
): Promise<ProgramResult> {
  const { java = "java", ...rest } = options;
  const libs = typeof where === "string" ? where : where.libs;
  const result = await runProgram(java, {
    ...rest,
    args: [...TOOL_JAVA_OPTIONS, "-cp", classPath(libs), toolClass, ...args],
  });
  if (result !== null) return result;
  throw new NativeBrokerError(
    "java-missing",
    `Cannot run ${toolClass}: there is no program "${java}"; install a JDK`,
  );
}
