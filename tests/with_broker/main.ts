/**
 * `deno task test:kafka`: brings up a broker, runs the tests that need one, and stops it.
 *
 *     deno task test:kafka [FILE...]
 *
 * Files named `*_cluster_test.ts` start clusters of their own: one after the other, at the end.
 *
 * @module
 */

import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { NativeBrokerError } from "../../kafka/native_broker/mod.ts";
import { BROKERS_VARIABLE } from "./support/test_brokers.ts";
import { startTestCluster } from "./support/test_cluster.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const HERE = fileURLToPath(new URL("./", import.meta.url));

/** Tests share the machine's cores with their broker. */
const PARALLEL_FILES = 2;

/** As a shell tells of Ctrl-C. */
const INTERRUPTED = 130;

const interrupted = new AbortController();
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  Deno.addSignalListener(signal, () => interrupted.abort());
}

async function main(args: readonly string[]): Promise<number> {
  const files = await testFiles(args);
  const ofOwn = files.filter((file) => file.endsWith("_cluster_test.ts"));
  const shared = files.filter((file) => !ofOwn.includes(file));
  let code = 0;
  if (shared.length > 0) {
    await using cluster = await startTestCluster({ brokers: 1, signal: interrupted.signal });
    console.log(`tests run against ${cluster.description}, at ${cluster.brokers.join(",")}`);
    code = await runTests(shared, ["--parallel"], {
      [BROKERS_VARIABLE]: cluster.brokers.join(","),
    });
  }
  if (ofOwn.length > 0 && !interrupted.signal.aborted) {
    console.log("tests that start clusters of their own, native ones, one after the other");
    code = await runTests(ofOwn, [], {}) || code;
  }
  return interrupted.signal.aborted ? INTERRUPTED : code;
}

/** The files asked for, or all of this folder. */
async function testFiles(args: readonly string[]): Promise<readonly string[]> {
  if (args.length > 0) return args;
  const found = await Array.fromAsync(filesBelow(HERE));
  return found.map((path) => relative(ROOT, path)).sort();
}

async function* filesBelow(directory: string): AsyncGenerator<string> {
  for await (const entry of Deno.readDir(directory)) {
    const path = join(directory, entry.name);
    if (entry.isDirectory) yield* filesBelow(path);
    else if (entry.name.endsWith("_test.ts")) yield path;
  }
}

async function runTests(
  files: readonly string[],
  flags: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<number> {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["test", "-P", "--no-prompt", "--no-check", ...flags, ...files],
    cwd: ROOT,
    env: { ...env, DENO_JOBS: String(PARALLEL_FILES) },
    stdin: "null",
    stdout: "inherit",
    stderr: "inherit",
  }).spawn();
  const end = () => child.kill("SIGTERM");
  interrupted.signal.addEventListener("abort", end);
  if (interrupted.signal.aborted) end();
  const { code } = await child.status;
  interrupted.signal.removeEventListener("abort", end);
  return code;
}

try {
  Deno.exitCode = await main(Deno.args);
} catch (error) {
  if (interrupted.signal.aborted) Deno.exitCode = INTERRUPTED;
  else if (error instanceof NativeBrokerError) {
    console.error(error.message);
    Deno.exitCode = 1;
  } else throw error;
}
Deno.exit(); // Listeners of signals would keep the process.
