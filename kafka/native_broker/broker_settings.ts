/**
 * The settings of a broker, each with its reason.
 *
 * @module
 */

import { LOOPBACK } from "./ports.ts";

/** A name and a password that a broker knows. */
export interface BrokerUser {
  readonly name: string;
  readonly password: string;
}

/** The key store of a broker's certificate. */
export interface KeyStore {
  /** A PKCS #12 file. */
  readonly file: string;
  readonly password: string;
}

/** The ports of one node. */
export interface NodePorts {
  readonly client: number;
  readonly controller: number;
  /** Present where the broker has listeners with TLS and SASL. */
  readonly secured?: SecuredPorts;
}

/** The ports of the listeners with TLS, SASL and both. */
export interface SecuredPorts {
  readonly ssl: number;
  readonly saslPlaintext: number;
  readonly saslSsl: number;
}

/** What the settings of a node follow from. */
export interface NodeSettings {
  /** From 1. */
  readonly id: number;
  readonly dataDirectory: string;
  /** The ports of all nodes, the first node's first. */
  readonly ports: readonly NodePorts[];
  /** Present where the ports have secured listeners. */
  readonly security?: { readonly users: readonly BrokerUser[]; readonly keyStore: KeyStore };
}

/** A broker that was killed is taken for alive this long, and its restart waits for it: by default 9 s. */
export const BROKER_SESSION_TIMEOUT_MS = 4_000;

/** A few heartbeats within the session above. */
export const BROKER_HEARTBEAT_INTERVAL_MS = 300;

/** Lets a consumer that died be replaced within a second where its member asks for it; by default 6 s. */
export const SMALLEST_GROUP_SESSION_TIMEOUT_MS = 1_000;

/** The first member of a group begins at once, not after 3 s of waiting for others. */
export const INITIAL_REBALANCE_DELAY_MS = 0;

/** Partitions of the topic of committed offsets: few start faster than the 50 of a large cluster. */
export const OFFSETS_PARTITIONS = 4;

/** Kafka's own names of the mechanisms. */
export const SASL_MECHANISMS = ["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"] as const;

/** Where a node listens, by the listener's name. */
export function listenersOf(ports: NodePorts): ReadonlyMap<string, string> {
  const { client, controller, secured } = ports;
  const listeners = new Map([
    ["PLAINTEXT", `${LOOPBACK}:${client}`],
    ["CONTROLLER", `${LOOPBACK}:${controller}`],
  ]);
  if (secured !== undefined) {
    listeners.set("SSL", `${LOOPBACK}:${secured.ssl}`);
    listeners.set("SASL_PLAINTEXT", `${LOOPBACK}:${secured.saslPlaintext}`);
    listeners.set("SASL_SSL", `${LOOPBACK}:${secured.saslSsl}`);
  }
  return listeners;
}

/** The text of a node's `server.properties`. */
export function serverProperties(node: NodeSettings): string {
  const settings = { ...clusterSettings(node), ...securitySettings(node) };
  return Object.entries(settings)
    .map(([name, value]) => `${name}=${String(value).replaceAll("\\", "\\\\")}\n`).join("");
}

function clusterSettings({ id, dataDirectory, ports }: NodeSettings) {
  const listeners = [...listenersOf(ports[id - 1]!)];
  const write = (listener: readonly [string, string]) => `${listener[0]}://${listener[1]}`;
  const [replicas, inSync] = ports.length >= 3 ? [3, 2] : [1, 1];
  return {
    "process.roles": "broker,controller",
    "node.id": id,
    "controller.quorum.voters": ports
      .map(({ controller }, index) => `${index + 1}@${LOOPBACK}:${controller}`).join(","),
    "controller.listener.names": "CONTROLLER",
    "inter.broker.listener.name": "PLAINTEXT",
    "listeners": listeners.map(write).join(","),
    "advertised.listeners": listeners.filter(([name]) => name !== "CONTROLLER").map(write).join(
      ",",
    ),
    "listener.security.protocol.map": listeners
      .map(([name]) => `${name}:${name === "CONTROLLER" ? "PLAINTEXT" : name}`).join(","),
    "log.dirs": dataDirectory,
    // A topic is made by who knows its partitions and configuration; a misspelt name is an error.
    "auto.create.topics.enable": false,
    "default.replication.factor": replicas,
    "min.insync.replicas": inSync,
    "offsets.topic.replication.factor": replicas,
    "offsets.topic.num.partitions": OFFSETS_PARTITIONS,
    "transaction.state.log.replication.factor": replicas,
    "transaction.state.log.min.isr": inSync,
    "transaction.state.log.num.partitions": OFFSETS_PARTITIONS,
    "share.coordinator.state.topic.replication.factor": replicas,
    "share.coordinator.state.topic.min.isr": inSync,
    "group.initial.rebalance.delay.ms": INITIAL_REBALANCE_DELAY_MS,
    "group.min.session.timeout.ms": SMALLEST_GROUP_SESSION_TIMEOUT_MS,
    "broker.heartbeat.interval.ms": BROKER_HEARTBEAT_INTERVAL_MS,
    "broker.session.timeout.ms": BROKER_SESSION_TIMEOUT_MS,
  };
}

function securitySettings({ security }: NodeSettings): Record<string, string> {
  if (security === undefined) return {};
  const { keyStore, users } = security;
  const modules = "org.apache.kafka.common.security";
  const settings: Record<string, string> = {
    "ssl.keystore.type": "PKCS12",
    "ssl.keystore.location": keyStore.file,
    "ssl.keystore.password": keyStore.password,
    "ssl.key.password": keyStore.password,
    "sasl.enabled.mechanisms": SASL_MECHANISMS.join(","),
  };
  const known = users.map(({ name, password }) => `user_${name}="${password}"`).join(" ");
  for (const listener of ["sasl_plaintext", "sasl_ssl"]) {
    const prefix = `listener.name.${listener}`;
    settings[`${prefix}.plain.sasl.jaas.config`] =
      `${modules}.plain.PlainLoginModule required ${known};`;
    for (const scram of ["scram-sha-256", "scram-sha-512"]) {
      settings[`${prefix}.${scram}.sasl.jaas.config`] =
        `${modules}.scram.ScramLoginModule required;`;
    }
  }
  return settings;
}

/** The arguments by which the first start makes the users known to SCRAM. */
export function scramArguments(users: readonly BrokerUser[]): readonly string[] {
  return users.flatMap(({ name, password }) =>
    SASL_MECHANISMS.filter((mechanism) => mechanism !== "PLAIN").flatMap((mechanism) => [
      "--add-scram",
      `${mechanism}=[name=${name},password=${password}]`,
    ])
  );
}
