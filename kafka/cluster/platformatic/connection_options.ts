/**
 * What a cluster's configuration says about connections, in the library's words.
 *
 * @module
 */

import type { ConnectionOptions } from "./library.ts";
import { type ClusterLogConfig, type SaslMechanism, SECRETS } from "../cluster_config.ts";
import { CONNECT_TIMEOUT_MS } from "../cluster_settings.ts";
import { LIBRARY_REQUEST_TIMEOUT_MS, REQUESTS_IN_FLIGHT } from "./client_settings.ts";
import { failure } from "./client_errors.ts";

/** Where a broker listens. */
export interface Address {
  readonly host: string;
  readonly port: number;
}

/** How to reach a cluster's brokers. */
export interface ConnectionPlan {
  /** Where to begin. */
  readonly bootstrap: readonly Address[];
  /** For a connection to the broker at this address, as it advertises it. */
  readonly optionsFor: (advertised: Address) => ConnectionOptions;
  /** Where to connect for this address: there, or to the proxy that stands for it. */
  readonly reach: (advertised: Address) => Address;
  /** Whether connections are encrypted. */
  readonly tls: boolean;
  /** Whether we say who we are. */
  readonly sasl: boolean;
}

const MECHANISMS = {
  "plain": "PLAIN",
  "scram-sha-256": "SCRAM-SHA-256",
  "scram-sha-512": "SCRAM-SHA-512",
} as const satisfies Record<SaslMechanism, string>;

/**
 * Reads secrets and certificates once.
 * @throws {KafkaClientError} `AUTHENTICATION` when a secret or the file of certificates is missing
 */
export function planConnections(config: ClusterLogConfig): ConnectionPlan {
  const tls = tlsOptions(config);
  const sasl = saslOptions(config);
  const through = new Map(Object.entries(config.through ?? {}));
  return {
    bootstrap: config.brokers.map(parseAddress),
    optionsFor: (advertised) => ({
      connectTimeout: CONNECT_TIMEOUT_MS,
      requestTimeout: LIBRARY_REQUEST_TIMEOUT_MS,
      maxInflights: REQUESTS_IN_FLIGHT,
      // A proxy shows the certificate of the broker behind it. An address has no server name.
      ...(tls === null ? {} : { tls, ...serverName(advertised.host) }),
      ...(sasl === null ? {} : { sasl }),
    }),
    reach: (advertised) => {
      const other = through.get(addressText(advertised));
      return other === undefined ? advertised : parseAddress(other);
    },
    tls: tls !== null,
    sasl: sasl !== null,
  };
}

/** `host:port`; a host that is an IPv6 address stands in brackets. */
export function addressText({ host, port }: Address): string {
  return host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
}

function parseAddress(text: string): Address {
  const colon = text.lastIndexOf(":");
  const host = text.slice(0, colon).replace(/^\[(.*)\]$/, "$1");
  const port = Number(text.slice(colon + 1));
  if (colon < 1 || host === "" || !Number.isInteger(port) || port < 1 || port > 65_535) {
    throw failure("OTHER", `connect to "${text}"`, "it is no address; right is host:port");
  }
  return { host, port };
}

function serverName(host: string): Pick<ConnectionOptions, "tlsServerName"> {
  return /^[\d.]+$|:/.test(host) ? {} : { tlsServerName: host };
}

function tlsOptions({ tls }: ClusterLogConfig): NonNullable<ConnectionOptions["tls"]> | null {
  if (tls === undefined) return null;
  if (tls.caFile === null) return {};
  try {
    return { ca: Deno.readTextFileSync(tls.caFile) };
  } catch (error) {
    const state = `its file of certificates "${tls.caFile}" cannot be read`;
    throw failure("AUTHENTICATION", "connect to the cluster", state, error);
  }
}

function saslOptions({ sasl }: ClusterLogConfig): NonNullable<ConnectionOptions["sasl"]> | null {
  if (sasl === undefined) return null;
  return {
    mechanism: MECHANISMS[sasl.mechanism],
    username: secret(SECRETS.username),
    password: secret(SECRETS.password),
  };
}

function secret(variable: string): string {
  const value = Deno.env.get(variable);
  if (value === undefined || value === "") {
    const state = `${variable} is not set; SASL takes its username and password from there`;
    throw failure("AUTHENTICATION", "connect to the cluster", state);
  }
  return value;
}
