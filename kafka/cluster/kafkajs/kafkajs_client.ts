/**
 * The port of `kafka_client.ts` on kafkajs' wire (`library.ts` says why not on its client).
 *
 * @module
 */

import { REQUEST_TIMEOUT_MS } from "../cluster_settings.ts";
import type { ClusterLogConfig } from "../cluster_config.ts";
import type {
  ClientPartition,
  ClusterMetadata,
  CommittedOffset,
  FetchedPartition,
  FetchLimits,
  FetchWish,
  GroupState,
  JoinAnswer,
  JoinRequest,
  KafkaClient,
  KafkaProducer,
  MemberIdentity,
  TopicCreation,
} from "../kafka_client.ts";
import { Brokers, type BrokersOptions } from "./brokers.ts";
import { closedFailure } from "./failures.ts";
import { fetchFields, isFetched, readingBatches } from "./fetch_request.ts";
import * as groups from "./group_requests.ts";
import { openKafkajsProducer } from "./kafkajs_producer.ts";
import { requests } from "./library.ts";
import { securityOf } from "./security.ts";
import * as topics from "./topic_requests.ts";

/**
 * A client; nothing is connected before its first request.
 * @throws {KafkaClientError} `AUTHENTICATION` when the CA file or a secret is missing
 */
export function openKafkajsClient(config: ClusterLogConfig): KafkaClient {
  return new KafkajsClient({
    seeds: config.brokers,
    through: config.through ?? {},
    security: securityOf(config),
  });
}

class KafkajsClient implements KafkaClient {
  readonly #options: BrokersOptions;
  readonly #brokers: Brokers;
  /** The connections of producers that are open. */
  readonly #producers = new Set<Brokers>();
  #closed = false;

  constructor(options: BrokersOptions) {
    this.#options = options;
    this.#brokers = new Brokers(options);
  }

  metadata(names: readonly string[] | "all"): Promise<ClusterMetadata> {
    return this.#brokers.metadata(names);
  }

  describeTopicConfigs(names: readonly string[]) {
    return topics.describeTopicConfigs(this.#brokers, names);
  }

  createTopics(creations: readonly TopicCreation[]): Promise<void> {
    return topics.createTopics(this.#brokers, creations);
  }

  deleteTopics(names: readonly string[]): Promise<void> {
    return topics.deleteTopics(this.#brokers, names);
  }

  async openProducer(): Promise<KafkaProducer> {
    if (this.#closed) throw closedFailure();
    const brokers = new Brokers(this.#options);
    this.#producers.add(brokers);
    try {
      const producer = await openKafkajsProducer(brokers);
      return {
        send: (to, records) => producer.send(to, records),
        close: async () => {
          this.#producers.delete(brokers);
          await producer.close();
        },
      };
    } catch (error) {
      this.#producers.delete(brokers);
      await brokers.close();
      throw error;
    }
  }

  async fetch(
    nodeId: number,
    wishes: readonly FetchWish[],
    limits: FetchLimits,
  ): Promise<readonly FetchedPartition[]> {
    if (wishes.length === 0) return [];
    const fetched = await this.#brokers.ask(nodeId, requests.Fetch, fetchFields(wishes, limits), {
      timeoutMs: limits.maxWaitMs + REQUEST_TIMEOUT_MS,
      change: readingBatches(wishes),
    });
    if (!isFetched(fetched)) throw new TypeError("Cannot read a fetch: another decoder read it");
    return fetched;
  }

  listOffsets(nodeId: number, places: readonly ClientPartition[], at: "earliest" | "latest") {
    return topics.listOffsets(this.#brokers, nodeId, places, at);
  }

  findCoordinator(group: string): Promise<number> {
    return groups.findCoordinator(this.#brokers, group);
  }

  joinGroup(nodeId: number, request: JoinRequest): Promise<JoinAnswer> {
    return groups.joinGroup(this.#brokers, nodeId, request);
  }

  syncGroup(
    nodeId: number,
    member: MemberIdentity,
    assignments: readonly { readonly memberId: string; readonly assignment: Uint8Array }[],
  ): Promise<Uint8Array> {
    return groups.syncGroup(this.#brokers, nodeId, member, assignments);
  }

  heartbeat(nodeId: number, member: MemberIdentity): Promise<void> {
    return groups.heartbeat(this.#brokers, nodeId, member);
  }

  leaveGroup(nodeId: number, member: Omit<MemberIdentity, "generation">): Promise<void> {
    return groups.leaveGroup(this.#brokers, nodeId, member);
  }

  commitOffsets(
    nodeId: number,
    member: MemberIdentity,
    offsets: readonly CommittedOffset[],
  ): Promise<void> {
    return groups.commitOffsets(this.#brokers, nodeId, member, offsets);
  }

  fetchOffsets(
    nodeId: number,
    group: string,
    places: readonly ClientPartition[] | "all",
  ): Promise<readonly CommittedOffset[]> {
    return groups.fetchOffsets(this.#brokers, nodeId, group, places);
  }

  describeGroup(nodeId: number, group: string): Promise<GroupState> {
    return groups.describeGroup(this.#brokers, nodeId, group);
  }

  async close(): Promise<void> {
    this.#closed = true;
    await Promise.all([this.#brokers, ...this.#producers].map((brokers) => brokers.close()));
  }
}
