/**
 * What the event log needs of a Kafka client: requests as Kafka's protocol has them, one attempt each.
 * Two libraries stand behind it, each in a folder of its own that alone imports it; a third would need
 * this file only.
 *
 * What is the same whatever library speaks, is not here but in this folder's other files: which records
 * go into one send, what follows a rejected one, membership of groups, assignments, when to ask again.
 *
 * @module
 */

import type { LibraryUnpackers } from "./record_batch/compression.ts";

/** A broker as the cluster advertises it. */
export interface BrokerNode {
  readonly nodeId: number;
  readonly host: string;
  readonly port: number;
}

/** A partition as the cluster knows it. */
export interface PartitionMetadata {
  readonly partition: number;
  /** The node that takes and gives its records; -1 when there is none now. */
  readonly leader: number;
  readonly replicas: readonly number[];
  readonly inSyncReplicas: readonly number[];
}

/** A topic as the cluster knows it. */
export interface TopicMetadata {
  readonly topic: string;
  /** In order of partition. */
  readonly partitions: readonly PartitionMetadata[];
}

/** The cluster as one of its brokers sees it. */
export interface ClusterMetadata {
  readonly brokers: readonly BrokerNode[];
  readonly controllerId: number;
  /** Those asked for that exist. */
  readonly topics: readonly TopicMetadata[];
}

/** A partition of a topic. */
export interface ClientPartition {
  readonly topic: string;
  readonly partition: number;
}

/** A record to append. */
export interface ClientRecord {
  readonly key: Uint8Array | null;
  readonly value: Uint8Array | null;
  readonly headers: Readonly<Record<string, string>>;
  /** Milliseconds since the epoch. */
  readonly timestamp: number;
}

/** A record as it was fetched. */
export interface ClientFetchedRecord {
  readonly offset: number;
  /** Milliseconds since the epoch: of the log where the batch says so, else of the sender. */
  readonly timestamp: number;
  readonly key: Uint8Array | null;
  readonly value: Uint8Array | null;
  readonly headers: Readonly<Record<string, string>>;
}

/** What to fetch of one partition. */
export interface FetchWish extends ClientPartition {
  readonly offset: number;
}

/** What a fetch brought of one partition, as it lies in the log. */
export interface FetchedBatches extends ClientPartition {
  /** What is wrong with this partition; null when nothing is. */
  readonly error: KafkaClientError | null;
  /**
   * Record batches one after another, from the one that has the offset asked for on; the last may be
   * cut off. Nobody else writes to these bytes.
   */
  readonly batches: Uint8Array;
  /** The offset that the next append will get. */
  readonly highWatermark: number;
}

/** Limits of one fetch. */
export interface FetchLimits {
  /** How long the broker may wait for a first byte. */
  readonly maxWaitMs: number;
  /** Of the whole answer; a first batch comes whole even if it is larger. */
  readonly maxBytes: number;
  /** Of one partition. */
  readonly maxPartitionBytes: number;
}

/** A member that joins a group. */
export interface JoinRequest {
  readonly group: string;
  readonly sessionTimeoutMs: number;
  readonly rebalanceTimeoutMs: number;
  /** Empty for a new member. */
  readonly memberId: string;
  /** The lasting name: `group.instance.id`. */
  readonly instanceId: string;
  /** `consumer`-type protocols, preferred first. */
  readonly protocols: readonly { readonly name: string; readonly metadata: Uint8Array }[];
}

/** What a group answers to a member that joined. */
export interface JoinAnswer {
  readonly generation: number;
  readonly memberId: string;
  readonly leaderId: string;
  readonly protocol: string;
  /** For the leader; empty for others. */
  readonly members: readonly {
    readonly memberId: string;
    readonly instanceId: string | null;
    readonly metadata: Uint8Array;
  }[];
}

/** Who speaks to a group, and of which generation. */
export interface MemberIdentity {
  readonly group: string;
  readonly generation: number;
  readonly memberId: string;
  readonly instanceId: string;
}

/** A group as its coordinator describes it. */
export interface GroupState {
  /** Such as `Stable`, `PreparingRebalance`, `Empty`, `Dead`. */
  readonly state: string;
  readonly members: readonly {
    readonly memberId: string;
    readonly metadata: Uint8Array;
    readonly assignment: Uint8Array;
  }[];
}

/** A committed offset; -1 where there is none. */
export interface CommittedOffset extends ClientPartition {
  readonly offset: number;
}

/** A topic to create. */
export interface TopicCreation {
  readonly topic: string;
  readonly partitions: number;
  readonly replicationFactor: number;
  readonly configs: Readonly<Record<string, string>>;
}

/** Whom brokers know batches by. */
export interface ProducerIdentity {
  readonly producerId: bigint;
  readonly producerEpoch: number;
}

/** A record batch for a partition. */
export interface BatchToAppend extends ClientPartition {
  readonly batch: Uint8Array;
}

/** What became of a batch. */
export interface AppendedBatch extends ClientPartition {
  /** Null when all in-sync replicas have it. */
  readonly error: KafkaClientError | null;
  /** Of its first record; -1 when it was refused. */
  readonly baseOffset: number;
}

/** Limits of one append. */
export interface AppendLimits {
  /** How long the leader may wait for its in-sync replicas before it says so. */
  readonly replicationMs: number;
  /** How long to wait for the leader's answer. */
  readonly answerMs: number;
}

/**
 * Connections to a cluster, made when they are needed and made again when they were lost. A request is
 * tried once: it answers or throws a {@link KafkaClientError}. `nodeId` names the broker to ask.
 */
export interface KafkaClient {
  /** All topics, or those of these names that exist. Asks any broker that answers. */
  metadata(topics: readonly string[] | "all"): Promise<ClusterMetadata>;
  /** The configuration of each topic that exists, by topic. */
  describeTopicConfigs(
    topics: readonly string[],
  ): Promise<ReadonlyMap<string, Readonly<Record<string, string>>>>;
  /** @throws {KafkaClientError} `TOPIC_ALREADY_EXISTS` and others; topics before it were created */
  createTopics(topics: readonly TopicCreation[]): Promise<void>;
  /** @throws {KafkaClientError} `UNKNOWN_TOPIC_OR_PARTITION` */
  deleteTopics(topics: readonly string[]): Promise<void>;

  /** A producer id that nobody has had. */
  allocateProducerId(): Promise<ProducerIdentity>;
  /**
   * Appends record batches of different partitions that `nodeId` leads, acknowledged by all in-sync
   * replicas; says of each, in their order, what became of it.
   * @throws {KafkaClientError} when nothing is known of any
   */
  append(
    nodeId: number,
    batches: readonly BatchToAppend[],
    limits: AppendLimits,
  ): Promise<readonly AppendedBatch[]>;

  /** What this library unpacks and the runtime does not. */
  readonly unpackers: LibraryUnpackers;
  /** One long poll. Requests of one client to one broker wait for one another. */
  fetch(
    nodeId: number,
    wishes: readonly FetchWish[],
    limits: FetchLimits,
  ): Promise<readonly FetchedBatches[]>;
  /** First or next offsets of partitions that `nodeId` leads. */
  listOffsets(
    nodeId: number,
    partitions: readonly ClientPartition[],
    at: "earliest" | "latest",
  ): Promise<readonly (ClientPartition & { readonly offset: number })[]>;

  /** The node that coordinates a group. */
  findCoordinator(group: string): Promise<number>;
  /** Waits until the group has come together: up to the rebalance timeout. */
  joinGroup(nodeId: number, request: JoinRequest): Promise<JoinAnswer>;
  /** The leader hands in everybody's assignment, others nothing; each gets its own. */
  syncGroup(
    nodeId: number,
    member: MemberIdentity,
    assignments: readonly { readonly memberId: string; readonly assignment: Uint8Array }[],
  ): Promise<Uint8Array>;
  heartbeat(nodeId: number, member: MemberIdentity): Promise<void>;
  leaveGroup(nodeId: number, member: Omit<MemberIdentity, "generation">): Promise<void>;
  /** @throws {KafkaClientError} of the first partition that was refused */
  commitOffsets(
    nodeId: number,
    member: MemberIdentity,
    offsets: readonly CommittedOffset[],
  ): Promise<void>;
  /** Of these partitions, or of all that the group ever committed. */
  fetchOffsets(
    nodeId: number,
    group: string,
    partitions: readonly ClientPartition[] | "all",
  ): Promise<readonly CommittedOffset[]>;
  describeGroup(nodeId: number, group: string): Promise<GroupState>;

  /** Ends all connections, and requests that wait. Idempotent; never rejects. */
  close(): Promise<void>;
}

/** How a client's request may fail without a broker's answer. */
export type ClientFailure =
  /** No connection, or it was lost before the answer: whether the request took effect is unknown. */
  | "CONNECTION"
  /** The answer did not come in time: whether the request took effect is unknown. */
  | "REQUEST_TIMEOUT"
  /** The broker refused who we say we are, or wants to be told, or TLS could not be agreed upon. */
  | "AUTHENTICATION"
  /** The client was closed. */
  | "CLOSED"
  /** Something else, said in the message. */
  | "OTHER";

/**
 * A request failed. `type` is Kafka's own name of the error, such as `NOT_LEADER_OR_FOLLOWER`
 * (https://kafka.apache.org/protocol#protocol_error_codes), or a {@link ClientFailure}.
 */
export class KafkaClientError extends Error {
  readonly type: string;
  /** Whether Kafka's table, or common sense, says that the same request may succeed later. */
  readonly retriable: boolean;

  constructor(
    type: string,
    message: string,
    options: { readonly retriable: boolean; readonly cause?: unknown },
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = "KafkaClientError";
    this.type = type;
    this.retriable = options.retriable;
  }
}
