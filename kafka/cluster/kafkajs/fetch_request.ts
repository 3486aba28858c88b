/**
 * The fetch request, and its answer read by us instead of by the library (`record_batches.ts`).
 *
 * @module
 */

import { Buffer } from "node:buffer";
import {
  type ClientPartition,
  type FetchedPartition,
  type FetchLimits,
  type FetchWish,
  KafkaClientError,
} from "../kafka_client.ts";
import { byTopic } from "./by_topic.ts";
import { AnswerDecoder, type Call, type Decoder } from "./library.ts";
import { protocolError, throwIfFailed } from "./protocol_errors.ts";
import { readBatches } from "./record_batches.ts";

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
export function readingBatches(wishes: readonly FetchWish[]) {
  return (call: Call<unknown>): Call<unknown> => {
    if (call.request.apiVersion !== FETCH_VERSION) {
      throw new TypeError(`Cannot read fetch version ${call.request.apiVersion}`);
    }
    return { ...call, response: { decode: (payload) => readFetchAnswer(payload, wishes) } };
  };
}

/** A fetch answers `unknown`, because only {@link readingBatches} knows what. */
export function isFetched(answer: unknown): answer is readonly FetchedPartition[] {
  return Array.isArray(answer);
}

/** Reads the answer to a fetch of version 11. @throws {KafkaClientError} of the whole request */
export async function readFetchAnswer(
  payload: Buffer,
  wishes: readonly FetchWish[],
): Promise<readonly FetchedPartition[]> {
  const decoder = new AnswerDecoder(payload);
  decoder.readInt32(); // How long the broker wants us to wait: quotas are not ours to keep.
  throwIfFailed(decoder.readInt16(), "fetch");
  decoder.readInt32(); // The fetch session, of which there is none.
  const offsets = new Map(wishes.map((wish) => [placeOf(wish), wish.offset]));
  const answers = decoder.readArray((of) => {
    const topic = of.readString() ?? "";
    return of.readArray((of) => readPartition(of, topic));
  });
  return await Promise.all(
    answers.flat().map((answer) => fetchedPartition(answer, offsets.get(placeOf(answer)) ?? 0)),
  );
}

interface PartitionAnswer extends ClientPartition {
  readonly errorCode: number;
  readonly highWatermark: number;
  readonly batches: Buffer;
}

function readPartition(decoder: Decoder, topic: string): PartitionAnswer {
  const partition = decoder.readInt32();
  const errorCode = decoder.readInt16();
  const highWatermark = Number(decoder.readInt64());
  decoder.readInt64(); // Last stable offset.
  decoder.readInt64(); // Log start offset.
  decoder.readArray((aborted) => [aborted.readInt64(), aborted.readInt64()]);
  decoder.readInt32(); // Preferred read replica.
  const batches = decoder.readBytes() ?? Buffer.alloc(0);
  return { topic, partition, errorCode, highWatermark, batches };
}

async function fetchedPartition(
  { topic, partition, errorCode, highWatermark, batches }: PartitionAnswer,
  fetchOffset: number,
): Promise<FetchedPartition> {
  const nothing = { records: [], nextOffset: fetchOffset };
  const place = { topic, partition, fetchOffset, highWatermark };
  if (errorCode !== 0) {
    return { ...place, ...nothing, error: protocolError(errorCode, `fetch ${placeOf(place)}`) };
  }
  try {
    return { ...place, ...await readBatches(batches, fetchOffset), error: null };
  } catch (cause) {
    return { ...place, ...nothing, error: unreadable(place, cause) };
  }
}

function unreadable(place: ClientPartition, cause: unknown): KafkaClientError {
  const why = cause instanceof Error ? cause.message : String(cause);
  const type = why.includes("compression") ? "UNSUPPORTED_COMPRESSION_TYPE" : "CORRUPT_MESSAGE";
  const message = `Cannot read a batch of ${placeOf(place)}: ${why}`;
  return new KafkaClientError(type, message, { retriable: false, cause });
}

function placeOf({ topic, partition }: ClientPartition): string {
  return `${topic}/${partition}`;
}
