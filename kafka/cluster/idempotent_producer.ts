/**
 * Sends under sequence numbers, so that a batch sent twice is stored once.
 *
 * The libraries' own producers count for all partitions at once and send again in their own time; that
 * of kafkajs keeps a broker's answer for the next attempt, and so loses what has moved to it meanwhile
 * (kafkajs #1303). Here the promise needs less: one send at a time for each partition, and no other
 * send after a rejection. Then a sequence number is known for certain whenever it is used: the
 * acknowledged records before it.
 *
 * @module
 */

import { AppendGatherer } from "./append_gatherer.ts";
import { SEND_PATIENCE_MS, TOPIC_SPREAD_MS } from "./cluster_settings.ts";
import {
  type ClientPartition,
  type ClientRecord,
  type KafkaClient,
  KafkaClientError,
  type ProducerIdentity,
} from "./kafka_client.ts";
import { closedFailure, namedFailure } from "./client_failures.ts";
import { backoffMs, patiently, wait } from "./patience.ts";
import { encodeBatch } from "./record_batch/encoder.ts";

/**
 * Appends to partitions. Of its caller it asks for two things: one send at a time for each partition,
 * and after a rejection no further send through the same producer.
 */
export interface KafkaProducer {
  /**
   * Appends the records, at least one, as one batch, acknowledged by all in-sync replicas.
   * @throws {KafkaClientError}
   */
  send(to: ClientPartition, records: readonly ClientRecord[]): Promise<{ baseOffset: number }>;
  /** Never rejects. */
  close(): Promise<void>;
}

/** Sequence numbers are non-negative 32-bit integers, and begin again after the last. */
export const SEQUENCES = 2 ** 31;

/** The number of the record after `count` records of which the first has `sequence`. */
export function nextSequence(sequence: number, count: number): number {
  return (sequence + count) % SEQUENCES;
}

/** The producer's end: sent again through it, a batch would meet the same, or worse. The next is another. */
export const ENDS_PRODUCER: ReadonlySet<string> = new Set([
  "OUT_OF_ORDER_SEQUENCE_NUMBER",
  "DUPLICATE_SEQUENCE_NUMBER",
  "INVALID_PRODUCER_EPOCH",
  "PRODUCER_FENCED",
  "UNKNOWN_PRODUCER_ID",
]);

/** What a producer knows of a partition. */
interface Target {
  /** Of its next record. */
  sequence: number;
  /** Null when it is to be asked for. */
  leader: number | null;
}

/** A producer with an identity of its own. */
export class IdempotentProducer implements KafkaProducer {
  readonly #client: KafkaClient;
  readonly #appends: AppendGatherer;
  readonly #identity: ProducerIdentity;
  readonly #targets = new Map<string, Target>();
  readonly #ending = new AbortController();

  private constructor(client: KafkaClient, identity: ProducerIdentity) {
    this.#client = client;
    this.#appends = new AppendGatherer(client);
    this.#identity = identity;
  }

  /**
   * A producer on connections of its own, which it closes. A broker that has just started gives no
   * identities yet, and is waited for.
   * @throws {KafkaClientError} when no identity is to be had; then the client is closed
   */
  static async open(client: KafkaClient, signal?: AbortSignal): Promise<IdempotentProducer> {
    const patience = { forMs: SEND_PATIENCE_MS, ...signal === undefined ? {} : { signal } };
    try {
      const identity = await patiently(() => client.allocateProducerId(), patience);
      return new IdempotentProducer(client, identity);
    } catch (error) {
      await client.close();
      throw error;
    }
  }

  async send(
    to: ClientPartition,
    records: readonly ClientRecord[],
  ): Promise<{ baseOffset: number }> {
    const target = this.#target(to);
    const batch = encodeBatch(records, { ...this.#identity, sequence: target.sequence });
    const began = performance.now();
    for (let failures = 0;; failures++) {
      try {
        target.leader ??= await this.#findLeader(to);
        const { baseOffset } = await this.#appends.append(target.leader, to, batch);
        target.sequence = nextSequence(target.sequence, records.length);
        return { baseOffset };
      } catch (error) {
        target.leader = null;
        const waitMs = backoffMs(failures);
        if (performance.now() - began + waitMs > patienceWith(error)) throw error;
        await wait(waitMs, this.#ending.signal);
        if (this.#ending.signal.aborted) throw closedFailure(appending(to));
      }
    }
  }

  async close(): Promise<void> {
    this.#ending.abort();
    await this.#client.close();
  }

  #target({ topic, partition }: ClientPartition): Target {
    const name = `${topic}/${partition}`;
    let target = this.#targets.get(name);
    if (target === undefined) this.#targets.set(name, target = { sequence: 0, leader: null });
    return target;
  }

  async #findLeader(to: ClientPartition): Promise<number> {
    const { topics } = await this.#client.metadata([to.topic]);
    const found = topics.find(({ topic }) => topic === to.topic)?.partitions
      .find(({ partition }) => partition === to.partition);
    if (found === undefined) {
      throw namedFailure("UNKNOWN_TOPIC_OR_PARTITION", appending(to), "it does not exist");
    }
    if (found.leader >= 0) return found.leader;
    throw namedFailure("LEADER_NOT_AVAILABLE", appending(to), "it has no leader now");
  }
}

/** For how long, from its beginning, a send that has failed so goes on. */
function patienceWith(error: unknown): number {
  if (!(error instanceof KafkaClientError) || !error.retriable) return 0;
  if (ENDS_PRODUCER.has(error.type)) return 0;
  return error.type === "UNKNOWN_TOPIC_OR_PARTITION" ? TOPIC_SPREAD_MS : SEND_PATIENCE_MS;
}

function appending({ topic, partition }: ClientPartition): string {
  return `append to ${topic}/${partition}`;
}
