/**
 * The fetch request, and its answer without the library's reading of batches.
 *
 * @module
 */

import type { Buffer } from "node:buffer";
import { byTopic } from "../by_topic.ts";
import { codedFailure, throwIfFailed } from "../client_failures.ts";
import type { FetchedBatches, FetchLimits, FetchWish } from "../kafka_client.ts";
import { AnswerDecoder, type Call, type Decoder } from "./library.ts";

/** The version whose answer {@link readFetchAnswer} reads: the newest that the library writes. */
const FETCH_VERSION = 11;

/** Everything that is written, whether or not a transaction around it is still open. */
export const READ_UNCOMMITTED = 0;

/** One long poll, to be asked as `requests.Fetch`. */
export function fetchFields(wishes: readonly FetchWish[], limits: FetchLimits) {
  return {
    maxWaitTime: limits.maxWaitMs,
    minBytes: 1,
    maxBytes: limits.maxBytes,
    isolationLevel: READ_UNCOMMITTED,
    topics: byTopic(wishes, ({ partition, offset }) => ({
      partition,
      fetchOffset: offset,
      maxBytes: limits.maxPartitionBytes,
    })),
  };
}

/** Has the answer read by us. */
export function leavingBatches(call: Call<unknown>): Call<unknown> {
  if (call.request.apiVersion !== FETCH_VERSION) {
    throw new TypeError(`Cannot read fetch version ${call.request.apiVersion}`);
  }
  return { ...call, response: { decode: readFetchAnswer } };
}

/** A fetch answers `unknown`, because only {@link leavingBatches} knows what. */
export function isFetched(answer: unknown): answer is readonly FetchedBatches[] {
  return Array.isArray(answer);
}

/** Reads the answer to a fetch of version 11. @throws {KafkaClientError} of the whole request */
export function readFetchAnswer(payload: Buffer): readonly FetchedBatches[] {
  const decoder = new AnswerDecoder(payload);
  decoder.readInt32(); // How long the broker wants us to wait: quotas are not ours to keep.
  throwIfFailed(decoder.readInt16(), "fetch");
  decoder.readInt32(); // The fetch session, of which there is none.
  const answers = decoder.readArray((of) => {
    const topic = of.readString() ?? "";
    return of.readArray((of) => readPartition(of, topic));
  });
  return answers.flat();
}

const NO_BYTES = new Uint8Array();

function readPartition(decoder: Decoder, topic: string): FetchedBatches {
  const partition = decoder.readInt32();
  const errorCode = decoder.readInt16();
  const highWatermark = Number(decoder.readInt64());
  decoder.readInt64(); // Last stable offset.
  decoder.readInt64(); // Log start offset.
  decoder.readArray((aborted) => [aborted.readInt64(), aborted.readInt64()]);
  decoder.readInt32(); // Preferred read replica.
  const batches = decoder.readBytes() ?? NO_BYTES;
  const error = errorCode === 0 ? null : codedFailure(errorCode, `fetch ${topic}/${partition}`);
  return { topic, partition, error, batches, highWatermark };
}
