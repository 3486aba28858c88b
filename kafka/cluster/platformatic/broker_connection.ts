/**
 * One connection to one broker: opened, asked, closed.
 *
 * @module
 */

import { Connection, type ConnectionStatusValue } from "./library.ts";
import { clientFailure } from "../client_failures.ts";
import { CLIENT_ID, REQUEST_TIMEOUT_MS } from "../cluster_settings.ts";
import { type Endpoint, endpointName } from "../endpoint.ts";
import type { KafkaClientError } from "../kafka_client.ts";
import { connectError, requestError } from "./client_errors.ts";
import { diagnose } from "./connection_diagnosis.ts";
import { connectionEnded, endConnection } from "./connection_end.ts";
import type { ConnectionPlan } from "./connection_options.ts";
import { faultsOf } from "./library_faults.ts";

/** A request: what the library does with a connection. */
export interface BrokerRequest<Answer> {
  /** Completes "Cannot ..." in an error. */
  readonly doing: string;
  readonly ask: (connection: Connection) => Promise<Answer>;
  readonly timeoutMs?: number;
}

/** TCP, TLS and the login together, each of which has a limit of its own in the library. */
const CONNECT_DEADLINE_MS = 2 * REQUEST_TIMEOUT_MS;

const OVER: ReadonlySet<ConnectionStatusValue> = new Set(["closing", "closed", "error"]);

/** A connection from its first attempt on. It is not opened again: another one takes its place. */
export class BrokerConnection {
  /** Rejects with {@link KafkaClientError} `CONNECTION` or `AUTHENTICATION`. */
  readonly ready: Promise<void>;
  readonly #connection: Connection;
  readonly #broker: Endpoint;
  readonly #plan: ConnectionPlan;
  #answered = false;
  readonly #closing = new AbortController();

  constructor(broker: Endpoint, plan: ConnectionPlan) {
    this.#connection = new Connection(CLIENT_ID, plan.optionsFor(broker));
    this.#broker = broker;
    this.#plan = plan;
    this.ready = this.#connect();
    this.ready.then(() => connectionEnded(this.#connection))
      .then(() => endConnection(this.#connection), () => {});
  }

  /** Whether it has failed or was lost. */
  get over(): boolean {
    return OVER.has(this.#connection.status);
  }

  /** @throws {KafkaClientError} */
  async request<Answer>(
    { doing, ask, timeoutMs = REQUEST_TIMEOUT_MS }: BrokerRequest<Answer>,
  ): Promise<Answer> {
    let late = false;
    const { promise: lateness, reject } = Promise.withResolvers<never>();
    lateness.catch(() => {}); // Told by the race.
    // Nothing less ends one request: its answer would be taken for the next one's.
    const timer = setTimeout(() => {
      late = true;
      this.#connection.socket.destroy();
      // The library never settles a request that it was given when its socket had closed already.
      reject(new Error("no answer"));
    }, timeoutMs);
    try {
      // Between the two halves of a proof of identity a broker takes nothing else.
      if (this.#connection.status === "reauthenticating") {
        await Promise.race([this.#connection.ready(), lateness]);
      }
      const answer = await Promise.race([ask(this.#connection), lateness]);
      this.#answered = true;
      return answer;
    } catch (error) {
      if (late) {
        const state = `${endpointName(this.#broker)} did not answer within ${timeoutMs} ms`;
        throw clientFailure("REQUEST_TIMEOUT", doing, state, error);
      }
      throw await this.#explain(requestError(error, doing), doing);
    } finally {
      clearTimeout(timer);
    }
  }

  /** Never rejects. */
  async close(): Promise<void> {
    this.#closing.abort();
    await Promise.allSettled([endConnection(this.#connection), this.ready]);
  }

  async #connect(): Promise<void> {
    // The library throws what nobody listens to, and tells some failures twice.
    this.#connection.on("error", () => {});
    const to = this.#plan.reach(this.#broker);
    try {
      await this.#connectWithin(to, CONNECT_DEADLINE_MS);
    } catch (error) {
      await endConnection(this.#connection);
      const via = to === this.#broker ? "" : ` through ${endpointName(to)}`;
      const doing = `connect to ${endpointName(this.#broker)}${via}`;
      const failed = connectError(error, doing);
      // Where nobody answered at all there is nothing to find out.
      const answered = !faultsOf(error).some(({ code }) => UNREACHABLE.test(code));
      throw answered ? await this.#explain(failed, doing) : failed;
    }
  }

  /** The library never settles a connect whose socket closes before it is connected. */
  async #connectWithin({ host, port }: Endpoint, deadlineMs: number): Promise<void> {
    const { promise, reject } = Promise.withResolvers<never>();
    const timer = setTimeout(
      () => reject(new Error(`no connection within ${deadlineMs} ms`)),
      deadlineMs,
    );
    try {
      await Promise.race([this.#connection.connect(host, port), promise]);
    } finally {
      clearTimeout(timer);
    }
  }

  async #explain(error: KafkaClientError, doing: string): Promise<KafkaClientError> {
    if (error.type !== "CONNECTION" || this.#answered) return error;
    const state = await diagnose(this.#broker, this.#plan, this.#closing.signal);
    return state === null ? error : clientFailure("AUTHENTICATION", doing, state, error);
  }
}

const UNREACHABLE =
  /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EAI_NODATA|ETIMEDOUT|E[A-Z]+UNREACH|PLT_KFK_TIMEOUT)$/;
