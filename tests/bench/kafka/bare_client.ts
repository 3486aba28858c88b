/**
 * A client library by itself, used as its documentation shows: what the floor and the event log are
 * held against.
 *
 * @module
 */

import type { KafkaClientName } from "../../../kafka/cluster/cluster_config.ts";
import { bareKafkajs } from "./bare_kafkajs.ts";
import { barePlatformatic } from "./bare_platformatic.ts";

/** As many as the floor's busy topics have. */
export const PARTITIONS = 6;

/** A record to produce. */
export interface BareRecord {
  readonly key: Uint8Array | null;
  readonly value: Uint8Array;
}

/** A producer, acknowledged by all replicas in sync. */
export interface BareProducer extends AsyncDisposable {
  /** What is sent again and again is prepared once. @returns what sends it */
  prepare(topic: string, partition: number, records: readonly BareRecord[]): () => Promise<void>;
}

/** A library. */
export interface BareClient {
  readonly name: KafkaClientName;
  openProducer(options: { readonly idempotent: boolean }): Promise<BareProducer>;
  /** Reads a topic from its start as the only member of a group. Resolves once it has joined. */
  consume(
    topic: string,
    onValues: (values: readonly Uint8Array[]) => void,
  ): Promise<AsyncDisposable>;
}

/** The library of this name. */
export function bareClient(name: KafkaClientName, brokers: readonly string[]): BareClient {
  return name === "kafkajs" ? bareKafkajs(brokers) : barePlatformatic(brokers);
}

/** How a producer is measured. */
export interface ProduceLoad {
  readonly topic: string;
  readonly record: BareRecord;
  readonly batch: number;
  readonly ms: number;
  readonly idempotent: boolean;
}

/** Records a second: a sender for each partition, each awaiting a batch before the next. */
export async function produced(client: BareClient, load: ProduceLoad): Promise<number> {
  await using producer = await client.openProducer(load);
  const records = Array.from({ length: load.batch }, () => load.record);
  const sends = Array.from(
    { length: PARTITIONS },
    (_, partition) => producer.prepare(load.topic, partition, records),
  );
  await Promise.all(sends.map((send) => send()));
  return await rate(load, sends);
}

/** Records a second of senders that each begin again as soon as they are done. */
export async function rate(
  { batch, ms }: { readonly batch: number; readonly ms: number },
  sends: readonly (() => Promise<unknown>)[],
): Promise<number> {
  const started = performance.now();
  let sent = 0;
  await Promise.all(sends.map(async (send) => {
    while (performance.now() - started < ms) {
      await send();
      sent += batch;
    }
  }));
  return sent / (performance.now() - started) * 1000;
}

/** Records a second of a consumer, from its first values to the last of `count`. */
export async function consumed(client: BareClient, topic: string, count: number): Promise<number> {
  const all = Promise.withResolvers<void>();
  let first = 0;
  let atFirst = 0;
  let seen = 0;
  let bytes = 0;
  await using _consumer = await client.consume(topic, (values) => {
    for (const value of values) bytes += value.length;
    seen += values.length;
    if (first === 0) [first, atFirst] = [performance.now(), seen];
    if (seen >= count) all.resolve();
  });
  await all.promise;
  if (bytes === 0) throw new Error("Cannot trust the figures: the records are empty");
  return (seen - atFirst) / (performance.now() - first) * 1000;
}
