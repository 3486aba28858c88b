/**
 * A cluster in memory behind the client's interface: partitions are arrays, and a test orders what is
 * to fail. Groups and batches that come from a producer
 * are not part of it.
 *
 * @module
 */

import {
  type ClientFetchedRecord,
  type ClientPartition,
  type ClientRecord,
  type ClusterMetadata,
  type FetchedBatches,
  type FetchLimits,
  type FetchWish,
  type KafkaClient,
  KafkaClientError,
  type ProducerIdentity,
  type TopicCreation,
} from "../../../kafka/cluster/kafka_client.ts";
import type { KafkaProducer } from "../../../kafka/cluster/idempotent_producer.ts";
import { encodeBatch } from "../../../kafka/cluster/record_batch/encoder.ts";
import { BATCH } from "../../../kafka/cluster/record_batch/layout.ts";

/** How a send is to fail: before anything is written, or after, when only the answer is lost. */
export type SendFailure = "lost-before" | "lost-after" | "not-leader" | "too-large" | "invalid";

const TYPES: Readonly<Record<SendFailure, { readonly type: string; readonly retriable: boolean }>> =
  {
    "lost-before": { type: "CONNECTION", retriable: true },
    "lost-after": { type: "CONNECTION", retriable: true },
    "not-leader": { type: "NOT_LEADER_OR_FOLLOWER", retriable: true },
    "too-large": { type: "MESSAGE_TOO_LARGE", retriable: false },
    "invalid": { type: "INVALID_RECORD", retriable: false },
  };

interface MemoryPartition {
  readonly records: ClientFetchedRecord[];
  leader: number;
  start: number;
}

interface MemoryTopic {
  readonly partitions: MemoryPartition[];
  readonly configs: Record<string, string>;
  readonly replicas: readonly number[];
}

/** The cluster that all clients of a test share. */
export class MemoryCluster {
  readonly topics = new Map<string, MemoryTopic>();
  brokers: readonly number[] = [1];
  /** How the next sends fail, in order; null for one that succeeds. */
  sendFailures: (SendFailure | null)[] = [];
  /** Decides on each send by its records; null lets it succeed. */
  refuse: (records: readonly ClientRecord[]) => SendFailure | null = () => null;
  /** How the next requests of a name fail, in order. */
  readonly requestFailures = new Map<string, KafkaClientError[]>();
  /** How often a request was made. */
  readonly requests = new Map<string, number>();
  /** Records of each send that was begun, in order. */
  readonly sends: { readonly producer: number; readonly count: number }[] = [];
  /** Sends wait for it. */
  gate: Promise<void> = Promise.resolve();
  openClients = 0;
  openProducers = 0;
  /** Sends of one partition that were under way together: there must be none. */
  overlaps = 0;
  /** Sends through a producer that had rejected one: there must be none. */
  sendsAfterRejection = 0;
  #producers = 0;
  readonly #underWay = new Set<string>();
  #arrived = Promise.withResolvers<void>();

  createTopic(topic: string, partitions: number): void {
    this.topics.set(topic, {
      configs: {},
      replicas: this.brokers.slice(0, 1),
      partitions: Array.from({ length: partitions }, (_, partition) => ({
        records: [],
        leader: this.brokers[partition % this.brokers.length]!,
        start: 0,
      })),
    });
  }

  partition({ topic, partition }: ClientPartition): MemoryPartition {
    const found = this.topics.get(topic)?.partitions[partition];
    if (found !== undefined) return found;
    throw failure("UNKNOWN_TOPIC_OR_PARTITION", true);
  }

  /** Values of a partition, as text. */
  texts(place: ClientPartition): readonly string[] {
    const decoder = new TextDecoder();
    return this.partition(place).records.map(({ value }) => decoder.decode(value!));
  }

  append(to: ClientPartition, records: readonly ClientRecord[]): number {
    const { records: stored, start } = this.partition(to);
    const baseOffset = start + stored.length;
    for (const [i, record] of records.entries()) {
      stored.push({ ...record, offset: baseOffset + i });
    }
    this.#arrived.resolve();
    this.#arrived = Promise.withResolvers();
    return baseOffset;
  }

  /** Resolves with the next append, or after `ms`. */
  async arrival(ms: number, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, ms);
    signal.addEventListener("abort", () => resolve());
    try {
      await Promise.race([this.#arrived.promise, promise]);
    } finally {
      clearTimeout(timer);
    }
  }

  client(): KafkaClient {
    this.openClients++;
    return new MemoryClient(this);
  }

  count(request: string): void {
    this.requests.set(request, (this.requests.get(request) ?? 0) + 1);
    const ordered = this.requestFailures.get(request)?.shift();
    if (ordered !== undefined) throw ordered;
  }

  async openProducer(): Promise<KafkaProducer> {
    await Promise.resolve();
    this.count("openProducer");
    const producer = ++this.#producers;
    this.openProducers++;
    let rejected = false;
    return {
      send: async (to, records) => {
        if (rejected) this.sendsAfterRejection++;
        try {
          return await this.#send(producer, to, records);
        } catch (error) {
          rejected = true;
          throw error;
        }
      },
      close: () => {
        this.openProducers--;
        return Promise.resolve();
      },
    };
  }

  async #send(
    producer: number,
    to: ClientPartition,
    records: readonly ClientRecord[],
  ): Promise<{ baseOffset: number }> {
    const place = `${to.topic}/${to.partition}`;
    if (this.#underWay.has(place)) this.overlaps++;
    this.#underWay.add(place);
    this.sends.push({ producer, count: records.length });
    try {
      await this.gate;
      const ordered = this.sendFailures.shift() ?? this.refuse(records);
      if (ordered === null || ordered === "lost-after") {
        const baseOffset = this.append(to, records);
        if (ordered === null) return { baseOffset };
      }
      const { type, retriable } = TYPES[ordered];
      throw failure(type, retriable);
    } finally {
      this.#underWay.delete(place);
    }
  }
}

/** A failure as a client throws it. */
export function failure(type: string, retriable: boolean): KafkaClientError {
  return new KafkaClientError(type, `${type} as the test ordered`, { retriable });
}

class MemoryClient implements KafkaClient {
  readonly #cluster: MemoryCluster;
  readonly #closed = new AbortController();

  constructor(cluster: MemoryCluster) {
    this.#cluster = cluster;
  }

  async metadata(names: readonly string[] | "all"): Promise<ClusterMetadata> {
    await this.#request("metadata");
    const { topics, brokers } = this.#cluster;
    const wanted = names === "all" ? [...topics.keys()] : names.filter((name) => topics.has(name));
    return {
      brokers: brokers.map((nodeId) => ({ nodeId, host: "memory", port: nodeId })),
      controllerId: 1,
      topics: wanted.map((topic) => ({
        topic,
        partitions: topics.get(topic)!.partitions.map(({ leader }, partition) => ({
          partition,
          leader,
          replicas: topics.get(topic)!.replicas,
          inSyncReplicas: topics.get(topic)!.replicas,
        })),
      })),
    };
  }

  async describeTopicConfigs(
    names: readonly string[],
  ): Promise<ReadonlyMap<string, Readonly<Record<string, string>>>> {
    await this.#request("describeTopicConfigs");
    const { topics } = this.#cluster;
    return new Map(
      names.filter((name) => topics.has(name)).map((name) => [name, topics.get(name)!.configs]),
    );
  }

  async createTopics(creations: readonly TopicCreation[]): Promise<void> {
    await this.#request("createTopics");
    const { topics, brokers } = this.#cluster;
    for (const { topic, partitions, replicationFactor, configs } of creations) {
      if (topics.has(topic)) throw failure("TOPIC_ALREADY_EXISTS", false);
      this.#cluster.createTopic(topic, partitions);
      const replicas = brokers.slice(0, replicationFactor);
      topics.set(topic, { ...topics.get(topic)!, configs: { ...configs }, replicas });
    }
  }

  async deleteTopics(names: readonly string[]): Promise<void> {
    await this.#request("deleteTopics");
    for (const name of names) this.#cluster.topics.delete(name);
  }

  /** Producers are the cluster's: {@link MemoryCluster.openProducer}. */
  allocateProducerId(): Promise<ProducerIdentity> {
    return Promise.reject(failure("OTHER", false));
  }

  append = unsupported;

  readonly unpackers = {};

  async fetch(
    nodeId: number,
    wishes: readonly FetchWish[],
    limits: FetchLimits,
  ): Promise<readonly FetchedBatches[]> {
    await this.#request("fetch");
    const answers = () => wishes.map((wish) => this.#fetched(nodeId, wish, limits));
    const first = answers();
    if (first.some(({ error, batches }) => error !== null || batches.length > 0)) return first;
    await this.#cluster.arrival(limits.maxWaitMs, this.#closed.signal);
    this.#assertOpen();
    return answers();
  }

  #fetched(nodeId: number, wish: FetchWish, limits: FetchLimits): FetchedBatches {
    const { topic, partition, offset } = wish;
    const nothing = { topic, partition, batches: new Uint8Array() };
    const fails = (type: string, retriable: boolean) => ({
      ...nothing,
      error: failure(type, retriable),
      highWatermark: -1,
    });
    const found = this.#cluster.topics.get(topic)?.partitions[partition];
    if (found === undefined) return fails("UNKNOWN_TOPIC_OR_PARTITION", true);
    if (found.leader !== nodeId) return fails("NOT_LEADER_OR_FOLLOWER", true);
    const highWatermark = found.start + found.records.length;
    if (offset < found.start || offset > highWatermark) return fails("OFFSET_OUT_OF_RANGE", false);
    const records: ClientFetchedRecord[] = [];
    let bytes = 0;
    for (const record of found.records.slice(offset - found.start)) {
      records.push(record);
      bytes += record.value?.length ?? 0;
      if (bytes >= limits.maxPartitionBytes) break;
    }
    const batches = records.length === 0 ? nothing.batches : batchAt(offset, records);
    return { ...nothing, error: null, batches, highWatermark };
  }

  async listOffsets(
    _nodeId: number,
    partitions: readonly ClientPartition[],
    at: "earliest" | "latest",
  ): Promise<readonly (ClientPartition & { readonly offset: number })[]> {
    await this.#request("listOffsets");
    return partitions.map((place) => {
      const { start, records } = this.#cluster.partition(place);
      return { ...place, offset: at === "earliest" ? start : start + records.length };
    });
  }

  findCoordinator = unsupported;
  joinGroup = unsupported;
  syncGroup = unsupported;
  heartbeat = unsupported;
  leaveGroup = unsupported;
  commitOffsets = unsupported;
  fetchOffsets = unsupported;
  describeGroup = unsupported;

  close(): Promise<void> {
    if (!this.#closed.signal.aborted) this.#cluster.openClients--;
    this.#closed.abort();
    return Promise.resolve();
  }

  async #request(name: string): Promise<void> {
    await Promise.resolve();
    this.#assertOpen();
    this.#cluster.count(name);
  }

  #assertOpen(): void {
    if (this.#closed.signal.aborted) throw failure("CLOSED", false);
  }
}

/** What a broker has stored of one producer from this offset on. */
function batchAt(offset: number, records: readonly ClientRecord[]): Uint8Array {
  const batch = encodeBatch(records, { producerId: 1n, producerEpoch: 0, sequence: 0 });
  new DataView(batch.buffer).setBigInt64(BATCH.firstOffset, BigInt(offset));
  return batch;
}

function unsupported(): Promise<never> {
  return Promise.reject(failure("OTHER", false));
}
