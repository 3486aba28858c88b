/**
 * Requests of a producer. Batches are encoded by us.
 *
 * @module
 */

import { Buffer } from "node:buffer";
import { clientFailure, throwIfFailed } from "../client_failures.ts";
import type { AppendLimits, ClientPartition, ProducerIdentity } from "../kafka_client.ts";
import type { ClusterConnections } from "./cluster_connections.ts";
import { createAPI, initProducerIdV4, ProduceAcks, produceV9, Writer } from "./library.ts";
import { wholeAnswer } from "./metadata_answer.ts";

/** The library's request with a batch that we have encoded. */
const produceBatch = createAPI<
  [to: ClientPartition, batch: Buffer, replicationMs: number],
  produceV9.ProduceResponse
>(
  produceV9.api.key,
  produceV9.api.version,
  ({ topic, partition }: ClientPartition, batch: Buffer, replicationMs: number) =>
    Writer.create()
      .appendString(null)
      .appendInt16(ProduceAcks.ALL)
      .appendInt32(replicationMs)
      .appendArray(
        [topic],
        (writer) =>
          writer.appendString(topic)
            .appendArray([partition], () => writer.appendInt32(partition).appendBytes(batch)),
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
  to: ClientPartition,
  batch: Uint8Array,
  { replicationMs, answerMs }: AppendLimits,
): Promise<{ readonly baseOffset: number }> {
  const doing = `append to ${to.topic}/${to.partition}`;
  const bytes = Buffer.from(batch.buffer, batch.byteOffset, batch.byteLength);
  const { responses } = await connections.askNode(nodeId, {
    doing,
    timeoutMs: answerMs,
    ask: (connection) => wholeAnswer(produceBatch.async(connection, to, bytes, replicationMs)),
  });
  const [stored] = responses.flatMap(({ partitionResponses }) => partitionResponses);
  if (stored === undefined) {
    throw clientFailure("OTHER", doing, "the broker's answer leaves it out");
  }
  throwIfFailed(stored.errorCode, doing, stored.errorMessage);
  return { baseOffset: Number(stored.baseOffset) };
}
