/**
 * kafkajs used plainly, as its documentation shows: what the log must not do.
 *
 * @module
 */

import type { ClusterLogConfig } from "../../../kafka/cluster/cluster_config.ts";
import type { LoadTransport } from "./acknowledged_load.ts";

/** What of the library is used, whose own types would bring others' into this program. */
interface Library {
  readonly Kafka: new (options: {
    readonly brokers: readonly string[];
    readonly logLevel: number;
    readonly retry: Readonly<Record<string, number>>;
    readonly requestTimeout?: number;
  }) => { producer(options: Readonly<Record<string, unknown>>): Producer };
  readonly logLevel: { readonly NOTHING: number };
}

interface Producer {
  connect(): Promise<void>;
  disconnect(): Promise<void>;
  send(records: {
    readonly topic: string;
    readonly acks: number;
    readonly messages: readonly {
      readonly key: null;
      readonly value: string;
      readonly partition: number;
    }[];
  }): Promise<unknown>;
}

/** Imported by a name that the type checker does not follow. */
const LIBRARY = "kafkajs";

/** How it is used. */
export interface PlainOptions {
  readonly idempotent: boolean;
  /** Of one attempt; by default the library's own. */
  readonly requestTimeout?: number;
  /** By default so many that no send is rejected. */
  readonly retries?: number;
  /** Whether each send has one partition, and records of a rejected one are left alone. */
  readonly givesUp?: boolean;
}

/** No outage of a test lasts so many attempts. */
const RETRIES = 300;

/** A producer that is used on whatever happens. */
export async function plainProducer(
  config: ClusterLogConfig,
  topic: string,
  options: PlainOptions,
): Promise<LoadTransport & AsyncDisposable> {
  const { idempotent, requestTimeout, retries = RETRIES, givesUp = false } = options;
  const { Kafka, logLevel }: Library = await import(LIBRARY);
  const kafka = new Kafka({
    brokers: config.brokers,
    logLevel: logLevel.NOTHING,
    retry: { retries, initialRetryTime: 100, maxRetryTime: 1_000 },
    ...requestTimeout === undefined ? {} : { requestTimeout },
  });
  const producer = kafka.producer({
    idempotent,
    retry: { retries },
    ...idempotent ? { maxInFlightRequests: 1 } : {},
  });
  await producer.connect();
  return {
    async publish(batches) {
      const sends = givesUp ? batches.map((batch) => [batch]) : [batches];
      for (const send of sends) {
        const messages = send.flatMap(({ partition, values }) =>
          values.map((value) => ({ key: null, value, partition }))
        );
        await producer.send({ topic, acks: -1, messages });
      }
    },
    rejected: (_error, batches) => ({ again: givesUp ? [] : batches, stored: [] }),
    [Symbol.asyncDispose]: () => producer.disconnect(),
  };
}
