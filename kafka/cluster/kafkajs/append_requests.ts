/**
 * Requests of a producer. Batches are encoded by us.
 *
 * @module
 */

import { Buffer } from "node:buffer";
import { appendedBatches } from "../append_gatherer.ts";
import { byTopic } from "../by_topic.ts";
import { throwIfFailed } from "../client_failures.ts";
import type {
  AppendedBatch,
  AppendLimits,
  BatchToAppend,
  ProducerIdentity,
} from "../kafka_client.ts";
import type { Brokers } from "./brokers.ts";
import { type Call, RequestEncoder, requests } from "./library.ts";
import { TRANSACTION_TIMEOUT_MS } from "./settings.ts";

/** All replicas that are in sync. */
const ALL = -1;

/** The version that {@link carrying} writes: the newest that the library knows. */
const PRODUCE_VERSION = 7;

/** {@link KafkaClient.allocateProducerId} */
export async function allocateProducerId(brokers: Brokers): Promise<ProducerIdentity> {
  const { errorCode, producerId, producerEpoch } = await brokers.askAny(requests.InitProducerId, {
    transactionTimeout: TRANSACTION_TIMEOUT_MS,
  });
  throwIfFailed(errorCode, "open a producer");
  return { producerId: BigInt(producerId), producerEpoch };
}

/** {@link KafkaClient.append} */
export async function append(
  brokers: Brokers,
  nodeId: number,
  batches: readonly BatchToAppend[],
  { replicationMs, answerMs }: AppendLimits,
): Promise<readonly AppendedBatch[]> {
  const { topics } = await brokers.ask(nodeId, requests.Produce, {
    acks: ALL,
    timeout: replicationMs,
    topicData: [],
  }, {
    timeoutMs: answerMs,
    change: (call) => carrying(call, { batches, replicationMs }),
  });
  const answers = topics.flatMap(({ topicName: topic, partitions }) =>
    partitions.map(({ partition, errorCode, baseOffset }) => ({
      topic,
      partition,
      errorCode,
      baseOffset: Number(baseOffset),
    }))
  );
  return appendedBatches(batches, answers);
}

/** The request with these batches: https://kafka.apache.org/protocol#The_Messages_Produce */
function carrying<Answer>(
  call: Call<Answer>,
  { batches, replicationMs }: {
    readonly batches: readonly BatchToAppend[];
    readonly replicationMs: number;
  },
): Call<Answer> {
  if (call.request.apiVersion !== PRODUCE_VERSION) {
    throw new TypeError(`Cannot write produce version ${call.request.apiVersion}`);
  }
  const encode = () => {
    const topics = byTopic(batches, (each) => each);
    const encoder = new RequestEncoder()
      .writeString(null) // No transaction.
      .writeInt16(ALL)
      .writeInt32(replicationMs)
      .writeInt32(topics.length);
    for (const { topic, partitions } of topics) {
      encoder.writeString(topic).writeInt32(partitions.length);
      for (const { partition, batch } of partitions) {
        encoder.writeInt32(partition).writeInt32(batch.length)
          .writeBuffer(Buffer.from(batch.buffer, batch.byteOffset, batch.byteLength));
      }
    }
    return Promise.resolve(encoder);
  };
  return { ...call, request: { ...call.request, encode } };
}
