/**
 * A TCP relay between a client and a broker that can cut its connections.
 *
 * @module
 */

/** A relay that listens on a port of its own. */
export interface Relay extends AsyncDisposable {
  /** `host:port` to connect to. */
  readonly address: string;
  /** How many connections it has taken so far. */
  connections(): number;
  /** Closes every connection that there is; new ones are taken. */
  cut(): void;
}

/** Relays every connection to `target`. */
export function startRelay(target: { readonly hostname: string; readonly port: number }): Relay {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const open = new Set<Deno.Conn>();
  const flows = new Set<Promise<void>>();
  let taken = 0;

  const relay = async (from: Deno.Conn) => {
    open.add(from);
    const to = await Deno.connect(target).catch(() => null);
    if (to === null) return closeQuietly(from);
    open.add(to);
    await Promise.all([flow(from, to), flow(to, from)]);
    for (const connection of [from, to]) open.delete(connection);
  };
  const accepting = (async () => {
    for await (const connection of listener) {
      taken++;
      const flowing = relay(connection);
      flows.add(flowing);
      flowing.finally(() => flows.delete(flowing));
    }
  })();
  const cut = () => {
    for (const connection of open) closeQuietly(connection);
  };
  return {
    address: `127.0.0.1:${listener.addr.port}`,
    connections: () => taken,
    cut,
    async [Symbol.asyncDispose]() {
      listener.close();
      cut();
      await accepting;
      await Promise.all(flows);
    },
  };
}

/** Ends with either side: then neither has anything more to say. */
async function flow(from: Deno.Conn, to: Deno.Conn): Promise<void> {
  await from.readable.pipeTo(to.writable).catch(() => {});
  closeQuietly(from);
  closeQuietly(to);
}

/** The other direction may have closed it already. */
function closeQuietly(connection: Deno.Conn): void {
  try {
    connection.close();
  } catch (error) {
    if (!(error instanceof Deno.errors.BadResource)) throw error;
  }
}
