/**
 * What the benches against a cluster share: their arguments, and topics of their own that go when they
 * end.
 *
 * @module
 */

import { parseArgs } from "node:util";
import {
  type ClusterLogConfig,
  KAFKA_CLIENTS,
  type KafkaClientName,
} from "../../../kafka/cluster/cluster_config.ts";
import type { EventLog, TopicSettings } from "../../../kafka/event_log.ts";
import { openEventLog } from "../../../kafka/open_event_log.ts";
import { type BareClient, bareClient, PARTITIONS } from "./bare_client.ts";

/** Which of the floor's clients are measured, from `--client`. @throws {RangeError} */
export function clientsOf(client: string): readonly KafkaClientName[] {
  const chosen = KAFKA_CLIENTS.filter((name) => client === "both" || client === name);
  if (chosen.length > 0) return chosen;
  throw new RangeError(
    `Cannot bench --client "${client}": there are ${KAFKA_CLIENTS.join(", ")} and both`,
  );
}

/** What every such bench is told, and numbers of its own with their defaults. */
export function clusterArguments<Name extends string>(numbers: Readonly<Record<Name, number>>): {
  readonly brokers: readonly string[];
  readonly clients: readonly KafkaClientName[];
  readonly numbers: Readonly<Record<Name, number>>;
} {
  const own = Object.fromEntries(
    Object.keys(numbers).map((name) => [name, { type: "string" as const }]),
  );
  const { values } = parseArgs({
    options: {
      ...own,
      brokers: { type: "string" },
      client: { type: "string", default: "both" },
    },
  });
  const { brokers, client } = values;
  if (typeof brokers !== "string") {
    throw new RangeError("Cannot bench: --brokers HOST:PORT is missing");
  }
  const given: Readonly<Record<string, unknown>> = values;
  const chosen = Object.entries<number>(numbers).map(([name, fallback]) =>
    [name, Number(given[name] ?? fallback)] as const
  );
  return {
    brokers: brokers.split(","),
    clients: clientsOf(typeof client === "string" ? client : "both"),
    // Object.fromEntries forgets which keys it was given.
    numbers: Object.fromEntries(chosen) as Readonly<Record<Name, number>>,
  };
}

/** A place on the cluster for one measurement. */
export interface BenchPlace {
  /** A run's id, with which the topics begin. */
  readonly run: string;
  readonly config: ClusterLogConfig;
  readonly bare: BareClient;
}

/** Gives `work` a prefix of its own, and deletes the topics that begin with it. */
export async function onCluster<T>(
  brokers: readonly string[],
  client: KafkaClientName,
  work: (place: BenchPlace) => Promise<T>,
): Promise<T> {
  const run = `bench-${crypto.randomUUID().slice(0, 8)}`;
  const config: ClusterLogConfig = { kind: "kafka", brokers, client, topicPrefix: `${run}.` };
  try {
    return await work({ run, config, bare: bareClient(client, brokers) });
  } finally {
    await using log = await openEventLog(config);
    const names = (await log.describeTopics()).map(({ name }) => name);
    if (names.length > 0) await log.deleteTopics(names);
  }
}

/** Makes a topic like the floor's; gives its name on the cluster. */
export async function createTopic(
  log: EventLog,
  { topicPrefix }: ClusterLogConfig,
  name: string,
): Promise<string> {
  const settings: TopicSettings = {
    name,
    partitions: PARTITIONS,
    cleanup: "keep",
    retentionMs: null,
    timestampType: "log-append-time",
  };
  await log.createTopics([settings]);
  return `${topicPrefix}${name}`;
}

/** With thousands separated. */
export function shown(value: number): string {
  return Math.round(value).toLocaleString("en");
}
