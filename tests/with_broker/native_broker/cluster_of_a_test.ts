/**
 * A native cluster for one test, and what it is asked by Kafka's own tools.
 *
 * @module
 */

import assert from "node:assert/strict";
import { join } from "node:path";
import {
  type NativeCluster,
  type NativeClusterOptions,
  runKafkaTool,
  startNativeCluster,
} from "../../../kafka/native_broker/mod.ts";

/** A folder that is removed when the test is over. */
export async function scratchFolder(): Promise<AsyncDisposable & { readonly path: string }> {
  const path = await Deno.makeTempDir({ prefix: "outcry-native-" });
  return { path, [Symbol.asyncDispose]: () => Deno.remove(path, { recursive: true }) };
}

/** Starts a cluster on free ports in a folder. */
export function startIn(
  folder: string,
  options: Partial<NativeClusterOptions> = {},
): Promise<NativeCluster> {
  return startNativeCluster({ directory: join(folder, "cluster"), brokers: 1, ...options });
}

/** Runs one of Kafka's tools on a topic or the like. @returns what it printed; it must succeed */
export async function tool(
  cluster: NativeCluster,
  name: string,
  ...args: readonly string[]
): Promise<string> {
  const { code, stdout, stderr } = await runKafkaTool(cluster, `org.apache.kafka.tools.${name}`, [
    "--bootstrap-server",
    cluster.brokers.join(","),
    ...args,
  ]);
  assert.equal(code, 0, stdout + stderr);
  return stdout;
}

/** Writes lines to a topic, acknowledged by all in-sync replicas. @returns how the tool ended */
export function produce(cluster: NativeCluster, topic: string, lines: readonly string[]) {
  return runKafkaTool(
    cluster,
    "org.apache.kafka.tools.ConsoleProducer",
    [
      ...["--bootstrap-server", cluster.brokers.join(","), "--topic", topic],
      ...["--command-property", "acks=all", "--command-property", "delivery.timeout.ms=8000"],
      ...["--command-property", "request.timeout.ms=4000", "--command-property", "linger.ms=0"],
    ],
    { stdin: lines.map((line) => `${line}\n`).join("") },
  );
}

/** Reads so many lines of a topic from its beginning. */
export async function consume(
  cluster: NativeCluster,
  topic: string,
  count: number,
  extra: readonly string[] = [],
): Promise<readonly string[]> {
  const text = await tool(
    cluster,
    "consumer.ConsoleConsumer",
    ...["--topic", topic, "--from-beginning", "--max-messages", String(count)],
    ...["--timeout-ms", "30000", ...extra],
  );
  return text.split("\n").filter((line) => line !== "");
}

/** Whether a process lives. */
export async function lives(pid: number): Promise<boolean> {
  const { success } = await new Deno.Command("sh", {
    args: ["-c", `kill -0 ${pid}`],
    stderr: "null",
  }).output();
  return success;
}
