/**
 * The port of `kafka_client.ts` on kafkajs' wire (`library.ts` says why not on its client).
 *
 * @module
 */

import type { ClusterLogConfig } from "../cluster_config.ts";
import { REQUEST_TIMEOUT_MS } from "../cluster_settings.ts";
import type {
  AppendLimits,
  BatchToAppend,
  ClientPartition,
  ClusterMetadata,
  CommittedOffset,
  FetchedBatches,
  FetchLimits,
  FetchWish,
  GroupState,
  JoinAnswer,
  JoinRequest,
  KafkaClient,
  MemberIdentity,
  ProducerIdentity,
  TopicCreation,
} from "../kafka_client.ts";
import * as appends from "./append_requests.ts";
import { Brokers } from "./brokers.ts";
import { fetchFields, isFetched, leavingBatches } from "./fetch_request.ts";
import * as groups from "./group_requests.ts";
import { requests } from "./library.ts";
import * as topics from "./topic_requests.ts";

/**
 * A client; nothing is connected before its first request.
 * @throws {KafkaClientError} `AUTHENTICATION` when the CA file or a secret is missing, `OTHER` when an
 * address is none
 */
export function openKafkajsClient(config: ClusterLogConfig): KafkaClient {
  return new KafkajsClient(new Brokers(config));
}

class KafkajsClient implements KafkaClient {
  /** The library has gzip only, as the runtime does. */
  readonly unpackers = {};
  readonly #brokers: Brokers;

  constructor(brokers: Brokers) {
    this.#brokers = brokers;
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

  allocateProducerId(): Promise<ProducerIdentity> {
    return appends.allocateProducerId(this.#brokers);
  }

  append(nodeId: number, batches: readonly BatchToAppend[], limits: AppendLimits) {
    return appends.append(this.#brokers, nodeId, batches, limits);
  }

  async fetch(
    nodeId: number,
    wishes: readonly FetchWish[],
    limits: FetchLimits,
  ): Promise<readonly FetchedBatches[]> {
    const fetched = await this.#brokers.ask(nodeId, requests.Fetch, fetchFields(wishes, limits), {
      timeoutMs: limits.maxWaitMs + REQUEST_TIMEOUT_MS,
      change: leavingBatches,
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

  close(): Promise<void> {
    return this.#brokers.close();
  }
}
