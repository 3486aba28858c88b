/**
 * What the client contract's tests share: names that nobody else uses, records, and patience with a
 * cluster that is still electing a leader or loading a coordinator.
 *
 * @module
 */

import assert from "node:assert/strict";
import type { ClusterLogConfig } from "../../../kafka/cluster/cluster_config.ts";
import {
  type ClientFetchedRecord,
  type ClientPartition,
  type ClientRecord,
  type JoinAnswer,
  type KafkaClient,
  KafkaClientError,
  type MemberIdentity,
} from "../../../kafka/cluster/kafka_client.ts";
import {
  type FetchedPartition,
  fetchPartitions,
} from "../../../kafka/cluster/fetched_partition.ts";
import { AppendGatherer } from "../../../kafka/cluster/append_gatherer.ts";
import { IdempotentProducer } from "../../../kafka/cluster/idempotent_producer.ts";
import { encodeBatch } from "../../../kafka/cluster/record_batch/encoder.ts";
import { testBrokers } from "../support/test_brokers.ts";

/** Opens a client of one library. */
export type OpenClient = (config: ClusterLogConfig) => KafkaClient | Promise<KafkaClient>;

/** Within it everything that a test waits for must have come. */
export const DEADLINE_MS = 20_000;

/** Limits of a fetch that takes what is there, soon. */
export const LIMITS = { maxWaitMs: 500, maxBytes: 8_000_000, maxPartitionBytes: 1_000_000 };

/** The test's cluster. */
export function contractConfig(): ClusterLogConfig {
  return { kind: "kafka", brokers: testBrokers(), topicPrefix: "" };
}

/** A name that no other test and no earlier run has used. */
export function uniqueName(prefix: string): string {
  return `contract-${prefix}-${crypto.randomUUID().slice(0, 13)}`;
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** UTF-8. */
export function bytes(text: string): Uint8Array {
  return encoder.encode(text);
}

/** From UTF-8. */
export function text(value: Uint8Array | null): string | null {
  return value === null ? null : decoder.decode(value);
}

/** A record with this value and nothing else that matters. */
export function recordOf(value: string, rest: Partial<ClientRecord> = {}): ClientRecord {
  return { key: null, value: bytes(value), headers: {}, timestamp: 1_700_000_000_000, ...rest };
}

/** A client that its test need not close. */
export async function usingClient(
  open: OpenClient,
  body: (client: KafkaClient) => Promise<void>,
  config: ClusterLogConfig = contractConfig(),
): Promise<void> {
  const client = await open(config);
  try {
    await body(client);
  } finally {
    await client.close();
  }
}

/** Asks again while the error says that it may help, as it does while a coordinator loads. */
export async function patiently<T>(request: () => Promise<T>): Promise<T> {
  const before = Date.now() + DEADLINE_MS;
  while (true) {
    try {
      return await request();
    } catch (error) {
      const again = error instanceof KafkaClientError && error.retriable && Date.now() < before;
      if (!again) throw error;
    }
  }
}

/** The node that leads a partition, once there is one. */
export async function leaderOf(client: KafkaClient, place: ClientPartition): Promise<number> {
  const before = Date.now() + DEADLINE_MS;
  while (Date.now() < before) {
    const { topics } = await client.metadata([place.topic]);
    const leader = topics[0]?.partitions[place.partition]?.leader ?? -1;
    if (leader >= 0) return leader;
  }
  throw new Error(`No leader of ${place.topic}/${place.partition} within ${DEADLINE_MS} ms`);
}

/** A new topic's first partition, and the node that leads it. */
export async function newPartition(
  client: KafkaClient,
  configs: Readonly<Record<string, string>> = {},
): Promise<ClientPartition & { readonly leader: number }> {
  const topic = uniqueName("topic");
  await client.createTopics([{ topic, partitions: 1, replicationFactor: 1, configs }]);
  const place = { topic, partition: 0 };
  return { ...place, leader: await leaderOf(client, place) };
}

/** A producer on connections of its own, which it closes. */
export async function openProducer(
  open: OpenClient,
  config: ClusterLogConfig = contractConfig(),
): Promise<IdempotentProducer> {
  return await IdempotentProducer.open(await open(config));
}

/** Appends under an identity of its own. */
export async function send(
  client: KafkaClient,
  { topic, partition }: ClientPartition,
  records: readonly ClientRecord[],
): Promise<number> {
  const identity = await patiently(() => client.allocateProducerId());
  const leader = await leaderOf(client, { topic, partition });
  const batch = encodeBatch(records, { ...identity, sequence: 0 });
  const append = () => new AppendGatherer(client).append(leader, { topic, partition }, batch);
  return (await patiently(append)).baseOffset;
}

/** One fetch of one partition. */
export async function fetchOnce(
  client: KafkaClient,
  { topic, partition, leader }: ClientPartition & { readonly leader: number },
  offset: number,
  limits = LIMITS,
): Promise<FetchedPartition> {
  const wishes = [{ topic, partition, offset }];
  const fetched = await fetchPartitions(client, leader, wishes, limits);
  assert.equal(fetched.length, 1);
  return fetched[0]!;
}

/** Fetches on from `offset` until it has `count` records. */
export async function fetchRecords(
  client: KafkaClient,
  place: ClientPartition & { readonly leader: number },
  count: number,
): Promise<readonly ClientFetchedRecord[]> {
  const before = Date.now() + DEADLINE_MS;
  const records: ClientFetchedRecord[] = [];
  for (let offset = 0; records.length < count && Date.now() < before;) {
    const fetched = await fetchOnce(client, place, offset);
    if (fetched.error !== null) throw fetched.error;
    records.push(...fetched.records);
    offset = fetched.nextOffset;
  }
  assert.equal(records.length, count);
  return records;
}

/** Expects a rejection with this type. */
export async function failsAs(types: string | readonly string[], request: Promise<unknown>) {
  const error = await request.then(() => null, (error: unknown) => error);
  assert.ok(error instanceof KafkaClientError, `expected ${types}, got ${error}`);
  const expected = typeof types === "string" ? [types] : types;
  assert.ok(
    expected.includes(error.type),
    `expected ${types}, got ${error.type}: ${error.message}`,
  );
  return error;
}

/** A subscription as consumers of Kafka write it: version 0, topics, no user data. */
export function subscription(topic: string): Uint8Array {
  const name = bytes(topic);
  const view = new DataView(new ArrayBuffer(2 + 4 + 2 + name.length + 4));
  view.setInt32(2, 1);
  view.setInt16(6, name.length);
  new Uint8Array(view.buffer).set(name, 8);
  view.setInt32(8 + name.length, -1);
  return new Uint8Array(view.buffer);
}

/** An assignment of one partition, in the same form. */
export function assignmentOf({ topic, partition }: ClientPartition): Uint8Array {
  const name = bytes(topic);
  const view = new DataView(new ArrayBuffer(2 + 4 + 2 + name.length + 4 + 4 + 4));
  view.setInt32(2, 1);
  view.setInt16(6, name.length);
  new Uint8Array(view.buffer).set(name, 8);
  view.setInt32(8 + name.length, 1);
  view.setInt32(12 + name.length, partition);
  view.setInt32(16 + name.length, -1);
  return new Uint8Array(view.buffer);
}

/** Joins with a session of six seconds, which every broker permits. */
export function join(
  client: KafkaClient,
  nodeId: number,
  member: {
    readonly group: string;
    readonly topic: string;
    readonly instanceId: string;
    readonly memberId?: string;
  },
): Promise<JoinAnswer> {
  return patiently(() =>
    client.joinGroup(nodeId, {
      group: member.group,
      sessionTimeoutMs: 6_000,
      rebalanceTimeoutMs: 6_000,
      memberId: member.memberId ?? "",
      instanceId: member.instanceId,
      protocols: [{ name: "range", metadata: subscription(member.topic) }],
    })
  );
}

/** How a member speaks after this answer. */
export function identityOf(
  group: string,
  instanceId: string,
  { generation, memberId }: JoinAnswer,
): MemberIdentity {
  return { group, generation, memberId, instanceId };
}
