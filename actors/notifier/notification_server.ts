/**
 * The notifier's door to live subscribers, on loopback only:
 *
 * ```text
 * GET /users/:userId/notifications     server-sent events; resumes after Last-Event-ID or ?after=
 * GET /users/:userId/notifications/ws  WebSocket; resumes after ?after=
 * ```
 *
 * @module
 */

import { type Context, Hono } from "hono";
import { EventLogError } from "../../kafka/event_log.ts";
import type { Clock } from "../runtime/clock.ts";
import { eventSourceResponse, HEARTBEAT_MS } from "./event_source_response.ts";
import { DisconnectedError } from "./live_queue.ts";
import { refuseForeignPage } from "./loopback_only.ts";
import type { NotificationHub } from "./notification_hub.ts";
import { NotificationRequestError } from "./notification_position.ts";
import { serveWebSocket } from "./websocket_session.ts";

/** Live connections of one server. */
export const MAX_CONNECTIONS = 1_000;

/** Live connections of one user to one server. */
export const MAX_CONNECTIONS_PER_USER = 16;

/** A WebSocket whose peer answers no ping for so long is closed. */
const WEBSOCKET_IDLE_SECONDS = 30;

/** How long clients have to take the end of their streams when the server closes. */
const CLOSE_GRACE_MS = 100;

/** What makes a server. */
export interface NotificationServerOptions {
  readonly hub: NotificationHub;
  readonly clock: Clock;
  /** Default 0: any that is free. */
  readonly port?: number;
  /** Default {@link HEARTBEAT_MS}. */
  readonly heartbeatMs?: number;
  /** Default {@link MAX_CONNECTIONS}. */
  readonly maxConnections?: number;
  /** Default {@link MAX_CONNECTIONS_PER_USER}. */
  readonly maxConnectionsPerUser?: number;
}

/** A server that listens. */
export interface NotificationServer {
  readonly port: number;
  /** Such as `http://127.0.0.1:41234`. */
  readonly url: string;
  /** `connections` now; `refused` since the start, for one of the limits. */
  readonly counters: Readonly<Record<string, number>>;
  /** Ends the connections, then listens no more. The hub is left to its owner. Idempotent. */
  close(): Promise<void>;
}

/** Listens on 127.0.0.1. @throws {Deno.errors.AddrInUse} when the port is taken */
export function startNotificationServer(options: NotificationServerOptions): NotificationServer {
  const connections = new Connections(options);
  const app = notificationApp(options, connections);
  const abort = new AbortController();
  const server = Deno.serve({
    hostname: "127.0.0.1",
    port: options.port ?? 0,
    signal: abort.signal,
    onListen: () => {},
  }, app.fetch);
  const { port } = server.addr;
  let closing: Promise<void> | null = null;
  async function close(): Promise<void> {
    const hadClients = connections.size > 0;
    connections.endAll();
    // A graceful shutdown would wait for ever for a client that takes nothing.
    if (hadClients) await options.clock.sleep(CLOSE_GRACE_MS);
    abort.abort();
    await server.finished;
  }
  return {
    port,
    url: `http://127.0.0.1:${port}`,
    get counters() {
      return { connections: connections.size, refused: connections.refused };
    },
    close: () => closing ??= close(),
  };
}

function notificationApp(options: NotificationServerOptions, connections: Connections): Hono {
  const app = new Hono();
  app.use(async (context, next) => {
    const refusal = refuseForeignPage(context.req.raw.headers);
    if (refusal !== null) return context.json({ error: refusal }, 403);
    return await next();
  });
  app.get("/users/:userId/notifications", (context) => {
    const after = context.req.header("last-event-id") ?? context.req.query("after");
    return connect(
      context,
      { options, connections, after },
      (subscription, over) =>
        eventSourceResponse(subscription, {
          clock: options.clock,
          heartbeatMs: options.heartbeatMs ?? HEARTBEAT_MS,
          over,
        }),
    );
  });
  app.get("/users/:userId/notifications/ws", (context) => {
    if (context.req.header("upgrade")?.toLowerCase() !== "websocket") {
      return context.json({ error: "Cannot serve: this address is for WebSockets" }, 426, {
        upgrade: "websocket",
      });
    }
    const after = context.req.query("after");
    return connect(context, { options, connections, after }, (subscription, over) => {
      const { socket, response } = Deno.upgradeWebSocket(context.req.raw, {
        idleTimeout: WEBSOCKET_IDLE_SECONDS,
      });
      serveWebSocket(socket, subscription, { clock: options.clock, over });
      return response;
    });
  });
  app.notFound((context) =>
    context.json(
      { error: "Cannot serve: there is /users/:userId/notifications, and /ws below it" },
      404,
    )
  );
  return app;
}

/** Subscribes for a request and has it answered, or refuses it. */
async function connect(
  context: Context,
  { options, connections, after }: {
    readonly options: NotificationServerOptions;
    readonly connections: Connections;
    readonly after: string | undefined;
  },
  answer: (
    subscription: Awaited<ReturnType<NotificationHub["subscribe"]>>,
    over: AbortController,
  ) => Response,
): Promise<Response> {
  const userId = context.req.param("userId") ?? "";
  const over = connections.begin(userId);
  if (!(over instanceof AbortController)) {
    return context.json({ error: over.error }, over.status, { "retry-after": "1" });
  }
  try {
    const subscription = await options.hub.subscribe(userId, { after, signal: over.signal });
    return answer(subscription, over);
  } catch (error) {
    over.abort();
    if (error instanceof NotificationRequestError) {
      return context.json({ error: error.message, code: error.code }, 400);
    }
    if (error instanceof DisconnectedError || error instanceof EventLogError) {
      return context.json({ error: error.message }, 503, { "retry-after": "1" });
    }
    throw error;
  }
}

interface Refusal {
  readonly status: 429 | 503;
  readonly error: string;
}

/** Counts connections and can end them. */
class Connections {
  refused = 0;
  readonly #max: number;
  readonly #maxPerUser: number;
  readonly #live = new Set<AbortController>();
  readonly #perUser = new Map<string, number>();
  #closed = false;

  constructor({ maxConnections, maxConnectionsPerUser }: NotificationServerOptions) {
    this.#max = maxConnections ?? MAX_CONNECTIONS;
    this.#maxPerUser = maxConnectionsPerUser ?? MAX_CONNECTIONS_PER_USER;
  }

  get size(): number {
    return this.#live.size;
  }

  /** A new connection, which lasts until what is given aborts; or why there can be none. */
  begin(userId: string): AbortController | Refusal {
    const ofUser = this.#perUser.get(userId) ?? 0;
    if (this.#closed) return this.#refuse(503, "the server is closing");
    if (this.#live.size >= this.#max) {
      return this.#refuse(503, `${this.#max} connections are the limit`);
    }
    if (ofUser >= this.#maxPerUser) {
      return this.#refuse(429, `${this.#maxPerUser} connections are the limit of one user`);
    }
    const over = new AbortController();
    this.#live.add(over);
    this.#perUser.set(userId, ofUser + 1);
    over.signal.addEventListener("abort", () => this.#end(userId, over));
    return over;
  }

  endAll(): void {
    this.#closed = true;
    for (const over of [...this.#live]) over.abort();
  }

  #refuse(status: Refusal["status"], why: string): Refusal {
    this.refused++;
    return { status, error: `Cannot connect: ${why}` };
  }

  #end(userId: string, over: AbortController): void {
    this.#live.delete(over);
    const left = (this.#perUser.get(userId) ?? 1) - 1;
    if (left === 0) this.#perUser.delete(userId);
    else this.#perUser.set(userId, left);
  }
}
