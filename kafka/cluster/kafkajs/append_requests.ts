/**
 * Requests of a producer. Batches are encoded by us.
 *
 * @module
 */

import { Buffer } from "node:buffer";
import { throwIfFailed } from "../client_failures.ts";
import type { AppendLimits, ClientPartition, ProducerIdentity } from "../kafka_client.ts";
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
  to: ClientPartition,
  batch: Uint8Array,
  { replicationMs, answerMs }: AppendLimits,
): Promise<{ readonly baseOffset: number }> {
  const { topic, partition } = to;
  const answer = await brokers.ask(nodeId, requests.Produce, {
    acks: ALL,
    timeout: replicationMs,
    topicData: [],
  }, {
    timeoutMs: answerMs,
    change: (call) => carrying(call, { to, batch, replicationMs }),
  });
  const [appended] = answer.topics[0]?.partitions ?? [];
  throwIfFailed(appended?.errorCode ?? -1, `append to ${topic}/${partition}`);
  return { baseOffset: Number(appended?.baseOffset) };
}

/** The request with one batch of one partition: https://kafka.apache.org/protocol#The_Messages_Produce */
function carrying<Answer>(
  call: Call<Answer>,
  { to: { topic, partition }, batch, replicationMs }: {
    readonly to: ClientPartition;
    readonly batch: Uint8Array;
    readonly replicationMs: number;
  },
): Call<Answer> {
  if (call.request.apiVersion !== PRODUCE_VERSION) {
    throw new TypeError(`Cannot write produce version ${call.request.apiVersion}`);
  }
  const encode = () =>
    Promise.resolve(
      new RequestEncoder()
        .writeString(null) // No transaction.
        .writeInt16(ALL)
        .writeInt32(replicationMs)
        .writeInt32(1)
        .writeString(topic)
        .writeInt32(1)
        .writeInt32(partition)
        .writeInt32(batch.length)
        .writeBuffer(Buffer.from(batch.buffer, batch.byteOffset, batch.byteLength)),
    );
  return { ...call, request: { ...call.request, encode } };
}
