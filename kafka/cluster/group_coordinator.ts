/**
 * Requests to the broker that coordinates a group, which may change.
 *
 * @module
 */

import { type KafkaClient, KafkaClientError } from "./kafka_client.ts";

/** Who coordinates one group, looked up when it is needed and again when it has failed. */
export class GroupCoordinator {
  readonly #open: () => Promise<KafkaClient>;
  readonly #group: string;
  #client: Promise<KafkaClient> | null = null;
  #nodeId: number | null = null;
  #closed = false;

  /** `group` is the name on the cluster. */
  constructor(open: () => Promise<KafkaClient>, group: string) {
    this.#open = open;
    this.#group = group;
  }

  /** One attempt. @throws {KafkaClientError} */
  async ask<T>(request: (client: KafkaClient, nodeId: number) => Promise<T>): Promise<T> {
    const client = await this.#connect();
    try {
      this.#nodeId ??= await client.findCoordinator(this.#group);
      return await request(client, this.#nodeId);
    } catch (error) {
      // Whoever fails in a way that may pass may also have handed the group to another broker.
      if (error instanceof KafkaClientError && error.retriable) this.#nodeId = null;
      throw error;
    }
  }

  /** Ends its connections and what waits for an answer. Never rejects. */
  async close(): Promise<void> {
    this.#closed = true;
    const client = this.#client;
    if (client === null) return;
    await client.then((opened) => opened.close(), () => {});
  }

  async #connect(): Promise<KafkaClient> {
    if (this.#closed) {
      throw new KafkaClientError("CLOSED", "the member has gone", { retriable: false });
    }
    this.#client ??= this.#open();
    try {
      return await this.#client;
    } catch (error) {
      this.#client = null;
      throw error;
    }
  }
}
