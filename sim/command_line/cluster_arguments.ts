/**
 * The options by which commands are told which Kafka cluster the log is on. The same for all of them.
 *
 * @module
 */

import { resolve } from "node:path";
import {
  type ClusterLogConfig,
  KAFKA_CLIENTS,
  SASL_MECHANISMS,
  SECRETS,
} from "../../kafka/cluster/cluster_config.ts";
import { suggestion } from "../nearest.ts";
import { UsageError } from "./usage_error.ts";

/** For `parseArgs` of `node:util`. */
export const CLUSTER_OPTIONS = {
  "brokers": { type: "string" },
  "client": { type: "string" },
  "tls": { type: "boolean" },
  "tls-ca": { type: "string" },
  "sasl": { type: "string" },
  "topic-prefix": { type: "string" },
} as const;

/** The options as they were given. */
export interface ClusterValues {
  /** `HOST:PORT`, several after commas. */
  readonly "brokers"?: string | undefined;
  /** A client library's name. */
  readonly "client"?: string | undefined;
  /** Encrypts connections. */
  readonly "tls"?: boolean | undefined;
  /** A file of trusted certificates, and encrypts. */
  readonly "tls-ca"?: string | undefined;
  /** A mechanism. */
  readonly "sasl"?: string | undefined;
  /** Begins the names of topics and groups. */
  readonly "topic-prefix"?: string | undefined;
}

/** What they mean, for a command's usage. */
export const CLUSTER_USAGE =
  `  --brokers HOST:PORT    the log is on this Kafka cluster; more brokers after commas
    --client NAME          ${KAFKA_CLIENTS.join(" or ")} (${KAFKA_CLIENTS[0]})
    --tls                  encrypts connections
    --tls-ca FILE          the same, and trusts the certificates in FILE (PEM)
    --sasl MECHANISM       ${SASL_MECHANISMS.join(", ")}: user and password are
                           taken from ${SECRETS.username} and
                           ${SECRETS.password} in the environment
    --topic-prefix P       begins the names of topics and groups (the run's id and a dot)`;

/** The names of the options, without their dashes. */
const NAMES = Object.keys(CLUSTER_OPTIONS) as readonly (keyof typeof CLUSTER_OPTIONS)[]; // its own keys

/** Brokers to begin with; the others are learned from them. */
const MAX_BROKERS = 100;

/** Leaves room for a topic's own name within Kafka's 249 characters. */
const MAX_PREFIX_LENGTH = 200;

const PREFIX = /^[A-Za-z0-9._-]*$/;

/** A host's name or address, or an IPv6 address in brackets, and a port. */
const BROKER = /^(?:[A-Za-z0-9](?:[A-Za-z0-9._-]*)|\[[0-9A-Fa-f:.]+\]):(\d{1,5})$/;

/** The prefix of a run's topics and groups unless another is chosen. */
export function prefixOfRun(runId: string): string {
  return `${runId}.`;
}

/**
 * The cluster that the options name; null when they name none. Files are made absolute.
 *
 * @throws {UsageError} saying of each option what is wrong and what would be right
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { clusterConfigOf } from "./cluster_arguments.ts";
 * const config = clusterConfigOf({ brokers: "kafka-1:9092,kafka-2:9092" }, { runId: "burst-1" });
 * assert.deepEqual(config?.brokers, ["kafka-1:9092", "kafka-2:9092"]);
 * assert.equal(config?.topicPrefix, "burst-1.");
 * assert.equal(clusterConfigOf({}, { runId: "burst-1" }), null);
 * ```
 */
export function clusterConfigOf(
  values: ClusterValues,
  { runId }: { readonly runId: string },
): ClusterLogConfig | null {
  if (values.brokers === undefined) {
    const others = NAMES.filter((name) => values[name] !== undefined && values[name] !== false);
    if (others.length === 0) return null;
    throw new UsageError(
      others.map((name) => `--${name}: goes with --brokers HOST:PORT, which is missing`),
    );
  }
  const { settings, topicPrefix } = read(values);
  // Checked above: brokers were given, so they were read.
  const brokers = settings.brokers ?? [];
  return { kind: "kafka", ...settings, brokers, topicPrefix: topicPrefix ?? prefixOfRun(runId) };
}

/**
 * A cluster of before with what the options say otherwise, as when it moved: what is not given stays.
 *
 * @throws {UsageError} when an option is wrong, or a prefix is given, which is the run's for good
 */
export function clusterConfigAgain(
  before: ClusterLogConfig,
  values: ClusterValues,
): ClusterLogConfig {
  const { settings, topicPrefix } = read(values);
  if (topicPrefix !== undefined && topicPrefix !== before.topicPrefix) {
    throw new UsageError([
      `--topic-prefix: ${
        JSON.stringify(topicPrefix)
      }: the run's topics are on the cluster already, ` +
      `under ${JSON.stringify(before.topicPrefix)}; leave the option out`,
    ]);
  }
  return { ...before, ...settings };
}

/** The command that deletes a run's topics, as a user would type it. */
export function deleteCommand(runId: string, config: ClusterLogConfig): string {
  return [
    `deno task topics delete --run ${runId} --delete`,
    `--brokers ${config.brokers.join(",")}`,
    ...(config.client === undefined ? [] : [`--client ${config.client}`]),
    ...(config.tls === undefined ? [] : [tlsOption(config.tls.caFile)]),
    ...(config.sasl === undefined ? [] : [`--sasl ${config.sasl.mechanism}`]),
    ...(config.topicPrefix === prefixOfRun(runId)
      ? []
      : [`--topic-prefix "${config.topicPrefix}"`]),
  ].join(" ");
}

function tlsOption(caFile: string | null): string {
  return caFile === null ? "--tls" : `--tls-ca ${caFile}`;
}

/** The options' meaning, those that were given. */
function read(values: ClusterValues): {
  readonly settings: Partial<Pick<ClusterLogConfig, "brokers" | "client" | "tls" | "sasl">>;
  readonly topicPrefix: string | undefined;
} {
  const problems: string[] = [];
  const brokers = values.brokers === undefined ? undefined : readBrokers(values.brokers, problems);
  const client = oneOf("client", values.client, KAFKA_CLIENTS, problems);
  const mechanism = oneOf("sasl", values.sasl, SASL_MECHANISMS, problems);
  const topicPrefix = values["topic-prefix"];
  if (
    topicPrefix !== undefined &&
    (!PREFIX.test(topicPrefix) || topicPrefix.length > MAX_PREFIX_LENGTH)
  ) {
    problems.push(
      `--topic-prefix: ${JSON.stringify(topicPrefix)}: must be at most ${MAX_PREFIX_LENGTH} ` +
        `letters, digits, ".", "_" and "-"`,
    );
  }
  const caFile = values["tls-ca"];
  if (caFile === "") problems.push(`--tls-ca: "": must be the name of a file`);
  if (problems.length > 0) throw new UsageError(problems);
  return {
    settings: {
      ...(brokers === undefined ? {} : { brokers }),
      ...(client === undefined ? {} : { client }),
      ...(values.tls === true || caFile !== undefined
        ? { tls: { caFile: caFile === undefined ? null : resolve(caFile) } }
        : {}),
      ...(mechanism === undefined ? {} : { sasl: { mechanism } }),
    },
    topicPrefix,
  };
}

function readBrokers(text: string, problems: string[]): readonly string[] {
  const brokers = [...new Set(text.split(",").map((broker) => broker.trim()))];
  if (brokers.length > MAX_BROKERS) {
    problems.push(`--brokers: ${brokers.length} of them: must be at most ${MAX_BROKERS}`);
    return [];
  }
  for (const broker of brokers) {
    const wrong = wrongWith(broker);
    if (wrong !== null) problems.push(`--brokers: ${JSON.stringify(broker)}: ${wrong}`);
  }
  return brokers;
}

/** What is wrong with a broker's address, and what would be right; null when nothing is. */
function wrongWith(broker: string): string | null {
  const form = `must be HOST:PORT, such as "localhost:9092"`;
  if (broker.includes("://")) return `${form}, without ${broker.split("://")[0]}://`;
  const port = BROKER.exec(broker)?.[1];
  if (port !== undefined) {
    const fits = Number(port) >= 1 && Number(port) <= 65_535;
    return fits ? null : `its port must be from 1 to 65535`;
  }
  if (broker === "") return form;
  return broker.includes(":") ? form : `${form}: the port is missing`;
}

function oneOf<T extends string>(
  name: string,
  text: string | undefined,
  words: readonly T[],
  problems: string[],
): T | undefined {
  if (text === undefined) return undefined;
  const word = words.find((known) => known === text.toLowerCase());
  if (word === undefined) {
    const right = `must be one of ${words.join(", ")}${suggestion(text, words)}`;
    problems.push(`--${name}: ${JSON.stringify(text)}: ${right}`);
  }
  return word;
}
