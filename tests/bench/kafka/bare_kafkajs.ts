/**
 * kafkajs by itself.
 *
 * Imported past its declarations, which bring those of another Node.js with them: then nothing that
 * uses newer ones could be checked. What is used of it is declared here.
 *
 * @module
 */

import { Buffer } from "node:buffer";
import LibraryKafka from "kafkajs/src/index.js";
import type { BareClient } from "./bare_client.ts";

/** As the event log's long polls; the consumer's end waits for it. */
const MAX_WAIT_MS = 500;

/** `logLevel.NOTHING`. */
const LOG_NOTHING = 0;

interface Message {
  readonly partition: number;
  readonly key: Buffer | null;
  readonly value: Buffer;
}

interface Connected {
  connect(): Promise<void>;
  disconnect(): Promise<void>;
}

interface Producer extends Connected {
  send(
    records: { readonly topic: string; readonly acks: number; readonly messages: Message[] },
  ): Promise<unknown>;
}

interface Consumer extends Connected {
  readonly events: { readonly GROUP_JOIN: string };
  on(event: string, listener: () => void): () => void;
  subscribe(to: { readonly topics: string[]; readonly fromBeginning: boolean }): Promise<void>;
  run(options: {
    readonly autoCommit: boolean;
    readonly eachBatch: (given: {
      readonly batch: { readonly messages: readonly { readonly value: Buffer | null }[] };
    }) => Promise<void>;
  }): Promise<void>;
}

const Kafka: new (options: {
  readonly brokers: readonly string[];
  readonly clientId: string;
  readonly logLevel: number;
}) => {
  producer(
    options: { readonly idempotent?: boolean; readonly maxInFlightRequests?: number },
  ): Producer;
  consumer(options: { readonly groupId: string; readonly maxWaitTimeInMs: number }): Consumer;
} = LibraryKafka;

/** kafkajs on these brokers. */
export function bareKafkajs(brokers: readonly string[]): BareClient {
  const kafka = new Kafka({ brokers, clientId: "bench", logLevel: LOG_NOTHING });
  return {
    name: "kafkajs",
    async openProducer({ idempotent }) {
      // One request in flight is what it asks for where a producer is idempotent.
      const producer = kafka.producer(idempotent ? { idempotent, maxInFlightRequests: 1 } : {});
      await producer.connect();
      return {
        prepare(topic, partition, records) {
          const messages = records.map(({ key, value }) => ({
            partition,
            key: key === null ? null : Buffer.from(key),
            value: Buffer.from(value),
          }));
          return async () => void await producer.send({ topic, acks: -1, messages });
        },
        [Symbol.asyncDispose]: () => producer.disconnect(),
      };
    },
    async consume(topic, onValues) {
      const consumer = kafka.consumer({ groupId: topic, maxWaitTimeInMs: MAX_WAIT_MS });
      const joined = Promise.withResolvers<void>();
      consumer.on(consumer.events.GROUP_JOIN, () => joined.resolve());
      await consumer.connect();
      await consumer.subscribe({ topics: [topic], fromBeginning: true });
      await consumer.run({
        autoCommit: false,
        eachBatch: ({ batch }) => {
          onValues(batch.messages.flatMap(({ value }) => value ?? []));
          return Promise.resolve();
        },
      });
      await joined.promise;
      return { [Symbol.asyncDispose]: () => consumer.disconnect() };
    },
  };
}
