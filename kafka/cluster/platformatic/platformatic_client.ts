/**
 * The Kafka client on `@platformatic/kafka`: the library's requests and connections, without its own
 * producer, consumer and admin, which would decide what the event log decides.
 *
 * @module
 */

import type { ClusterLogConfig } from "../cluster_config.ts";
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
import { ClusterConnections } from "./cluster_connections.ts";
import { fetchRecords } from "./fetch_request.ts";
import * as groups from "./group_requests.ts";
import { UNPACKERS } from "./unpackers.ts";
import * as topics from "./topic_requests.ts";

/**
 * A fresh set of connections; nothing is connected before the first request.
 * @throws {KafkaClientError} `AUTHENTICATION` when a secret or a file of certificates is missing,
 * `OTHER` when an address is none
 */
export function openPlatformaticClient(config: ClusterLogConfig): KafkaClient {
  return new PlatformaticClient(new ClusterConnections(config));
}

class PlatformaticClient implements KafkaClient {
  readonly unpackers = UNPACKERS;
  readonly #connections: ClusterConnections;

  constructor(connections: ClusterConnections) {
    this.#connections = connections;
  }

  metadata(names: readonly string[] | "all"): Promise<ClusterMetadata> {
    return this.#connections.metadata(names);
  }

  describeTopicConfigs(
    names: readonly string[],
  ): Promise<ReadonlyMap<string, Readonly<Record<string, string>>>> {
    return topics.describeTopicConfigs(this.#connections, names);
  }

  createTopics(wanted: readonly TopicCreation[]): Promise<void> {
    return topics.createTopics(this.#connections, wanted);
  }

  deleteTopics(names: readonly string[]): Promise<void> {
    return topics.deleteTopics(this.#connections, names);
  }

  allocateProducerId(): Promise<ProducerIdentity> {
    return appends.allocateProducerId(this.#connections);
  }

  append(nodeId: number, batches: readonly BatchToAppend[], limits: AppendLimits) {
    return appends.append(this.#connections, nodeId, batches, limits);
  }

  fetch(
    nodeId: number,
    wishes: readonly FetchWish[],
    limits: FetchLimits,
  ): Promise<readonly FetchedBatches[]> {
    return fetchRecords(this.#connections, { nodeId, wishes, limits });
  }

  listOffsets(
    nodeId: number,
    partitions: readonly ClientPartition[],
    at: "earliest" | "latest",
  ): Promise<readonly (ClientPartition & { readonly offset: number })[]> {
    return topics.listOffsets(this.#connections, nodeId, partitions, at);
  }

  findCoordinator(group: string): Promise<number> {
    return groups.findCoordinator(this.#connections, group);
  }

  joinGroup(nodeId: number, request: JoinRequest): Promise<JoinAnswer> {
    return groups.joinGroup(this.#asking(nodeId), request);
  }

  syncGroup(
    nodeId: number,
    member: MemberIdentity,
    assignments: readonly { readonly memberId: string; readonly assignment: Uint8Array }[],
  ): Promise<Uint8Array> {
    return groups.syncGroup(this.#asking(nodeId), member, assignments);
  }

  heartbeat(nodeId: number, member: MemberIdentity): Promise<void> {
    return groups.heartbeat(this.#asking(nodeId), member);
  }

  leaveGroup(nodeId: number, member: Omit<MemberIdentity, "generation">): Promise<void> {
    return groups.leaveGroup(this.#asking(nodeId), member);
  }

  commitOffsets(
    nodeId: number,
    member: MemberIdentity,
    offsets: readonly CommittedOffset[],
  ): Promise<void> {
    return groups.commitOffsets(this.#asking(nodeId), member, offsets);
  }

  fetchOffsets(
    nodeId: number,
    group: string,
    partitions: readonly ClientPartition[] | "all",
  ): Promise<readonly CommittedOffset[]> {
    return groups.fetchOffsets(this.#asking(nodeId), group, partitions);
  }

  describeGroup(nodeId: number, group: string): Promise<GroupState> {
    return groups.describeGroup(this.#asking(nodeId), group);
  }

  close(): Promise<void> {
    return this.#connections.close();
  }

  #asking(nodeId: number): { connections: ClusterConnections; nodeId: number } {
    return { connections: this.#connections, nodeId };
  }
}
