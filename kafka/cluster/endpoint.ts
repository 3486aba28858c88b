/**
 * `host:port`, as brokers advertise it and users write it.
 *
 * @module
 */

import { clientFailure } from "./client_failures.ts";
import type { ClusterLogConfig } from "./cluster_config.ts";

/** A broker's address. */
export interface Endpoint {
  readonly host: string;
  readonly port: number;
}

/**
 * Reads `host:port` and `[v6]:port`.
 * @throws {KafkaClientError} `OTHER` when it is neither
 */
export function parseEndpoint(text: string): Endpoint {
  const found = /^(?:\[([^\]]+)\]|([^:[\]]+)):(\d{1,5})$/.exec(text);
  const host = found?.[1] ?? found?.[2];
  const port = Number(found?.[3]);
  if (host === undefined || port < 1 || port > 65_535) {
    const state = "it is no address; right is host:port";
    throw clientFailure("OTHER", `connect to "${text}"`, state);
  }
  return { host, port };
}

/** The other way round. */
export function endpointName({ host, port }: Endpoint): string {
  return host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
}

/** Where brokers are, as configured. */
export interface Addresses {
  /** Where to begin. */
  readonly bootstrap: readonly Endpoint[];
  /** Where to connect for an advertised address: there, or to the proxy that stands for it. */
  readonly reach: (advertised: Endpoint) => Endpoint;
}

/** @throws {KafkaClientError} `OTHER` when an address is none */
export function addressesOf({ brokers, through = {} }: ClusterLogConfig): Addresses {
  const proxies = new Map(
    Object.entries(through).map(([address, proxy]) => [address, parseEndpoint(proxy)]),
  );
  return {
    bootstrap: brokers.map(parseEndpoint),
    reach: (advertised) => proxies.get(endpointName(advertised)) ?? advertised,
  };
}
