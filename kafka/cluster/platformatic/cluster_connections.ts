/**
 * The cluster's brokers, asked in the library's words.
 *
 * @module
 */

import { BrokerPool } from "../broker_pool.ts";
import type { ClusterLogConfig } from "../cluster_config.ts";
import { addressesOf } from "../endpoint.ts";
import type { ClusterMetadata } from "../kafka_client.ts";
import { Broker } from "./broker.ts";
import type { BrokerRequest } from "./broker_connection.ts";
import { planConnections } from "./connection_options.ts";
import { metadataV12 } from "./library.ts";
import { readMetadata, wholeAnswer } from "./metadata_answer.ts";

/** A client's connections. */
export class ClusterConnections extends BrokerPool<Broker> {
  /** @throws {KafkaClientError} when the configuration cannot be used */
  constructor(config: ClusterLogConfig) {
    const { bootstrap } = addressesOf(config);
    const plan = planConnections(config);
    super({
      bootstrap,
      open: (endpoint) => new Broker(endpoint, plan),
      askMetadata,
    });
  }

  /** Asks the broker of this number. @throws {KafkaClientError} */
  askNode<Answer>(nodeId: number, request: BrokerRequest<Answer>): Promise<Answer> {
    return this.onNode(nodeId, request.doing, (broker) => broker.ask(request));
  }

  /** Asks the first broker that can be reached. @throws {KafkaClientError} */
  askAny<Answer>(request: BrokerRequest<Answer>): Promise<Answer> {
    return this.onAny(request.doing, (broker) => broker.ask(request));
  }
}

async function askMetadata(
  broker: Broker,
  topics: readonly string[] | "all",
): Promise<ClusterMetadata> {
  const names = topics === "all" ? null : [...topics];
  const doing = "ask for the cluster's brokers and topics";
  const answer = await broker.ask({
    doing,
    ask: (connection) => wholeAnswer(metadataV12.api.async(connection, names, false, false)),
  });
  return readMetadata(answer, doing);
}
