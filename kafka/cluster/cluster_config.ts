/**
 * Which Kafka cluster, as plain data that can be sent to a worker and written into a manifest: it
 * names no secret.
 *
 * @module
 */

/** The name of a client that speaks to a cluster. */
export type KafkaClientName = "kafkajs" | "platformatic";

/** The clients, the default one first. */
export const KAFKA_CLIENTS = [
  "kafkajs",
  "platformatic",
] as const satisfies readonly KafkaClientName[];

/** How a client proves who it is. */
export type SaslMechanism = "plain" | "scram-sha-256" | "scram-sha-512";

/** The mechanisms. */
export const SASL_MECHANISMS = [
  "plain",
  "scram-sha-256",
  "scram-sha-512",
] as const satisfies readonly SaslMechanism[];

/** The environment variables that hold a client's secrets. Nothing else does. */
export const SECRETS = {
  username: "OUTCRY_KAFKA_USERNAME",
  password: "OUTCRY_KAFKA_PASSWORD",
} as const;

/** A log on a Kafka cluster. */
export interface ClusterLogConfig {
  /** Which log this is. */
  readonly kind: "kafka";
  /** Where to begin, as `host:port`; the others are learned from these. */
  readonly brokers: readonly string[];
  /** Default `kafkajs`. */
  readonly client?: KafkaClientName;
  /** Begins the name of every topic and group, such as `burst-20261122-a1b2.`; may be empty. */
  readonly topicPrefix: string;
  /** Encrypts connections. `caFile`: whom to trust, in PEM; null trusts whom the machine trusts. */
  readonly tls?: { readonly caFile: string | null };
  /** Username and password come from the environment: {@link SECRETS}. */
  readonly sasl?: { readonly mechanism: SaslMechanism };
  /** Where to connect instead, by the `host:port` that a broker advertises: a proxy's address. */
  readonly through?: Readonly<Record<string, string>>;
}
