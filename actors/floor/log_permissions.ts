/**
 * What a worker must be allowed in order to open its floor's log, and nothing besides.
 *
 * @module
 */

import {
  type ClusterLogConfig,
  type KafkaClientName,
  SECRETS,
} from "../../kafka/cluster/cluster_config.ts";
import { ENVIRONMENT_READ } from "../../kafka/cluster/kafkajs/client_permissions.ts";
import { filesRead } from "../../kafka/cluster/platformatic/client_permissions.ts";
import type { EventLogConfig } from "../../kafka/open_event_log.ts";

/** Permissions, as Deno names them. */
export interface LogPermissions {
  readonly read: readonly string[];
  readonly write: readonly string[];
  /** `host:port` each. */
  readonly net: readonly string[];
  /** Names of environment variables. */
  readonly env: readonly string[];
}

/** What a client library reads of its surroundings while it is loaded and at work. */
const CLIENT_NEEDS: Readonly<
  Record<KafkaClientName, () => Pick<LogPermissions, "env" | "read">>
> = {
  kafkajs: () => ({ env: ENVIRONMENT_READ, read: [] }),
  platformatic: () => ({ env: [], read: filesRead() }),
};

/**
 * The permissions for a log. `advertised` are the addresses that a cluster's brokers gave of
 * themselves: a client connects to those, whatever it began with.
 */
export function logPermissions(
  config: EventLogConfig,
  advertised: readonly string[] = [],
): LogPermissions {
  if (config.kind === "kafka") return clusterPermissions(config, advertised);
  // The log and what is kept beside it; nothing else in the folder is every role's business.
  const files = ["", "-wal", "-shm", "-journal", "-ends"].map((suffix) => config.path + suffix);
  return { read: files, write: files, net: [], env: [] };
}

function clusterPermissions(
  config: ClusterLogConfig,
  advertised: readonly string[],
): LogPermissions {
  const { brokers, client = "kafkajs", tls, sasl, through = {} } = config;
  const caFile = tls?.caFile ?? null;
  const { env, read } = CLIENT_NEEDS[client]();
  return {
    read: caFile === null ? read : [...read, caFile],
    write: [],
    net: [...new Set([...brokers, ...advertised].map((address) => through[address] ?? address))],
    env: sasl === undefined ? env : [...env, ...Object.values(SECRETS)],
  };
}
