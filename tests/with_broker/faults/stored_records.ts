/**
 * What a topic holds as Kafka's own consumer reads it, compared with what was acknowledged.
 *
 * @module
 */

import { type NativeCluster, runKafkaTool } from "../../../kafka/native_broker/mod.ts";
import { type AcknowledgedLoad, recordOf, valueOf } from "./acknowledged_load.ts";

/** A record as Kafka's own consumer prints it. */
export interface StoredRecord {
  readonly partition: number;
  readonly offset: number;
  readonly key: string;
  readonly value: string;
}

/** The consumer ends when nothing came for so long: it knows how much there is, and the rest is an error. */
const QUIET_MS = 60_000;

/** Where Kafka's own tools are, and whom they ask. */
type Readable = Pick<NativeCluster, "libs" | "brokers">;

/** Everything that a topic holds, by Kafka's ConsoleConsumer, in order within each partition. */
export async function readByConsoleConsumer(
  cluster: Readable,
  topic: string,
): Promise<readonly StoredRecord[]> {
  const count = await countByOffsetShell(cluster, topic);
  if (count === 0) return [];
  const { stdout, stderr } = await runKafkaTool(
    cluster,
    "org.apache.kafka.tools.consumer.ConsoleConsumer",
    [
      ...["--bootstrap-server", cluster.brokers.join(","), "--topic", topic, "--from-beginning"],
      ...["--timeout-ms", String(QUIET_MS), "--max-messages", String(count)],
      ...["print.partition", "print.offset", "print.key"].flatMap((name) => [
        "--formatter-property",
        `${name}=true`,
      ]),
    ],
  );
  const records = stdout.split("\n").flatMap((line) => {
    const match = /^Partition:(\d+)\tOffset:(\d+)\t([^\t]*)\t(.*)$/.exec(line);
    if (match === null) return [];
    const [, partition, offset, key = "", value = ""] = match;
    return [{ partition: Number(partition), offset: Number(offset), key, value }];
  });
  if (records.length === count) return records;
  throw new Error(`Cannot read "${topic}": ${records.length} records of ${count}:\n${stderr}`);
}

/** How many records a topic has had, by Kafka's GetOffsetShell; none of the tests' is deleted. */
async function countByOffsetShell(cluster: Readable, topic: string): Promise<number> {
  const args = ["--bootstrap-server", cluster.brokers.join(","), "--topic", topic];
  const { code, stdout, stderr } = await runKafkaTool(
    cluster,
    "org.apache.kafka.tools.GetOffsetShell",
    args,
  );
  if (code !== 0) throw new Error(`Cannot count the records of "${topic}":\n${stderr}`);
  const ends = stdout.trim().split("\n").map((line) => Number(line.split(":")[2]));
  return ends.reduce((total, each) => total + each, 0);
}

/** What is wrong with what is stored. */
export interface Discrepancies {
  /** Acknowledged and not there. */
  readonly missing: readonly string[];
  /** There more than once, though no publish of it was ever rejected. */
  readonly doubled: readonly string[];
  /** Before a record of the same publisher and partition that was published earlier. */
  readonly disordered: readonly string[];
  /** In another partition than it was sent to, or never published. */
  readonly strange: readonly string[];
}

/** Compares; all lists are empty when acknowledged means stored, once and in order. */
export function discrepancies(
  load: Pick<AcknowledgedLoad, "acknowledged" | "repeated">,
  stored: readonly StoredRecord[],
): Discrepancies {
  const times = new Map<string, number>();
  const newest = new Map<string, number>();
  const disordered: string[] = [];
  const strange: string[] = [];
  for (const { partition, value } of stored) {
    const seen = times.get(value) ?? 0;
    times.set(value, seen + 1);
    const record = recordOf(value);
    if (record.partition !== partition) strange.push(value);
    if (seen > 0) continue;
    const source = `${record.publisher}/${record.partition}`;
    if (record.number < (newest.get(source) ?? -1)) disordered.push(value);
    else newest.set(source, record.number);
  }
  return {
    missing: load.acknowledged.map(valueOf).filter((value) => !times.has(value)),
    doubled: [...times].filter(([value, n]) => n > 1 && !load.repeated.has(value))
      .map(([value]) => value),
    disordered,
    strange,
  };
}

/** Nothing is wrong. */
export const NO_DISCREPANCIES: Discrepancies = {
  missing: [],
  doubled: [],
  disordered: [],
  strange: [],
};
