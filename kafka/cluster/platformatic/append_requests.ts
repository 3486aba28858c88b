/**
 * Requests of a producer. Batches are encoded by us.
 *
 * @module
 */

import { Buffer } from "node:buffer";
import { appendedBatches } from "../append_gatherer.ts";
import { byTopic } from "../by_topic.ts";
import type {
  AppendedBatch,
  AppendLimits,
  BatchToAppend,
  ProducerIdentity,
} from "../kafka_client.ts";
import type { ClusterConnections } from "./cluster_connections.ts";
import { createAPI, initProducerIdV4, ProduceAcks, produceV9, Writer } from "./library.ts";
import { wholeAnswer } from "./metadata_answer.ts";

/** The library's request with batches that we have encoded. */
const produceBatches = createAPI<
  [batches: readonly BatchToAppend[], replicationMs: number],
  produceV9.ProduceResponse
>(
  produceV9.api.key,
  produceV9.api.version,
  (batches: readonly BatchToAppend[], replicationMs: number) =>
    Writer.create()
      .appendString(null)
      .appendInt16(ProduceAcks.ALL)
      .appendInt32(replicationMs)
      .appendArray(
        byTopic(batches, (each) => each),
        (writer, { topic, partitions }) =>
          writer.appendString(topic).appendArray(partitions, (writer, { partition, batch }) =>
            writer.appendInt32(partition)
              .appendBytes(Buffer.from(batch.buffer, batch.byteOffset, batch.byteLength))),
      )
      .appendTaggedFields(),
  produceV9.parseResponse,
);

export async function allocateProducerId(
  connections: ClusterConnections,
): Promise<ProducerIdentity> {
  const { producerId, producerEpoch } = await connections.askAny({
    doing: "open a producer",
    ask: (connection) => initProducerIdV4.api.async(connection, null, 0),
  });
  return { producerId, producerEpoch };
}

export async function append(
  connections: ClusterConnections,
  nodeId: number,
  batches: readonly BatchToAppend[],
  { replicationMs, answerMs }: AppendLimits,
): Promise<readonly AppendedBatch[]> {
  const { responses } = await connections.askNode(nodeId, {
    doing: `append to ${batches.map(({ topic, partition }) => `${topic}/${partition}`).join(", ")}`,
    timeoutMs: answerMs,
    ask: (connection) => wholeAnswer(produceBatches.async(connection, batches, replicationMs)),
  });
  const answers = responses.flatMap(({ name: topic, partitionResponses }) =>
    partitionResponses.map(({ index: partition, errorCode, baseOffset, errorMessage: detail }) => ({
      topic,
      partition,
      errorCode,
      baseOffset: Number(baseOffset),
      detail,
    }))
  );
  return appendedBatches(batches, answers);
}
