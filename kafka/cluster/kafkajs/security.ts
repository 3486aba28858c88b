/**
 * How a connection is encrypted and how it logs in, with the secrets that are nowhere else.
 *
 * @module
 */

import { type ClusterLogConfig, SECRETS } from "../cluster_config.ts";
import { KafkaClientError } from "../kafka_client.ts";
import type { LibrarySasl } from "./library.ts";

/** What a connection needs to be let in. */
export interface Security {
  /** Certificates in PEM, or null for those that the machine trusts; no TLS without it. */
  readonly tls: { readonly ca: string | null } | null;
  readonly sasl: LibrarySasl | null;
}

/**
 * Reads the certificate file and the environment.
 * @throws {KafkaClientError} `AUTHENTICATION` when either is missing
 */
export function securityOf({ tls, sasl }: ClusterLogConfig): Security {
  return {
    tls: tls === undefined ? null : { ca: tls.caFile === null ? null : readCaFile(tls.caFile) },
    sasl: sasl === undefined ? null : {
      mechanism: sasl.mechanism,
      username: secretOf(SECRETS.username),
      password: secretOf(SECRETS.password),
    },
  };
}

function readCaFile(path: string): string {
  try {
    return Deno.readTextFileSync(path);
  } catch (cause) {
    throw new KafkaClientError(
      "AUTHENTICATION",
      `Cannot read the CA file ${path}: ${cause instanceof Error ? cause.message : cause}`,
      { retriable: false, cause },
    );
  }
}

function secretOf(name: string): string {
  const secret = Deno.env.get(name);
  if (secret === undefined || secret === "") {
    throw new KafkaClientError(
      "AUTHENTICATION",
      `Cannot log in to the cluster: ${name} is not set in the environment`,
      { retriable: false },
    );
  }
  return secret;
}
