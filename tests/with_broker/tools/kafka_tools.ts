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

/** How many records each partition of a topic has, by GetOffsetShell. */
export async function endOffsets(tools: Tools, topic: string): Promise<readonly number[]> {
  const text = await runTool(tools, "GetOffsetShell", ["--topic", topic]);
  const ends: number[] = [];
  for (const line of text.trim().split("\n")) {
    const [name, partition, end] = line.split(":");
    assert.equal(name, topic);
    ends[Number(partition)] = Number(end);
  }
  return ends;
}

/** A line of the consumer-groups tool. */
export interface GroupLine {
  readonly topic: string;
  readonly partition: number;
  readonly committed: number;
  readonly end: number;
  readonly lag: number;
}

/** How far a group has read, by ConsumerGroupCommand. Partitions without a commit are left out. */
export async function groupLines(tools: Tools, group: string): Promise<readonly GroupLine[]> {
  const args = ["--describe", "--group", group];
  const text = await runTool(tools, "consumer.group.ConsumerGroupCommand", args);
  return text.split("\n").flatMap((line) => {
    const match = /^(\S+)\s+(\S+)\s+(\d+)\s+(\d+)\s+(\d+)\s+(\d+)\s/.exec(line);
    if (match === null || match[1] !== group) return [];
    const [partition, committed, end, lag] = match.slice(3).map(Number);
    return [{
      topic: match[2]!,
      partition: partition!,
      committed: committed!,
      end: end!,
      lag: lag!,
    }];
  });
}
