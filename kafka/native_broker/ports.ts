/**
 * Ports of this machine for brokers to listen on.
 *
 * @module
 */

import { NativeBrokerError } from "./native_broker_error.ts";

/** Brokers listen here and nowhere else. */
export const LOOPBACK = "127.0.0.1";

/** Free ports are looked for below those that operating systems give to outgoing connections. */
const FREE_FROM = 20_000;
const FREE_TO = 32_000;

/** How many rows of ports are tried before giving up. */
const FREE_TRIES = 200;

/** Whether nothing listens on the port. */
export function isFree(port: number): boolean {
  try {
    Deno.listen({ hostname: LOOPBACK, port }).close();
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.AddrInUse) return false;
    throw error;
  }
}

/** The ports from the first on. @throws {NativeBrokerError} `port-taken`, naming those that are */
export function portsFrom(first: number, count: number): readonly number[] {
  const ports = Array.from({ length: count }, (_, index) => first + index);
  const taken = ports.filter((port) => !isFree(port));
  if (taken.length === 0) return ports;
  throw new NativeBrokerError(
    "port-taken",
    `Cannot start Kafka on ${LOOPBACK}: port ${taken.join(", ")} of the ports ${first} to ` +
      `${first + count - 1} that it needs is taken by another program; end that program or give ` +
      `another first port (--port)`,
  );
}

/** As many ports in a row, free at this moment. Another process may still be faster. */
export function freePorts(count: number): readonly number[] {
  for (let tries = 0; tries < FREE_TRIES; tries++) {
    const drawn = crypto.getRandomValues(new Uint32Array(1))[0]! / 2 ** 32;
    const first = FREE_FROM + Math.floor(drawn * (FREE_TO - FREE_FROM - count));
    const ports = Array.from({ length: count }, (_, index) => first + index);
    if (ports.every(isFree)) return ports;
  }
  throw new NativeBrokerError(
    "port-taken",
    `Cannot start Kafka on ${LOOPBACK}: there are no ${count} free ports in a row between ` +
      `${FREE_FROM} and ${FREE_TO}; end other programs or give the first port`,
  );
}

/** Whether something accepts connections on the port. */
export async function isOpen(port: number): Promise<boolean> {
  try {
    (await Deno.connect({ hostname: LOOPBACK, port })).close();
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.ConnectionRefused) return false;
    if (error instanceof Deno.errors.ConnectionReset) return false;
    throw error;
  }
}
