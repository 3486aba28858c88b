/**
 * An idempotent producer. The library's own keeps an answer of a broker for the next attempt, and so
 * loses what has moved to it meanwhile (kafkajs #1303); and it cannot be closed while it tries.
 *
 * @module
 */

import { Buffer } from "node:buffer";
import {
  type ClientPartition,
  type ClientRecord,
  KafkaClientError,
  type KafkaProducer,
} from "../kafka_client.ts";
import type { Brokers } from "./brokers.ts";
import { closedFailure } from "./failures.ts";
import { type LibraryMessage, requests } from "./library.ts";
import { protocolError, throwIfFailed } from "./protocol_errors.ts";
import {
  REPLICATION_TIMEOUT_MS,
  SEND_PATIENCE_MS,
  SEND_PAUSE_MS,
  TOPIC_SPREAD_MS,
  TRANSACTION_TIMEOUT_MS,
} from "./settings.ts";

/** All replicas that are in sync. */
const ALL = -1;

/** Sequence numbers start again after this one. */
const SEQUENCES = 2 ** 31;

/** The producer's end: sent again through it, a batch would meet the same, or worse. */
const ENDS_PRODUCER = new Set([
  "OUT_OF_ORDER_SEQUENCE_NUMBER",
  "DUPLICATE_SEQUENCE_NUMBER",
  "INVALID_PRODUCER_EPOCH",
  "UNKNOWN_PRODUCER_ID",
]);

const UNKNOWN_TOPIC_OR_PARTITION = 3;
const LEADER_NOT_AVAILABLE = 5;

/** Asks for a producer id. @throws {KafkaClientError} */
export async function openKafkajsProducer(brokers: Brokers): Promise<KafkaProducer> {
  const { errorCode, producerId, producerEpoch } = await brokers.askAny(requests.InitProducerId, {
    transactionTimeout: TRANSACTION_TIMEOUT_MS,
  });
  throwIfFailed(errorCode, "open a producer");
  return new KafkajsProducer(brokers, { producerId, producerEpoch });
}

class KafkajsProducer implements KafkaProducer {
  readonly #brokers: Brokers;
  readonly #identity: { readonly producerId: string; readonly producerEpoch: number };
  readonly #sequences = new Map<string, number>();
  readonly #leaders = new Map<string, number>();
  readonly #closed = new AbortController();

  constructor(brokers: Brokers, identity: { producerId: string; producerEpoch: number }) {
    this.#brokers = brokers;
    this.#identity = identity;
  }

  async send(
    to: ClientPartition,
    records: readonly ClientRecord[],
  ): Promise<{ baseOffset: number }> {
    const place = `${to.topic}/${to.partition}`;
    const firstSequence = this.#sequences.get(place) ?? 0;
    const messages = records.map(messageOf);
    const deadline = performance.now() + SEND_PATIENCE_MS;
    let pauseMs: number = SEND_PAUSE_MS.first;
    while (true) {
      const leftMs = deadline - performance.now();
      try {
        const baseOffset = await this.#append(to, { firstSequence, messages, leftMs });
        this.#sequences.set(place, (firstSequence + records.length) % SEQUENCES);
        return { baseOffset };
      } catch (error) {
        const patience = isUnknownTopic(error) ? SEND_PATIENCE_MS - TOPIC_SPREAD_MS : pauseMs;
        if (!this.#mayTryAgain(error) || leftMs < patience) throw error;
      }
      this.#leaders.delete(place);
      await pause(pauseMs, this.#closed.signal);
      pauseMs = Math.min(pauseMs * 2, SEND_PAUSE_MS.last);
    }
  }

  async close(): Promise<void> {
    this.#closed.abort();
    await this.#brokers.close();
  }

  async #append(
    { topic, partition }: ClientPartition,
    { firstSequence, messages, leftMs }: {
      readonly firstSequence: number;
      readonly messages: readonly LibraryMessage[];
      readonly leftMs: number;
    },
  ): Promise<number> {
    const leader = await this.#leaderOf({ topic, partition });
    const answer = await this.#brokers.ask(leader, requests.Produce, {
      ...this.#identity,
      acks: ALL,
      timeout: REPLICATION_TIMEOUT_MS,
      topicData: [{ topic, partitions: [{ partition, firstSequence, messages }] }],
    }, { timeoutMs: Math.max(leftMs, SEND_PAUSE_MS.last) });
    const [appended] = answer.topics[0]?.partitions ?? [];
    throwIfFailed(appended?.errorCode ?? -1, `append to ${topic}/${partition}`);
    return Number(appended!.baseOffset);
  }

  async #leaderOf({ topic, partition }: ClientPartition): Promise<number> {
    const place = `${topic}/${partition}`;
    const known = this.#leaders.get(place);
    if (known !== undefined) return known;
    const { topics } = await this.#brokers.metadata([topic]);
    const found = topics[0]?.partitions.find((candidate) => candidate.partition === partition);
    if (found === undefined) {
      throw protocolError(UNKNOWN_TOPIC_OR_PARTITION, `append to ${place}`, "it does not exist");
    }
    if (found.leader < 0) throw protocolError(LEADER_NOT_AVAILABLE, `append to ${place}`);
    this.#leaders.set(place, found.leader);
    return found.leader;
  }

  #mayTryAgain(error: unknown): boolean {
    return error instanceof KafkaClientError && error.retriable &&
      !this.#closed.signal.aborted && !ENDS_PRODUCER.has(error.type);
  }
}

function isUnknownTopic(error: unknown): boolean {
  return error instanceof KafkaClientError && error.type === "UNKNOWN_TOPIC_OR_PARTITION";
}

function messageOf({ key, value, headers, timestamp }: ClientRecord): LibraryMessage {
  // As text, because the library takes the number 0 for none.
  return { key: buffer(key), value: buffer(value), headers, timestamp: String(timestamp) };
}

function buffer(bytes: Uint8Array | null): Buffer | null {
  if (bytes === null) return null;
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** @throws {KafkaClientError} `CLOSED` when the producer was closed meanwhile */
function pause(ms: number, closed: AbortSignal): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const end = () => reject(closedFailure());
  const timer = setTimeout(resolve, ms);
  closed.addEventListener("abort", end, { once: true });
  return promise.finally(() => {
    clearTimeout(timer);
    closed.removeEventListener("abort", end);
  });
}
