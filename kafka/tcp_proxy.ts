/**
 * A TCP proxy on loopback that can be cut, stalled and slowed down: what a network does to the
 * connections of a log, on purpose.
 *
 * @module
 */

/** Where a proxy forwards to, and its limit. */
export interface TcpProxyOptions {
  /** `host:port`; an IPv6 address stands in brackets. */
  readonly target: string;
  /** Connections at a time; further ones are refused. Default {@link DEFAULT_MAX_CONNECTIONS}. */
  readonly maxConnections?: number;
}

/** What a proxy has done so far. */
export interface TcpProxyCounters {
  /** Connections that were forwarded. */
  readonly accepted: number;
  /** Connections that were refused: while cut, above the limit, or because the target refused. */
  readonly refused: number;
  /** Connections of now. */
  readonly open: number;
  /** Connections that {@link TcpProxy.cut} closed. */
  readonly cut: number;
  /** Bytes from those who connect to the target. */
  readonly bytesOut: number;
  /** Bytes back. */
  readonly bytesIn: number;
}

/** How long bytes are held back, in milliseconds, by direction. */
export interface TcpProxyDelay {
  /** From those who connect to the target. */
  readonly out: number;
  /** Back. */
  readonly in: number;
}

/** Connections of one proxy at a time, unless it is told otherwise. */
export const DEFAULT_MAX_CONNECTIONS = 1_024;

/** Bytes read at once. */
const CHUNK_BYTES = 64 * 1024;

/** Bytes held back in one direction of one connection: above it nothing more is read from it. */
const MAX_HELD_BYTES = 4 * 1024 * 1024;

type Direction = keyof TcpProxyDelay;

/** Bytes on their way, and when they may go on, by `performance.now()`. */
interface HeldBytes {
  readonly bytes: Uint8Array;
  readonly dueAt: number;
}

/**
 * A proxy that listens on a free port of 127.0.0.1.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { TcpProxy } from "./tcp_proxy.ts";
 * using target = Deno.listen({ hostname: "127.0.0.1", port: 0 });
 * await using proxy = TcpProxy.open({ target: `127.0.0.1:${target.addr.port}` });
 * assert.match(proxy.address, /^127\.0\.0\.1:\d+$/);
 * proxy.cut();
 * assert.equal(proxy.counters.open, 0);
 * ```
 */
export class TcpProxy implements AsyncDisposable {
  readonly #target: { readonly hostname: string; readonly port: number };
  readonly #maxConnections: number;
  readonly #listener: Deno.TcpListener;
  readonly #accepting: Promise<void>;
  readonly #links = new Set<Link>();
  readonly #serving = new Set<Promise<void>>();
  /** Resolves when the stall is over; null while there is none. */
  #stalled: PromiseWithResolvers<void> | null = null;
  #delay: TcpProxyDelay = { out: 0, in: 0 };
  #isCut = false;
  #isClosed = false;
  readonly #count = { accepted: 0, refused: 0, cut: 0 };
  readonly #bytes = { out: 0, in: 0 };

  private constructor(options: TcpProxyOptions) {
    this.#target = addressOf(options.target);
    this.#maxConnections = options.maxConnections ?? DEFAULT_MAX_CONNECTIONS;
    this.#listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    this.#accepting = this.#accept();
  }

  /** @throws {TypeError} when the target is not `host:port` */
  static open(options: TcpProxyOptions): TcpProxy {
    return new TcpProxy(options);
  }

  /** Where to connect to, as `host:port`. */
  get address(): string {
    return `127.0.0.1:${this.#listener.addr.port}`;
  }

  get counters(): TcpProxyCounters {
    return {
      ...this.#count,
      open: this.#links.size,
      bytesOut: this.#bytes.out,
      bytesIn: this.#bytes.in,
    };
  }

  /**
   * Closes all connections, and every further one as soon as it is made, until it is mended. The port
   * stays taken, so that nobody else gets it meanwhile.
   */
  cut(): void {
    this.#isCut = true;
    this.#count.cut += this.#links.size;
    for (const link of this.#links) link.close();
    this.#links.clear();
  }

  /** From now on connections are accepted and nothing is forwarded, until it is mended. */
  stall(): void {
    this.#stalled ??= Promise.withResolvers<void>();
  }

  /** Holds all bytes back for so long from now on, the same both ways or by direction. */
  delay(ms: number | TcpProxyDelay): void {
    this.#delay = typeof ms === "number" ? { out: ms, in: ms } : ms;
  }

  /** Ends cut, stall and delay. What a stall held back goes on its way. */
  mend(): void {
    this.#isCut = false;
    this.#delay = { out: 0, in: 0 };
    this.#stalled?.resolve();
    this.#stalled = null;
  }

  /** Closes all connections and the port. Idempotent. */
  async close(): Promise<void> {
    if (!this.#isClosed) this.#listener.close();
    this.#isClosed = true;
    for (const link of this.#links) link.close();
    await this.#accepting;
    await Promise.all(this.#serving);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #accept(): Promise<void> {
    for (;;) {
      let near: Deno.TcpConn;
      try {
        near = await this.#listener.accept();
      } catch (error) {
        if (this.#isClosed) return;
        throw error;
      }
      if (this.#isCut || this.#isClosed || this.#links.size >= this.#maxConnections) {
        this.#count.refused++;
        closeQuietly(near);
        continue;
      }
      const link = new Link(near);
      this.#links.add(link);
      const served = this.#serve(link, near);
      this.#serving.add(served);
      void served.then(() => this.#serving.delete(served));
    }
  }

  /** Never rejects. */
  async #serve(link: Link, near: Deno.TcpConn): Promise<void> {
    await this.#whileStalled(link);
    const far = await Deno.connect({ ...this.#target, signal: link.signal }).catch(() => null);
    if (far === null) {
      if (!link.signal.aborted) this.#count.refused++;
    } else {
      this.#count.accepted++;
      link.add(far);
      await Promise.all([
        this.#forward(link, near, far, "out"),
        this.#forward(link, far, near, "in"),
      ]);
    }
    link.close();
    this.#links.delete(link);
  }

  /** Forwards one direction to its end. What fails takes the whole connection with it. Never rejects. */
  async #forward(
    link: Link,
    from: Deno.TcpConn,
    to: Deno.TcpConn,
    direction: Direction,
  ): Promise<void> {
    try {
      for await (const { bytes, dueAt } of this.#read(from, direction)) {
        await sleepUntil(dueAt, link.signal);
        await this.#whileStalled(link);
        if (link.signal.aborted) return;
        for (let rest = bytes; rest.length > 0;) rest = rest.subarray(await to.write(rest));
        this.#bytes[direction] += bytes.length;
      }
      await to.closeWrite();
    } catch {
      link.close();
    }
  }

  /** Reads ahead of what is held back, up to a limit. */
  #read(from: Deno.TcpConn, direction: Direction): ReadableStream<HeldBytes> {
    const buffer = new Uint8Array(CHUNK_BYTES);
    return new ReadableStream<HeldBytes>({
      pull: async (controller) => {
        const count = await from.read(buffer);
        if (count === null) return controller.close();
        const dueAt = performance.now() + this.#delay[direction];
        controller.enqueue({ bytes: buffer.slice(0, count), dueAt });
      },
    }, { highWaterMark: MAX_HELD_BYTES, size: ({ bytes }) => bytes.length });
  }

  async #whileStalled(link: Link): Promise<void> {
    while (this.#stalled !== null && !link.signal.aborted) {
      await Promise.race([this.#stalled.promise, link.closed]);
    }
  }
}

/** A connection through the proxy: its two ends are closed together. */
class Link {
  readonly #ends: Deno.TcpConn[];
  readonly #over = new AbortController();
  readonly #closed = Promise.withResolvers<void>();

  constructor(near: Deno.TcpConn) {
    this.#ends = [near];
  }

  /** Aborts when it is closed. */
  get signal(): AbortSignal {
    return this.#over.signal;
  }

  /** Resolves when it is closed. */
  get closed(): Promise<void> {
    return this.#closed.promise;
  }

  /** The other end; closed at once when the connection is closed already. */
  add(far: Deno.TcpConn): void {
    this.#ends.push(far);
    if (this.signal.aborted) closeQuietly(far);
  }

  /** Idempotent. */
  close(): void {
    this.#over.abort();
    this.#closed.resolve();
    for (const end of this.#ends) closeQuietly(end);
  }
}

function closeQuietly(connection: Deno.TcpConn): void {
  try {
    connection.close();
  } catch {
    // It is closed already, or the other side was faster.
  }
}

function addressOf(target: string): { readonly hostname: string; readonly port: number } {
  const match = /^(?:\[(?<inBrackets>[^\]]+)\]|(?<name>[^:]+)):(?<port>\d{1,5})$/.exec(target);
  const port = Number(match?.groups?.port);
  if (match === null || port < 1 || port > 65_535) {
    throw new TypeError(`Cannot open a proxy: its target "${target}" is not HOST:PORT`);
  }
  return { hostname: match.groups?.inBrackets ?? match.groups?.name ?? "", port };
}

/** Resolves at a time by `performance.now()`, or when the signal aborts. */
function sleepUntil(dueAt: number, signal: AbortSignal): Promise<void> {
  const waitMs = dueAt - performance.now();
  if (waitMs <= 0 || signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, waitMs);
    signal.addEventListener("abort", done, { once: true });
  });
}
