/**
 * Connections to a cluster's brokers: one to each, opened when it is needed and again when it was lost.
 *
 * @module
 */

import { metadataV12 } from "./library.ts";
import { type BrokerNode, type ClusterMetadata, KafkaClientError } from "../kafka_client.ts";
import { BrokerConnection, type BrokerRequest } from "./broker_connection.ts";
import { failure } from "./client_errors.ts";
import { type Address, addressText, type ConnectionPlan } from "./connection_options.ts";
import { readMetadata, wholeAnswer } from "./metadata_answer.ts";

const UNANSWERED: ReadonlySet<string> = new Set(["CONNECTION", "REQUEST_TIMEOUT"]);

/** A client's connections. */
export class ClusterConnections {
  readonly #plan: ConnectionPlan;
  readonly #nodes = new Map<number, Address>();
  /** By address. */
  readonly #connections = new Map<string, BrokerConnection>();
  readonly #ending = new Set<Promise<void>>();
  /** Addresses where the last request was not answered. */
  readonly #failed = new Set<string>();
  #closed = false;

  constructor(plan: ConnectionPlan) {
    this.#plan = plan;
  }

  /** Asks the broker of this number. @throws {KafkaClientError} */
  async askNode<Answer>(nodeId: number, request: BrokerRequest<Answer>): Promise<Answer> {
    if (!this.#nodes.has(nodeId)) await this.metadata([]);
    const address = this.#nodes.get(nodeId);
    if (address === undefined) {
      throw new KafkaClientError(
        "BROKER_NOT_AVAILABLE",
        `Cannot ${request.doing}: the cluster has no broker ${nodeId} now`,
        { retriable: true },
      );
    }
    return await this.#ask(address, request);
  }

  /**
   * Asks the first broker that can be reached: one known to be there, else one to begin with.
   * @throws {KafkaClientError} of the last one, or of the first that refused who we are
   */
  async askAny<Answer>(request: BrokerRequest<Answer>): Promise<Answer> {
    let last = failure("CONNECTION", request.doing, "the configuration names no broker");
    for (const address of this.#addresses()) {
      try {
        await this.#connection(address, request.doing);
      } catch (error) {
        // Only what a connection threw: a request is tried once.
        if (!(error instanceof KafkaClientError) || error.type !== "CONNECTION") throw error;
        last = error;
        continue;
      }
      return await this.#ask(address, request);
    }
    throw last;
  }

  /** Asks any broker, and learns where the others are. */
  async metadata(topics: readonly string[] | "all"): Promise<ClusterMetadata> {
    const names = topics === "all" ? null : [...topics];
    const doing = "ask for the cluster's brokers and topics";
    const answer = await this.askAny({
      doing,
      ask: (connection) => wholeAnswer(metadataV12.api.async(connection, names, false, false)),
    });
    const metadata = readMetadata(answer, doing);
    this.#nodes.clear();
    metadata.brokers.forEach((node) => this.learn(node));
    return metadata;
  }

  /** Where a broker is. */
  learn({ nodeId, host, port }: BrokerNode): void {
    this.#nodes.set(nodeId, { host, port });
  }

  /** Ends requests that wait. Idempotent; never rejects. */
  async close(): Promise<void> {
    this.#closed = true;
    [...this.#connections.values()].forEach((connection) => this.#end(connection));
    this.#connections.clear();
    await Promise.all(this.#ending);
  }

  /** Those that are connected first, and those that failed last time last: one may be frozen. */
  #addresses(): readonly Address[] {
    const known = [...this.#nodes.values(), ...this.#plan.bootstrap];
    const unique = new Map(known.map((address) => [addressText(address), address]));
    const rank = (name: string) =>
      this.#failed.has(name) ? 2 : this.#connections.get(name)?.over === false ? 0 : 1;
    return [...unique].toSorted(([one], [other]) => rank(one) - rank(other))
      .map(([, address]) => address);
  }

  async #ask<Answer>(address: Address, request: BrokerRequest<Answer>): Promise<Answer> {
    const connection = await this.#connection(address, request.doing);
    try {
      const answer = await connection.request(request);
      this.#failed.delete(addressText(address));
      return answer;
    } catch (error) {
      if (this.#closed) throw closedError(request.doing, error);
      this.#remember(address, error);
      throw error;
    }
  }

  #remember(address: Address, error: unknown): void {
    const answered = !(error instanceof KafkaClientError) || !UNANSWERED.has(error.type);
    if (answered) this.#failed.delete(addressText(address));
    else this.#failed.add(addressText(address));
  }

  async #connection(address: Address, doing: string): Promise<BrokerConnection> {
    if (this.#closed) throw closedError(doing);
    const name = addressText(address);
    let connection = this.#connections.get(name);
    if (connection === undefined || connection.over) {
      if (connection !== undefined) this.#end(connection);
      connection = new BrokerConnection(address, this.#plan);
      this.#connections.set(name, connection);
    }
    try {
      await connection.ready;
      return connection;
    } catch (error) {
      if (this.#closed) throw closedError(doing, error);
      this.#remember(address, error);
      throw error;
    }
  }

  #end(connection: BrokerConnection): void {
    const ending = connection.close().finally(() => this.#ending.delete(ending));
    this.#ending.add(ending);
  }
}

function closedError(doing: string, cause?: unknown): KafkaClientError {
  return failure("CLOSED", doing, "the client has been closed", cause);
}
