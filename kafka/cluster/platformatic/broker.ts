/**
 * A broker at an address: one connection, and another when it was lost.
 *
 * @module
 */

import type { PooledBroker } from "../broker_pool.ts";
import type { Endpoint } from "../endpoint.ts";
import { BrokerConnection, type BrokerRequest } from "./broker_connection.ts";
import type { ConnectionPlan } from "./connection_options.ts";

/** Connects when it is asked something. */
export class Broker implements PooledBroker {
  readonly #endpoint: Endpoint;
  readonly #plan: ConnectionPlan;
  readonly #ending = new Set<Promise<void>>();
  #current: BrokerConnection | null = null;

  constructor(endpoint: Endpoint, plan: ConnectionPlan) {
    this.#endpoint = endpoint;
    this.#plan = plan;
  }

  get connected(): boolean {
    return this.#current?.over === false;
  }

  async connect(): Promise<BrokerConnection> {
    if (this.#current?.over === true) this.#end();
    const connection = this.#current ??= new BrokerConnection(this.#endpoint, this.#plan);
    await connection.ready;
    return connection;
  }

  /** One request, one attempt. @throws {KafkaClientError} */
  async ask<Answer>(request: BrokerRequest<Answer>): Promise<Answer> {
    return await (await this.connect()).request(request);
  }

  async close(): Promise<void> {
    this.#end();
    await Promise.all(this.#ending);
  }

  #end(): void {
    const connection = this.#current;
    this.#current = null;
    if (connection === null) return;
    const ending = connection.close().finally(() => this.#ending.delete(ending));
    this.#ending.add(ending);
  }
}
