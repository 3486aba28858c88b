/**
 * The Kafka client on `@platformatic/kafka`: the library's requests and connections, without its own
 * producer, consumer and admin, which would decide what the event log decides.
 *
 * @module
 */

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
import { failure } from "./client_errors.ts";
import { ClusterConnections } from "./cluster_connections.ts";
import { type ConnectionPlan, planConnections } from "./connection_options.ts";
import { fetchRecords } from "./fetch_request.ts";
import * as groups from "./group_requests.ts";
import { IdempotentProducer } from "./idempotent_producer.ts";
import * as topics from "./topic_requests.ts";

/**
 * A fresh set of connections; nothing is connected before the first request.
 * @throws {KafkaClientError} `AUTHENTICATION` when a secret or a file of certificates is missing,
 * `OTHER` when an address is none
 */
export function openPlatformaticClient(config: ClusterLogConfig): KafkaClient {
  return new PlatformaticClient(planConnections(config));
}

class PlatformaticClient implements KafkaClient {
  readonly #plan: ConnectionPlan;
  readonly #connections: ClusterConnections;
  readonly #producers = new Set<ClusterConnections>();
  #closed = false;

  constructor(plan: ConnectionPlan) {
    this.#plan = plan;
    this.#connections = new ClusterConnections(plan);
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

  async openProducer(): Promise<KafkaProducer> {
    if (this.#closed) throw failure("CLOSED", "open a producer", "the client has been closed");
    const connections = new ClusterConnections(this.#plan);
    this.#producers.add(connections);
    try {
      return await IdempotentProducer.open(connections, () => this.#producers.delete(connections));
    } catch (error) {
      this.#producers.delete(connections);
      throw error;
    }
  }

  fetch(
    nodeId: number,
    wishes: readonly FetchWish[],
    limits: FetchLimits,
  ): Promise<readonly FetchedPartition[]> {
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

  async close(): Promise<void> {
    this.#closed = true;
    const all = [this.#connections, ...this.#producers];
    this.#producers.clear();
    await Promise.all(all.map((connections) => connections.close()));
  }

  #asking(nodeId: number): { connections: ClusterConnections; nodeId: number } {
    return { connections: this.#connections, nodeId };
  }
}
