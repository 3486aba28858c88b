/**
 * One socket to one broker, from the TCP connection through TLS and login to its end. A link that has
 * ended stays so: the library's connection keeps bytes of the old stream, so another one is made.
 *
 * @module
 */

import { connect as connectTcp, isIP, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import { CLIENT_ID, CONNECT_TIMEOUT_MS, REQUEST_TIMEOUT_MS } from "../cluster_settings.ts";
import { codedFailure } from "../client_failures.ts";
import { type Endpoint, endpointName } from "../endpoint.ts";
import type { KafkaClientError } from "../kafka_client.ts";
import type { Security } from "../security.ts";
import {
  asClientError,
  authenticationFailure,
  connectionFailure,
  timeoutFailure,
} from "./failures.ts";
import {
  type Api,
  type BrokerVersions,
  type Call,
  Connection,
  type LibraryConnection,
  requests,
  silentLogger,
} from "./library.ts";
import { KEEP_ALIVE_MS } from "./settings.ts";

/** The end of the world of system calls: what the network says, and TLS does not. */
const NETWORK_CODES = /^(E(CONN|HOST|NET|TIMEDOUT|PIPE|AI_|NOTFOUND|ADDR)|ERR_STREAM)/;

/** Where to, as advertised and as connected to, and how to be let in. */
export interface LinkOptions {
  readonly endpoint: Endpoint;
  readonly connectTo: Endpoint;
  readonly security: Security;
}

/** Good for nothing before {@link Link.establish}. */
export class Link {
  readonly #name: string;
  readonly #options: LinkOptions;
  readonly #connection: LibraryConnection;
  readonly #ended = Promise.withResolvers<never>();
  readonly #gone = Promise.withResolvers<void>();
  #socket: Socket | null = null;
  #end: KafkaClientError | null = null;
  #secured = false;
  #answered = false;
  #versions: BrokerVersions = {};

  constructor(options: LinkOptions) {
    this.#options = options;
    this.#name = endpointName(options.endpoint);
    this.#ended.promise.catch(() => {});
    this.#connection = new Connection({
      ...options.endpoint,
      clientId: CLIENT_ID,
      logger: silentLogger,
      ssl: options.security.tls,
      sasl: options.security.sasl,
      socketFactory: ({ onConnect }) => this.#openSocket(onConnect),
      connectionTimeout: CONNECT_TIMEOUT_MS,
      requestTimeout: REQUEST_TIMEOUT_MS,
      // Each request has a timer of its own below, so that an idle connection costs nothing.
      enforceRequestTimeout: false,
    });
    keepQueueQuiet(this.#connection.requestQueue);
  }

  /** Whether a request after the login has been answered: then the broker has let us in. */
  useful = false;

  /** Resolves when it has ended and its socket is gone. */
  get gone(): Promise<void> {
    return this.#gone.promise;
  }

  /** Why it is of no use any more; null while it is. */
  get end(): KafkaClientError | null {
    return this.#end;
  }

  /** Connects, learns what the broker speaks, logs in. @throws {KafkaClientError} */
  async establish(): Promise<void> {
    const timer = setTimeout(
      () => this.close(connectionFailure(this.#name, `no answer in ${CONNECT_TIMEOUT_MS} ms`)),
      CONNECT_TIMEOUT_MS,
    );
    try {
      await this.#orEnd(this.#greet());
    } catch (error) {
      const failure = this.#end ?? asClientError(error, this.#name);
      this.close(failure);
      throw failure;
    } finally {
      clearTimeout(timer);
    }
  }

  /** Sends one request and waits for its answer. @throws {KafkaClientError} */
  async ask<Fields, Answer>(
    api: Api<Fields, Answer>,
    fields: Fields,
    { timeoutMs = REQUEST_TIMEOUT_MS, change = unchanged<Answer> }: AskOptions<Answer> = {},
  ): Promise<Answer> {
    if (this.#end !== null) throw this.#end;
    const call = change(this.#callOf(api, fields));
    const timer = setTimeout(() => {
      this.close(timeoutFailure(this.#name, call.request.apiName, timeoutMs));
    }, timeoutMs);
    try {
      return await this.#orEnd(this.#send(call));
    } catch (error) {
      throw this.#end ?? asClientError(error, this.#name);
    } finally {
      clearTimeout(timer);
    }
  }

  /** Ends it: whatever waits is refused with this. Resolves when the socket is gone. */
  close(reason: KafkaClientError): Promise<void> {
    if (this.#end === null) {
      this.#end = reason;
      this.#ended.reject(reason);
      this.#connection.rejectRequests(reason);
      // With an error, because that is what the library listens to when it clears its own timer.
      if (this.#socket === null) this.#gone.resolve();
      else this.#socket.destroy(reason);
    }
    return this.gone;
  }

  async #greet(): Promise<void> {
    await this.#connection.connect();
    this.#versions = await this.#askVersions();
    this.#answered = true;
    this.#connection.setVersions(this.#versions);
    this.#connection.setSupportAuthenticationProtocol(true);
    await this.#connection.authenticate();
  }

  async #askVersions(): Promise<BrokerVersions> {
    const { request, response } = requests.ApiVersions.protocol({ version: 2 })();
    const { errorCode, apiVersions } = await this.#send({ request, response });
    if (errorCode !== 0) throw codedFailure(errorCode, `ask ${this.#name} what it speaks`);
    return Object.fromEntries(apiVersions.map((api) => [api.apiKey, api]));
  }

  #callOf<Fields, Answer>(api: Api<Fields, Answer>, fields: Fields): Call<Answer> {
    const version = Math.max(...api.versions.map(Number));
    const call = api.protocol({ version })(fields);
    const { apiKey, apiName } = call.request;
    const spoken = this.#versions[apiKey];
    if (spoken === undefined || version < spoken.minVersion || version > spoken.maxVersion) {
      const detail = spoken === undefined ? "none" : `${spoken.minVersion} to ${spoken.maxVersion}`;
      const action = `send ${apiName} to ${this.#name} in version ${version}`;
      throw codedFailure(35, action, `the broker speaks ${detail}`);
    }
    return call;
  }

  #send<Answer>({ request, response: { decode } }: Call<Answer>): Promise<Answer> {
    const response = { decode, parse: (answer: Answer) => answer };
    return this.#connection.send({ request, response, logResponseError: false });
  }

  /** Whatever the library does with a promise of its own, ours settles when the link ends. */
  #orEnd<T>(work: Promise<T>): Promise<T> {
    return Promise.race([work, this.#ended.promise]);
  }

  #openSocket(onConnect: () => void): Socket {
    const { connectTo: { host, port }, endpoint, security: { tls } } = this.#options;
    const onSecured = () => {
      this.#secured = true;
      onConnect();
    };
    const socket = tls === null ? connectTcp({ host, port }, onSecured) : connectTls({
      host,
      port,
      ...(isIP(endpoint.host) === 0 ? { servername: endpoint.host } : {}),
      ...(tls.ca === null ? {} : { ca: tls.ca }),
    }, onSecured);
    socket.setKeepAlive(true, KEEP_ALIVE_MS);
    socket.once("data", (first: Uint8Array) => this.#recogniseTls(first));
    socket.once("error", (error: Error) => this.close(this.#socketFailure(error)));
    socket.once("end", () => this.close(this.#lost()));
    socket.once("close", () => {
      this.close(this.#lost());
      this.#gone.resolve();
    });
    this.#socket = socket;
    return socket;
  }

  #socketFailure(error: Error): KafkaClientError {
    const code = "code" in error && typeof error.code === "string" ? error.code : "";
    const ofTls = this.#options.security.tls !== null && !this.#secured;
    if (ofTls && !NETWORK_CODES.test(code)) {
      return authenticationFailure(this.#name, `TLS was not agreed upon (${error.message})`, error);
    }
    return connectionFailure(this.#name, error.message, error);
  }

  /** The broker closed the connection, and does not say why. */
  #lost(): KafkaClientError {
    if (this.#answered) return connectionFailure(this.#name, "the connection was closed");
    const { tls } = this.#options.security;
    const perhaps = tls === null ? "it may want TLS" : "it may not speak TLS";
    return connectionFailure(
      this.#name,
      `the connection was closed before the first answer; ${perhaps}, or be starting or stopping`,
    );
  }

  /** A broker that wants TLS answers a plain request with a TLS alert. */
  #recogniseTls(first: Uint8Array): void {
    if (this.#options.security.tls !== null || first[0] !== 0x15 || first[1] !== 0x03) return;
    this.close(authenticationFailure(this.#name, "it wants TLS, which is not configured"));
  }
}

/** How a request is asked. */
export interface AskOptions<Answer> {
  readonly timeoutMs?: number;
  /** Another encoding or decoding than the library's. */
  readonly change?: (call: Call<Answer>) => Call<Answer>;
}

function unchanged<Answer>(call: Call<Answer>): Call<Answer> {
  return call;
}

/**
 * After every answer the library sets a timer that looks for requests held back, even when there are
 * none; its delay is then negative, at which the runtime prints a warning (kafkajs #1556, #1751).
 */
function keepQueueQuiet(queue: LibraryConnection["requestQueue"]): void {
  const schedule = queue.scheduleCheckPendingRequests.bind(queue);
  queue.scheduleCheckPendingRequests = () => {
    if (queue.pending.length > 0) schedule();
  };
}
