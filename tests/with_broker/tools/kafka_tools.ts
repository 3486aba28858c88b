/**
 * Kafka's own tools on the test's brokers, as someone who knows nothing of this project uses them.
 *
 * @module
 */

import assert from "node:assert/strict";
import { resolveKafkaJars, runKafkaTool } from "../../../kafka/native_broker/mod.ts";
import { testBrokers } from "../support/test_brokers.ts";

/** Where the tools are, and the brokers that they ask. */
export interface Tools {
  readonly libs: string;
  readonly brokers: readonly string[];
}

/** The tools of the jars that the native broker is made of. */
export async function testTools(): Promise<Tools> {
  return { libs: await resolveKafkaJars(), brokers: testBrokers() };
}

/** Runs a tool, which must succeed. @returns what it printed */
export async function runTool(
  tools: Tools,
  name: string,
  args: readonly string[],
  stdin?: string,
): Promise<string> {
  const { code, stdout, stderr } = await runKafkaTool(
    tools,
    `org.apache.kafka.tools.${name}`,
    ["--bootstrap-server", tools.brokers.join(","), ...args],
    stdin === undefined ? {} : { stdin },
  );
  assert.equal(code, 0, stdout + stderr);
  return stdout;
}

/** Writes records by the console producer, whose partitioner is the Java client's. */
export async function produceKeyed(
  tools: Tools,
  topic: string,
  records: readonly { readonly key: string; readonly value: string }[],
): Promise<void> {
  const lines = records.map(({ key, value }) => `${key}\t${value}\n`).join("");
  const args = ["--topic", topic, "--reader-property", "parse.key=true"];
  await runTool(tools, "ConsoleProducer", args, lines);
}

/** How many records all partitions of each topic have had, by GetOffsetShell: names beginning so. */
export async function recordCounts(
  tools: Tools,
  prefix: string,
): Promise<ReadonlyMap<string, number>> {
  const pattern = `${prefix.replaceAll(".", "\\.")}.*`;
  const text = await runTool(tools, "GetOffsetShell", ["--topic", pattern]);
  const counts = new Map<string, number>();
  for (const line of text.trim().split("\n")) {
    const [name = "", _partition, end] = line.split(":");
    assert.ok(name.startsWith(prefix), line);
    counts.set(name, (counts.get(name) ?? 0) + Number(end));
  }
  return counts;
}

/** A line of the consumer-groups tool. */
export interface GroupLine {
  readonly group: string;
  readonly topic: string;
  readonly partition: number;
  readonly committed: number;
  readonly end: number;
  readonly lag: number;
}

/** How far groups have read, by ConsumerGroupCommand. Partitions without a commit are left out. */
export async function groupLines(
  tools: Tools,
  groups: readonly string[],
): Promise<readonly GroupLine[]> {
  const args = ["--describe", ...groups.flatMap((group) => ["--group", group])];
  const text = await runTool(tools, "consumer.group.ConsumerGroupCommand", args);
  return text.split("\n").flatMap((line) => {
    const match = /^(\S+)\s+(\S+)\s+(\d+)\s+(\d+)\s+(\d+)\s+(\d+)\s/.exec(line);
    if (match === null) return [];
    const [, group = "", topic = ""] = match;
    const [partition = -1, committed = -1, end = -1, lag = -1] = match.slice(3).map(Number);
    return [{ group, topic, partition, committed, end, lag }];
  });
}
