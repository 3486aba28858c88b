/**
 * `host:port`, as brokers advertise it and users write it.
 *
 * @module
 */

/** A broker's address. */
export interface Endpoint {
  readonly host: string;
  readonly port: number;
}

/** Reads `host:port` and `[v6]:port`. @throws {TypeError} when it is neither */
export function parseEndpoint(text: string): Endpoint {
  const found = /^(?:\[([^\]]+)\]|([^:]+)):(\d{1,5})$/.exec(text);
  if (found === null) throw new TypeError(`Cannot read "${text}": expected host:port`);
  return { host: found[1] ?? found[2]!, port: Number(found[3]) };
}

/** The other way round. */
export function endpointName({ host, port }: Endpoint): string {
  return host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
}
