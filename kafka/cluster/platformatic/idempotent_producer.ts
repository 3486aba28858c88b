/**
 * Sends under sequence numbers, so that a batch sent twice is stored once.
 *
 * The library's own producer counts for all partitions and all sends at once, sends again in its own
 * time, and cannot be led through a proxy. Here the promise needs less: one send at a time for each
 * partition, and no other send after a rejection. Then a sequence number is known for certain whenever
 * it is used: the acknowledged records before it.
 *
 * @module
 */

import type { Buffer } from "node:buffer";
import { createAPI, initProducerIdV4, ProduceAcks, produceV9, Writer } from "./library.ts";
import { encodeBatch } from "./batch_encoder.ts";
import {
  type ClientPartition,
  type ClientRecord,
  KafkaClientError,
  type KafkaProducer,
} from "../kafka_client.ts";
import { backoffMs, wait } from "../patience.ts";
import { REPLICATION_WAIT_MS, SEND_PATIENCE_MS } from "./client_settings.ts";
import { brokerError, failure, namedError } from "./client_errors.ts";
import type { ClusterConnections } from "./cluster_connections.ts";
import { wholeAnswer } from "./metadata_answer.ts";

/** Sequence numbers are non-negative 32-bit integers, and begin again after the last. */
export const SEQUENCES = 2 ** 31;

/** The library's request with a batch that we have encoded. */
const produceBatch = createAPI<[to: ClientPartition, batch: Buffer], produceV9.ProduceResponse>(
  produceV9.api.key,
  produceV9.api.version,
  ({ topic, partition }: ClientPartition, batch: Buffer) =>
    Writer.create()
      .appendString(null)
      .appendInt16(ProduceAcks.ALL)
      .appendInt32(REPLICATION_WAIT_MS)
      .appendArray(
        [topic],
        (writer) =>
          writer.appendString(topic)
            .appendArray([partition], () => writer.appendInt32(partition).appendBytes(batch)),
      )
      .appendTaggedFields(),
  produceV9.parseResponse,
);

/** Who a producer is to the brokers. */
interface ProducerIdentity {
  readonly producerId: bigint;
  readonly producerEpoch: number;
}

/** A producer with connections and an identity of its own. */
export class IdempotentProducer implements KafkaProducer {
  readonly #connections: ClusterConnections;
  readonly #identity: ProducerIdentity;
  readonly #onClose: (producer: IdempotentProducer) => void;
  /** Of each partition's next record. */
  readonly #sequences = new Map<string, number>();
  readonly #leaders = new Map<string, number>();
  readonly #ending = new AbortController();

  private constructor(
    connections: ClusterConnections,
    identity: ProducerIdentity,
    onClose: (producer: IdempotentProducer) => void,
  ) {
    this.#connections = connections;
    this.#identity = identity;
    this.#onClose = onClose;
  }

  /** Closes the connections when no identity is to be had. @throws {KafkaClientError} */
  static async open(
    connections: ClusterConnections,
    onClose: (producer: IdempotentProducer) => void,
  ): Promise<IdempotentProducer> {
    try {
      const identity = await connections.askAny({
        doing: "open a producer",
        ask: (connection) => initProducerIdV4.api.async(connection, null, 0),
      });
      return new IdempotentProducer(connections, identity, onClose);
    } catch (error) {
      await connections.close();
      throw error;
    }
  }

  async send(
    to: ClientPartition,
    records: readonly ClientRecord[],
  ): Promise<{ baseOffset: number }> {
    const name = `${to.topic}/${to.partition}`;
    if (records.length === 0) throw failure("OTHER", `send to ${name}`, "there are no records");
    const giveUpAt = performance.now() + SEND_PATIENCE_MS;
    for (let failures = 0;; failures++) {
      try {
        return { baseOffset: await this.#sendOnce(to, records) };
      } catch (error) {
        this.#leaders.delete(name);
        const waitMs = backoffMs(failures);
        if (!mayPass(error) || performance.now() + waitMs > giveUpAt) throw error;
        await wait(waitMs, this.#ending.signal);
      }
    }
  }

  async close(): Promise<void> {
    this.#ending.abort();
    this.#onClose(this);
    await this.#connections.close();
  }

  async #sendOnce(to: ClientPartition, records: readonly ClientRecord[]): Promise<number> {
    const name = `${to.topic}/${to.partition}`;
    const doing = `send to ${name}`;
    const leader = this.#leaders.get(name) ?? await this.#findLeader(to, doing);
    const sequence = this.#sequences.get(name) ?? 0;
    const batch = encodeBatch(records, { ...this.#identity, sequence });
    const answer = await this.#connections.askNode(leader, {
      doing,
      waitMs: REPLICATION_WAIT_MS,
      ask: (connection) => wholeAnswer(produceBatch.async(connection, to, batch)),
    });
    const [stored] = answer.responses.flatMap(({ partitionResponses }) => partitionResponses);
    if (stored === undefined) throw failure("OTHER", doing, "the broker's answer leaves it out");
    if (stored.errorCode !== 0) throw brokerError(stored.errorCode, doing, stored.errorMessage);
    this.#sequences.set(name, (sequence + records.length) % SEQUENCES);
    return Number(stored.baseOffset);
  }

  async #findLeader({ topic, partition }: ClientPartition, doing: string): Promise<number> {
    const { topics } = await this.#connections.metadata([topic]);
    const found = topics.find((candidate) => candidate.topic === topic)?.partitions
      .find((candidate) => candidate.partition === partition);
    if (found === undefined) {
      throw namedError("UNKNOWN_TOPIC_OR_PARTITION", doing, "there is no such partition");
    }
    if (found.leader < 0) {
      throw namedError("LEADER_NOT_AVAILABLE", doing, "the partition has no leader now");
    }
    this.#leaders.set(`${topic}/${partition}`, found.leader);
    return found.leader;
  }
}

/** Whether sending again may help. Whoever names a topic that is not there is told so at once. */
function mayPass(error: unknown): boolean {
  return error instanceof KafkaClientError && error.retriable &&
    error.type !== "UNKNOWN_TOPIC_OR_PARTITION";
}
