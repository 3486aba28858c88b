/**
 * The brokers of a cluster as one owner knows them: where to begin, who is where, and whom to ask.
 *
 * @module
 */

import { clientFailure, closedFailure, namedFailure } from "./client_failures.ts";
import { type Endpoint, endpointName } from "./endpoint.ts";
import { type BrokerNode, type ClusterMetadata, KafkaClientError } from "./kafka_client.ts";

/** A broker at an address: connected when it is needed, and again when the connection was lost. */
export interface PooledBroker {
  /** Whether there is a connection, as far as is known. */
  readonly connected: boolean;
  /** @throws {KafkaClientError} */
  connect(): Promise<unknown>;
  /** Ends requests that wait. Never rejects. */
  close(): Promise<void>;
}

/** What a pool is made of. */
export interface BrokerPoolParts<Broker> {
  readonly bootstrap: readonly Endpoint[];
  /** Connects to nobody yet. */
  readonly open: (at: Endpoint) => Broker;
  readonly askMetadata: (
    broker: Broker,
    topics: readonly string[] | "all",
  ) => Promise<ClusterMetadata>;
}

const UNANSWERED: ReadonlySet<string> = new Set(["CONNECTION", "REQUEST_TIMEOUT"]);

/** One owner's brokers, each once. */
export class BrokerPool<Broker extends PooledBroker> {
  readonly #parts: BrokerPoolParts<Broker>;
  readonly #nodes = new Map<number, Endpoint>();
  /** By address. */
  readonly #brokers = new Map<string, Broker>();
  readonly #ending = new Set<Promise<void>>();
  /** Addresses where the last request was not answered. */
  readonly #failed = new Set<string>();
  #closed = false;

  constructor(parts: BrokerPoolParts<Broker>) {
    this.#parts = parts;
  }

  /** Asks the broker of this number. @throws {KafkaClientError} */
  async onNode<Answer>(
    nodeId: number,
    doing: string,
    ask: (broker: Broker) => Promise<Answer>,
  ): Promise<Answer> {
    if (!this.#nodes.has(nodeId)) await this.metadata([]);
    const endpoint = this.#nodes.get(nodeId);
    if (endpoint === undefined) {
      throw namedFailure(
        "BROKER_NOT_AVAILABLE",
        doing,
        `the cluster names no broker ${nodeId} now`,
      );
    }
    try {
      return await this.#ask(endpoint, doing, ask);
    } catch (error) {
      // It may be somewhere else by now: the next request finds out.
      if (isUnanswered(error) && this.#nodes.get(nodeId) === endpoint) this.#nodes.delete(nodeId);
      throw error;
    }
  }

  /**
   * Asks the first broker that can be reached. Only what could not be asked is asked of another one:
   * a request is tried once.
   * @throws {KafkaClientError}
   */
  async onAny<Answer>(
    doing: string,
    ask: (broker: Broker) => Promise<Answer>,
  ): Promise<Answer> {
    const failures: KafkaClientError[] = [];
    for (const endpoint of this.#candidates()) {
      try {
        await this.#ask(endpoint, doing, (broker) => broker.connect());
      } catch (error) {
        const elsewhere = error instanceof KafkaClientError &&
          (isUnanswered(error) || error.type === "AUTHENTICATION");
        if (!elsewhere) throw error;
        failures.push(error);
        continue;
      }
      return await this.#ask(endpoint, doing, ask);
    }
    // Waiting helps nobody to be let in, so that is what the user must hear of first.
    throw failures.find(({ type }) => type === "AUTHENTICATION") ?? merged(failures, doing);
  }

  /** Asks any broker, and learns who is where. @throws {KafkaClientError} */
  async metadata(topics: readonly string[] | "all"): Promise<ClusterMetadata> {
    const metadata = await this.onAny(
      "ask for the cluster's brokers and topics",
      (broker) => this.#parts.askMetadata(broker, topics),
    );
    this.#nodes.clear();
    metadata.brokers.forEach((node) => this.learn(node));
    this.#letGo();
    return metadata;
  }

  /** Where a broker is. */
  learn({ nodeId, host, port }: BrokerNode): void {
    this.#nodes.set(nodeId, { host, port });
  }

  /** Ends every connection. Idempotent; never rejects. */
  async close(): Promise<void> {
    this.#closed = true;
    for (const name of [...this.#brokers.keys()]) this.#end(name);
    await Promise.all(this.#ending);
  }

  async #ask<Answer>(
    endpoint: Endpoint,
    doing: string,
    ask: (broker: Broker) => Promise<Answer>,
  ): Promise<Answer> {
    if (this.#closed) throw closedFailure(doing);
    const name = endpointName(endpoint);
    let broker = this.#brokers.get(name);
    if (broker === undefined) this.#brokers.set(name, broker = this.#parts.open(endpoint));
    try {
      const answer = await ask(broker);
      this.#failed.delete(name);
      return answer;
    } catch (error) {
      if (this.#closed) throw closedFailure(doing, error);
      if (isUnanswered(error)) this.#failed.add(name);
      else this.#failed.delete(name);
      throw error;
    }
  }

  /** Those that are connected first, and those that failed last time last: one may be frozen. */
  #candidates(): readonly Endpoint[] {
    const known = [...this.#nodes.values(), ...this.#parts.bootstrap];
    const unique = new Map(known.map((endpoint) => [endpointName(endpoint), endpoint]));
    const rank = (name: string) =>
      this.#failed.has(name) ? 2 : this.#brokers.get(name)?.connected === true ? 0 : 1;
    return [...unique].toSorted(([one], [other]) => rank(one) - rank(other))
      .map(([, endpoint]) => endpoint);
  }

  /** Ends connections to addresses that nobody has any more. */
  #letGo(): void {
    const wanted = new Set([...this.#nodes.values(), ...this.#parts.bootstrap].map(endpointName));
    for (const name of [...this.#brokers.keys()]) if (!wanted.has(name)) this.#end(name);
  }

  #end(name: string): void {
    const broker = this.#brokers.get(name);
    this.#brokers.delete(name);
    this.#failed.delete(name);
    if (broker === undefined) return;
    const ending = broker.close().finally(() => this.#ending.delete(ending));
    this.#ending.add(ending);
  }
}

function isUnanswered(error: unknown): boolean {
  return error instanceof KafkaClientError && UNANSWERED.has(error.type);
}

/** One error that names every broker that was tried. */
function merged(failures: readonly KafkaClientError[], doing: string): KafkaClientError {
  const [first] = failures;
  if (first === undefined) {
    return clientFailure("CONNECTION", doing, "the configuration names no broker");
  }
  if (failures.length === 1) return first;
  const message = failures.map((failure) => failure.message).join("; ");
  return new KafkaClientError(first.type, message, { retriable: true, cause: first });
}
