/**
 * One connection to one broker: opened, asked, closed.
 *
 * @module
 */

import { Connection, type ConnectionStatusValue } from "./library.ts";
import { REQUEST_TIMEOUT_MS } from "../cluster_settings.ts";
import type { KafkaClientError } from "../kafka_client.ts";
import { connectError, failure, requestError } from "./client_errors.ts";
import { CLIENT_ID } from "./client_settings.ts";
import { diagnose } from "./connection_diagnosis.ts";
import { connectionEnded, endConnection } from "./connection_end.ts";
import { type Address, addressText, type ConnectionPlan } from "./connection_options.ts";
import { faultsOf } from "./library_faults.ts";

/** A request: what the library does with a connection. */
export interface BrokerRequest<Answer> {
  /** Completes "Cannot ..." in an error. */
  readonly doing: string;
  readonly ask: (connection: Connection) => Promise<Answer>;
  /** How long the request itself lets the broker wait. */
  readonly waitMs?: number;
}

const OVER: ReadonlySet<ConnectionStatusValue> = new Set(["closing", "closed", "error"]);

/** A connection from its first attempt on. It is not opened again: another one takes its place. */
export class BrokerConnection {
  /** Rejects with {@link KafkaClientError} `CONNECTION` or `AUTHENTICATION`. */
  readonly ready: Promise<void>;
  readonly #connection: Connection;
  readonly #broker: Address;
  readonly #plan: ConnectionPlan;
  #answered = false;
  readonly #closing = new AbortController();

  constructor(broker: Address, plan: ConnectionPlan) {
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
  async request<Answer>({ doing, ask, waitMs = 0 }: BrokerRequest<Answer>): Promise<Answer> {
    const patienceMs = waitMs + REQUEST_TIMEOUT_MS;
    let late = false;
    // Nothing less ends one request: its answer would be taken for the next one's.
    const timer = setTimeout(() => {
      late = true;
      this.#connection.socket.destroy();
    }, patienceMs);
    try {
      // Between the two halves of a proof of identity a broker takes nothing else.
      if (this.#connection.status === "reauthenticating") await this.#connection.ready();
      const answer = await ask(this.#connection);
      this.#answered = true;
      return answer;
    } catch (error) {
      if (late) {
        const state = `${addressText(this.#broker)} did not answer within ${patienceMs} ms`;
        throw failure("REQUEST_TIMEOUT", doing, state, error);
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
      await this.#connection.connect(to.host, to.port);
    } catch (error) {
      await endConnection(this.#connection);
      const via = to === this.#broker ? "" : ` through ${addressText(to)}`;
      const doing = `connect to ${addressText(this.#broker)}${via}`;
      const failed = connectError(error, doing);
      // Where nobody answered at all there is nothing to find out.
      const answered = !faultsOf(error).some(({ code }) => UNREACHABLE.test(code));
      throw answered ? await this.#explain(failed, doing) : failed;
    }
  }

  async #explain(error: KafkaClientError, doing: string): Promise<KafkaClientError> {
    if (error.type !== "CONNECTION" || this.#answered) return error;
    const state = await diagnose(this.#broker, this.#plan, this.#closing.signal);
    return state === null ? error : failure("AUTHENTICATION", doing, state, error);
  }
}

const UNREACHABLE =
  /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EAI_NODATA|ETIMEDOUT|E[A-Z]+UNREACH|PLT_KFK_TIMEOUT)$/;
