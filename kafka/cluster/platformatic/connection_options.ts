/**
 * What a cluster's configuration says about connections, in the library's words.
 *
 * @module
 */

import { isIP } from "node:net";
import type { ClusterLogConfig, SaslMechanism } from "../cluster_config.ts";
import { CONNECT_TIMEOUT_MS } from "../cluster_settings.ts";
import { addressesOf, type Endpoint } from "../endpoint.ts";
import { type Security, securityOf } from "../security.ts";
import { LIBRARY_REQUEST_TIMEOUT_MS, REQUESTS_IN_FLIGHT } from "./client_settings.ts";
import type { ConnectionOptions } from "./library.ts";

/** How to reach a cluster's brokers. */
export interface ConnectionPlan {
  /** For a connection to the broker at this address, as it advertises it. */
  readonly optionsFor: (advertised: Endpoint) => ConnectionOptions;
  /** Where to connect for this address: there, or to the proxy that stands for it. */
  readonly reach: (advertised: Endpoint) => Endpoint;
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
  const security = securityOf(config);
  return {
    optionsFor: (advertised) => ({
      connectTimeout: CONNECT_TIMEOUT_MS,
      requestTimeout: LIBRARY_REQUEST_TIMEOUT_MS,
      maxInflights: REQUESTS_IN_FLIGHT,
      ...tlsOptions(security, advertised),
      ...saslOptions(security),
    }),
    reach: addressesOf(config).reach,
    tls: security.tls !== null,
    sasl: security.sasl !== null,
  };
}

function tlsOptions({ tls }: Security, { host }: Endpoint): ConnectionOptions {
  if (tls === null) return {};
  return {
    tls: tls.ca === null ? {} : { ca: tls.ca },
    // A proxy shows the certificate of the broker behind it. An address has no server name.
    ...(isIP(host) === 0 ? { tlsServerName: host } : {}),
  };
}

function saslOptions({ sasl }: Security): ConnectionOptions {
  return sasl === null ? {} : { sasl: { ...sasl, mechanism: MECHANISMS[sasl.mechanism] } };
}
