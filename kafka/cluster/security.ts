/**
 * How a connection is encrypted and how it logs in, with the secrets that are nowhere else.
 *
 * @module
 */

import { clientFailure } from "./client_failures.ts";
import { type ClusterLogConfig, type SaslMechanism, SECRETS } from "./cluster_config.ts";

/** What a connection needs to be let in. */
export interface Security {
  /** Certificates in PEM, or null for those that the machine trusts; no TLS without it. */
  readonly tls: { readonly ca: string | null } | null;
  readonly sasl: {
    readonly mechanism: SaslMechanism;
    readonly username: string;
    readonly password: string;
  } | null;
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
    const why = cause instanceof Error ? cause.message : String(cause);
    throw clientFailure("AUTHENTICATION", `read the CA file ${path}`, why, cause);
  }
}

function secretOf(name: string): string {
  const secret = Deno.env.get(name);
  if (secret === undefined || secret === "") {
    const state = `${name} is not set in the environment`;
    throw clientFailure("AUTHENTICATION", "log in to the cluster", state);
  }
  return secret;
}
