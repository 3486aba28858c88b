/**
 * The end of one of the library's connections.
 *
 * @module
 */

import type { Connection } from "./library.ts";

/** A socket that was reset while it connected may never say that it is closed. */
const END_PATIENCE_MS = 1_000;

/**
 * Ends it in whatever state it is, with requests that wait. Never rejects. Also stops the library's
 * timer for the next authentication, which a connection that was lost leaves on.
 */
export async function endConnection(connection: Connection): Promise<void> {
  const closed = connection.close();
  const ended = connectionEnded(connection);
  // The library takes its own listener away, and a socket throws what nobody listens to.
  connection.socket?.on("error", () => {});
  connection.socket?.destroy();
  const { promise: patience, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, END_PATIENCE_MS);
  await Promise.race([Promise.allSettled([closed, ended]), patience]);
  clearTimeout(timer);
}

/** Resolves when the socket is closed, whoever closed it. */
export function connectionEnded({ socket }: Connection): Promise<void> {
  if (socket === undefined || socket.closed) return Promise.resolve();
  return new Promise((resolve) => socket.once("close", () => resolve()));
}
