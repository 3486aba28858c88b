/**
 * A topic's settings as Kafka's configuration of a topic, and back.
 *
 * @module
 */

import type { CleanupPolicy, TimestampType, TopicSettings } from "../event_log.ts";
import { MAX_MESSAGE_BYTES, REPLICATION_FACTOR } from "./cluster_settings.ts";
import type { TopicCreation, TopicMetadata } from "./kafka_client.ts";

/** Kafka's configuration of one topic, by name. */
export type TopicConfigs = Readonly<Record<string, string>>;

/** Kafka's word for without end. */
const FOR_EVER = "-1";

/** Kafka's word for any time at all: the largest 64-bit number. */
const ANY_TIME = "9223372036854775807";

const TIMESTAMP_TYPES = {
  "log-append-time": "LogAppendTime",
  "create-time": "CreateTime",
} as const satisfies Record<TimestampType, string>;

/** How many replicas a topic gets in a cluster of so many brokers. */
export function replicationFactorFor(brokers: number): number {
  return Math.max(1, Math.min(REPLICATION_FACTOR, brokers));
}

/** How many of a topic's replicas must have a record before it is acknowledged. */
export function minInSyncReplicasFor(replicationFactor: number): number {
  return replicationFactor >= REPLICATION_FACTOR ? 2 : 1;
}

/** How a topic is created. `topic` is its name on the cluster. */
export function creationOf(
  settings: TopicSettings,
  topic: string,
  brokers: number,
): TopicCreation {
  const replicationFactor = replicationFactorFor(brokers);
  return {
    topic,
    partitions: settings.partitions,
    replicationFactor,
    configs: {
      ...cleanupConfigs(settings),
      "message.timestamp.type": TIMESTAMP_TYPES[settings.timestampType],
      // The sender's stamp may be of a simulated time.
      "message.timestamp.before.max.ms": ANY_TIME,
      "message.timestamp.after.max.ms": ANY_TIME,
      "max.message.bytes": `${MAX_MESSAGE_BYTES}`,
      "min.insync.replicas": `${minInSyncReplicasFor(replicationFactor)}`,
    },
  };
}

function cleanupConfigs({ cleanup, retentionMs }: TopicSettings): TopicConfigs {
  if (cleanup === "compact") return { "cleanup.policy": "compact" };
  return {
    "cleanup.policy": "delete",
    "retention.ms": cleanup === "keep" ? FOR_EVER : `${retentionMs}`,
    "retention.bytes": FOR_EVER,
  };
}

/** The settings of a topic as it exists. */
export function settingsOf(
  name: string,
  { partitions }: TopicMetadata,
  configs: TopicConfigs,
): TopicSettings {
  const cleanup = cleanupOf(configs);
  return {
    name,
    partitions: partitions.length,
    cleanup,
    retentionMs: cleanup === "delete" ? Number(configs["retention.ms"]) : null,
    timestampType: configs["message.timestamp.type"] === TIMESTAMP_TYPES["log-append-time"]
      ? "log-append-time"
      : "create-time",
  };
}

function cleanupOf(configs: TopicConfigs): CleanupPolicy {
  if ((configs["cleanup.policy"] ?? "").includes("compact")) return "compact";
  return configs["retention.ms"] === FOR_EVER ? "keep" : "delete";
}

/** What a cluster's topic may have otherwise than {@link creationOf} makes it, in words. */
export function clusterDifferences(
  { partitions }: TopicMetadata,
  configs: TopicConfigs,
  brokers: number,
): readonly string[] {
  const differences: string[] = [];
  const replicas = Math.min(...partitions.map((each) => each.replicas.length));
  const wantedReplicas = replicationFactorFor(brokers);
  if (replicas < wantedReplicas) {
    differences.push(`has ${replicas} ${plural(replicas)} instead of ${wantedReplicas}`);
  }
  const minInSync = Number(configs["min.insync.replicas"]);
  const wantedInSync = minInSyncReplicasFor(replicas);
  if (minInSync !== wantedInSync) {
    differences.push(`has min.insync.replicas ${minInSync} instead of ${wantedInSync}`);
  }
  const largest = Number(configs["max.message.bytes"]);
  if (largest < MAX_MESSAGE_BYTES) {
    differences.push(`has max.message.bytes ${largest} instead of ${MAX_MESSAGE_BYTES}`);
  }
  const policy = configs["cleanup.policy"] ?? "";
  if (policy.includes("compact") && policy.includes("delete")) {
    differences.push("deletes what is old besides compacting");
  }
  if (policy === "delete" && configs["retention.bytes"] !== FOR_EVER) {
    differences.push(`forgets beyond ${configs["retention.bytes"]} bytes of a partition`);
  }
  const leaderless = partitions.filter(({ leader }) => leader < 0);
  if (leaderless.length > 0) {
    const names = leaderless.map(({ partition }) => partition).join(", ");
    differences.push(`has no leader now for partition ${names}`);
  }
  return differences;
}

function plural(replicas: number): string {
  return replicas === 1 ? "replica" : "replicas";
}
