/**
 * Java, and the jars of Apache Kafka: resolved by Maven once, kept in a folder.
 *
 * @module
 */

import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { NativeBrokerError } from "./native_broker_error.ts";
import { runProgram } from "./run_program.ts";

/** The version of Apache Kafka that is brought up. */
export const KAFKA_VERSION = "4.3.1";

/** Kafka's 4.x jars are compiled for it. */
export const OLDEST_JAVA = 17;

/** Where jars and, unless told otherwise, clusters are kept. */
export const DEFAULT_CACHE_DIRECTORY = fileURLToPath(new URL("../../.kafka", import.meta.url));

/** About 60 MB on a slow line. */
const MAVEN_DEADLINE_MS = 600_000;

/** Maven's advice about Maven, and its blank lines. */
const MAVEN_NOISE = /^(\[ERROR\])?\s*(|Re-run Maven.*|To see the full.*|For more info.*|\[Help.*)$/;

/** How much of what Maven said is repeated. */
const MAVEN_LINES = 6;

const POM = fileURLToPath(new URL("./pom.xml", import.meta.url));

/** Where the programs and the jars are. */
export interface JarOptions {
  /** The folder that keeps them. */
  readonly cache?: string;
  /** The Java program; `java` of the search path by default. */
  readonly java?: string;
  /** The Maven program; `mvn` of the search path by default. */
  readonly maven?: string;
  readonly onLine?: (line: string) => void;
}

/** @throws {NativeBrokerError} `java-missing` or `java-too-old` */
export async function checkJava(java = "java"): Promise<void> {
  const result = await runProgram(java, { args: ["-version"] });
  if (result === null) {
    throw new NativeBrokerError(
      "java-missing",
      `Cannot start Kafka: there is no program "${java}"; install a JDK, version ${OLDEST_JAVA} or ` +
        "newer (Debian: apt-get install default-jdk-headless), and have it on the PATH",
    );
  }
  const major = javaMajor(result.stderr + result.stdout);
  if (major === null || major < OLDEST_JAVA) {
    const found = major === null
      ? `"${java} -version" says no version but ${JSON.stringify(result.stderr.slice(0, 120))}`
      : `"${java}" is version ${major}`;
    throw new NativeBrokerError(
      "java-too-old",
      `Cannot start Kafka: ${found}; Kafka ${KAFKA_VERSION} needs a JDK, version ${OLDEST_JAVA} or newer`,
    );
  }
}

/** The major version in what `java -version` says, which before 9 stands behind a 1. */
export function javaMajor(said: string): number | null {
  const match = /version "(?:1\.)?(\d+)/.exec(said);
  return match === null ? null : Number(match[1]);
}

/**
 * The folder of the jars, filled by Maven when it is not there yet.
 *
 * @throws {NativeBrokerError} `maven-missing` or `jars-unavailable`
 */
export async function resolveKafkaJars(options: JarOptions = {}): Promise<string> {
  const cache = options.cache ?? DEFAULT_CACHE_DIRECTORY;
  const libs = join(cache, `libs-${KAFKA_VERSION}`);
  if (await isFolder(libs)) return libs;
  options.onLine?.(`getting the jars of Apache Kafka ${KAFKA_VERSION} by Maven, once`);
  await Deno.mkdir(cache, { recursive: true });
  const partial = await Deno.makeTempDir({ dir: cache, prefix: "libs-" });
  try {
    await copyDependencies(options.maven ?? "mvn", partial);
    await Deno.rename(partial, libs);
  } catch (error) {
    await Deno.remove(partial, { recursive: true });
    // Another process may have been first.
    if (!await isFolder(libs)) throw error;
  }
  return libs;
}

async function copyDependencies(maven: string, directory: string): Promise<void> {
  const result = await runProgram(maven, {
    args: [
      "-q",
      "-B",
      "-f",
      POM,
      `-Dkafka.version=${KAFKA_VERSION}`,
      "dependency:copy-dependencies",
      "-DincludeScope=runtime",
      `-DoutputDirectory=${directory}`,
    ],
    signal: AbortSignal.timeout(MAVEN_DEADLINE_MS),
  });
  if (result === null) {
    throw new NativeBrokerError(
      "maven-missing",
      `Cannot get Kafka's jars: there is no program "${maven}"; install Maven ` +
        "(Debian: apt-get install maven) and have it on the PATH; it is needed once",
    );
  }
  if (result.code !== 0) {
    throw new NativeBrokerError(
      "jars-unavailable",
      `Cannot get Kafka's jars: Maven ended with exit code ${result.code}; see to its access to the ` +
        `network or to a mirror (settings.xml) and try again. It said:\n${
          mavenSaid(result.stdout + result.stderr)
        }`,
    );
  }
}

/** The telling lines of a failed Maven. */
function mavenSaid(text: string): string {
  const lines = text.split("\n").filter((line) => !MAVEN_NOISE.test(line));
  return lines.slice(-MAVEN_LINES).map((line) => `  ${line.slice(0, 400)}`).join("\n");
}

async function isFolder(path: string): Promise<boolean> {
  try {
    return (await Deno.stat(path)).isDirectory;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
