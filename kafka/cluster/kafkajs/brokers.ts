/**
 * The cluster's brokers, asked in the library's words.
 *
 * @module
 */

import { BrokerPool } from "../broker_pool.ts";
import { codedFailure } from "../client_failures.ts";
import type { ClusterLogConfig } from "../cluster_config.ts";
import { addressesOf } from "../endpoint.ts";
import type { ClusterMetadata } from "../kafka_client.ts";
import { securityOf } from "../security.ts";
import { Broker } from "./broker.ts";
import { type Api, type Call, type MetadataAnswer, RequestEncoder, requests } from "./library.ts";
import type { AskOptions } from "./link.ts";

/** What a metadata request may say of a topic that is not there, or not allowed to be. */
const ABSENT = new Set([3, 17]);

/** Where there is no leader yet, that is told partition by partition. */
const LEADER_NOT_AVAILABLE = 5;

/** A client's connections. */
export class Brokers extends BrokerPool<Broker> {
  /** @throws {KafkaClientError} when the configuration cannot be used */
  constructor(config: ClusterLogConfig) {
    const { bootstrap, reach } = addressesOf(config);
    const security = securityOf(config);
    super({
      bootstrap,
      open: (endpoint) => new Broker({ endpoint, connectTo: reach(endpoint), security }),
      askMetadata,
    });
  }

  /** Asks this node. @throws {KafkaClientError} */
  ask<Fields, Answer>(
    nodeId: number,
    api: Api<Fields, Answer>,
    fields: Fields,
    options?: AskOptions<Answer>,
  ): Promise<Answer> {
    const doing = `ask broker ${nodeId}`;
    return this.onNode(nodeId, doing, (broker) => broker.ask(api, fields, options));
  }

  /** Asks any node. @throws {KafkaClientError} */
  askAny<Fields, Answer>(
    api: Api<Fields, Answer>,
    fields: Fields,
    options?: AskOptions<Answer>,
  ): Promise<Answer> {
    return this.onAny("ask the cluster", (broker) => broker.ask(api, fields, options));
  }
}

async function askMetadata(
  broker: Broker,
  topics: readonly string[] | "all",
): Promise<ClusterMetadata> {
  const none = topics !== "all" && topics.length === 0;
  const answer = await broker.ask(
    requests.Metadata,
    { topics: topics === "all" ? [] : topics, allowAutoTopicCreation: false },
    none ? { change: askingForNoTopic } : {},
  );
  return metadataOf(answer);
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
      const failed = topicErrorCode !== 0 && topicErrorCode !== LEADER_NOT_AVAILABLE;
      if (failed) throw codedFailure(topicErrorCode, `describe the topic ${topic}`);
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
