/**
 * The answer to a fetch, read partition by partition: the library throws an answer in which one
 * partition has an error, and reads every field of every record through a list of buffers.
 *
 * @module
 */

import { codedFailure } from "../client_failures.ts";
import type { FetchedBatches } from "../kafka_client.ts";
import { createAPI, fetchV12, Reader } from "./library.ts";

/** An answer to a fetch. */
export interface FetchAnswer {
  /** Of the whole. */
  readonly errorCode: number;
  readonly partitions: readonly FetchedBatches[];
}

/** The library's request with an answer that we read. */
export const fetchBatches = createAPI<Parameters<typeof fetchV12.createRequest>, FetchAnswer>(
  fetchV12.api.key,
  fetchV12.api.version,
  fetchV12.createRequest,
  (_correlationId, _apiKey, _apiVersion, reader) => readAnswer(reader),
);

/** Fetch response, version 12: https://kafka.apache.org/protocol#The_Messages_Fetch */
function readAnswer(reader: Reader): FetchAnswer {
  reader.readInt32(); // throttle_time_ms
  const errorCode = reader.readInt16();
  reader.readInt32(); // session_id
  const partitions = reader.readArray(() => {
    const topic = reader.readString();
    return reader.readArray(() => readPartition(reader, topic));
  });
  return { errorCode, partitions: partitions.flat() };
}

function readPartition(reader: Reader, topic: string): FetchedBatches {
  const partition = reader.readInt32();
  const errorCode = reader.readInt16();
  const highWatermark = Number(reader.readInt64());
  reader.readInt64(); // last_stable_offset
  reader.readInt64(); // log_start_offset
  reader.readArray(() => [reader.readInt64(), reader.readInt64()]); // aborted_transactions
  reader.readInt32(); // preferred_read_replica
  const batches = reader.readBytes();
  const error = errorCode === 0 ? null : codedFailure(errorCode, `fetch ${topic}/${partition}`);
  return { topic, partition, error, batches, highWatermark };
}
