/**
 * The cluster's brokers: where to begin, who is who, and who leads what.
 *
 * @module
 */

import { type BrokerNode, type ClusterMetadata, KafkaClientError } from "../kafka_client.ts";
import { Broker } from "./broker.ts";
import { type Endpoint, endpointName, parseEndpoint } from "./endpoint.ts";
import { closedFailure, connectionFailure } from "./failures.ts";
import { type Api, type Call, type MetadataAnswer, RequestEncoder, requests } from "./library.ts";
import type { AskOptions } from "./link.ts";
import { protocolError } from "./protocol_errors.ts";
import type { Security } from "./security.ts";

/** What a metadata request may say of a topic that is not there, or not allowed to be. */
const ABSENT = new Set([3, 17]);

/** Where to begin and how to be let in. */
export interface BrokersOptions {
  readonly seeds: readonly string[];
  readonly through: Readonly<Record<string, string>>;
  readonly security: Security;
}

/** Connections of one owner. */
export class Brokers {
  readonly #options: BrokersOptions;
  readonly #byName = new Map<string, Broker>();
  readonly #nodes = new Map<number, Endpoint>();
  #closed = false;

  constructor(options: BrokersOptions) {
    this.#options = options;
  }

  /** Asks this node. @throws {KafkaClientError} */
  async ask<Fields, Answer>(
    nodeId: number,
    api: Api<Fields, Answer>,
    fields: Fields,
    options?: AskOptions<Answer>,
  ): Promise<Answer> {
    return await (await this.#node(nodeId)).ask(api, fields, options);
  }

  /** Asks one after the other until one answers, known nodes first. @throws {KafkaClientError} */
  async askAny<Fields, Answer>(
    api: Api<Fields, Answer>,
    fields: Fields,
    options?: AskOptions<Answer>,
  ): Promise<Answer> {
    const failures: KafkaClientError[] = [];
    for (const broker of this.#candidates()) {
      try {
        return await broker.ask(api, fields, options);
      } catch (error) {
        if (!(error instanceof KafkaClientError) || !isUnreachable(error)) throw error;
        failures.push(error);
      }
    }
    // Waiting helps nobody to be let in, so that is what the user must hear of first.
    throw failures.find(({ type }) => type === "AUTHENTICATION") ?? merged(failures);
  }

  /** All topics, or those of these that exist. @throws {KafkaClientError} */
  async metadata(topics: readonly string[] | "all"): Promise<ClusterMetadata> {
    const fields = { topics: topics === "all" ? [] : topics, allowAutoTopicCreation: false };
    const none = topics !== "all" && topics.length === 0;
    const answer = await this.askAny(
      requests.Metadata,
      fields,
      none ? { change: askingForNoTopic } : {},
    );
    this.#learn(answer.brokers);
    return metadataOf(answer);
  }

  /** Ends every connection. Never rejects. */
  async close(): Promise<void> {
    this.#closed = true;
    await Promise.all([...this.#byName.values()].map((broker) => broker.close()));
  }

  async #node(nodeId: number): Promise<Broker> {
    if (!this.#nodes.has(nodeId)) await this.metadata([]);
    const endpoint = this.#nodes.get(nodeId);
    if (endpoint === undefined) {
      throw connectionFailure(`${nodeId}`, "the cluster does not name it now");
    }
    return this.#at(endpoint);
  }

  #at(endpoint: Endpoint): Broker {
    if (this.#closed) throw closedFailure();
    const name = endpointName(endpoint);
    const known = this.#byName.get(name);
    if (known !== undefined) return known;
    const { through, security } = this.#options;
    const instead = through[name];
    const broker = new Broker({
      endpoint,
      connectTo: instead === undefined ? endpoint : parseEndpoint(instead),
      security,
    });
    this.#byName.set(name, broker);
    return broker;
  }

  #candidates(): Set<Broker> {
    const seeds = this.#options.seeds.map(parseEndpoint);
    return new Set([...this.#nodes.values(), ...seeds].map((endpoint) => this.#at(endpoint)));
  }

  /** Remembers who is where, and lets go of addresses that nobody has any more. */
  #learn(nodes: readonly BrokerNode[]): void {
    this.#nodes.clear();
    for (const { nodeId, host, port } of nodes) this.#nodes.set(nodeId, { host, port });
    const wanted = new Set([
      ...nodes.map(endpointName),
      ...this.#options.seeds.map((seed) => endpointName(parseEndpoint(seed))),
    ]);
    for (const [name, broker] of this.#byName) {
      if (wanted.has(name)) continue;
      this.#byName.delete(name);
      broker.close();
    }
  }
}

/** Whether another broker may do better. */
function isUnreachable({ type }: KafkaClientError): boolean {
  return type === "CONNECTION" || type === "REQUEST_TIMEOUT" || type === "AUTHENTICATION";
}

/** One error that names every broker that was asked. */
function merged(failures: readonly KafkaClientError[]): KafkaClientError {
  const [first] = failures;
  if (first === undefined) return connectionFailure("?", "none is configured");
  if (failures.length === 1) return first;
  const message = failures.map((failure) => failure.message).join("; ");
  return new KafkaClientError(first.type, message, { retriable: true, cause: first });
}

/** The library takes an empty list for all topics; the protocol has a word for each. */
function askingForNoTopic<Answer>(call: Call<Answer>): Call<Answer> {
  const encode = () => Promise.resolve(new RequestEncoder().writeArray([]).writeBoolean(false));
  return { ...call, request: { ...call.request, encode } };
}

function metadataOf({ brokers, controllerId, topicMetadata }: MetadataAnswer): ClusterMetadata {
  const topics = topicMetadata.filter(({ topicErrorCode }) => !ABSENT.has(topicErrorCode));
  return {
    brokers: brokers.map(({ nodeId, host, port }) => ({ nodeId, host, port })),
    controllerId,
    topics: topics.map(({ topic, topicErrorCode, partitionMetadata }) => {
      // No leader yet is told partition by partition.
      const failed = topicErrorCode !== 0 && topicErrorCode !== 5;
      if (failed) throw protocolError(topicErrorCode, `describe the topic ${topic}`);
      const partitions = partitionMetadata.map(({ partitionId, leader, replicas, isr }) => ({
        partition: partitionId,
        leader,
        replicas,
        inSyncReplicas: isr,
      }));
      return { topic, partitions: partitions.sort((a, b) => a.partition - b.partition) };
    }),
  };
}
