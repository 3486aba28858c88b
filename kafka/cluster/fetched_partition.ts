/**
 * Fetches, with the batches that they bring read.
 *
 * @module
 */

import {
  type ClientFetchedRecord,
  type ClientPartition,
  type FetchedBatches,
  type FetchLimits,
  type FetchWish,
  type KafkaClient,
  KafkaClientError,
} from "./kafka_client.ts";
import { type LibraryUnpackers, UnknownCompressionError } from "./record_batch/compression.ts";
import { readBatches } from "./record_batch/decoder.ts";

/** What a fetch brought of one partition. */
export interface FetchedPartition extends ClientPartition {
  /** What is wrong with this partition; null when nothing is. */
  readonly error: KafkaClientError | null;
  /** The offset asked for. */
  readonly fetchOffset: number;
  /** From `fetchOffset` on; batches of control records are left out. */
  readonly records: readonly ClientFetchedRecord[];
  /**
   * Where to fetch next: after the last whole batch that came, even if compaction left nothing of it;
   * `fetchOffset` when no batch came.
   */
  readonly nextOffset: number;
  /** The offset that the next append will get. */
  readonly highWatermark: number;
}

/** One long poll of one broker. @throws {KafkaClientError} when nothing could be fetched */
export async function fetchPartitions(
  client: KafkaClient,
  nodeId: number,
  wishes: readonly FetchWish[],
  limits: FetchLimits,
): Promise<readonly FetchedPartition[]> {
  if (wishes.length === 0) return [];
  const answers = await client.fetch(nodeId, wishes, limits);
  const offsets = new Map(wishes.map((wish) => [nameOf(wish), wish.offset]));
  return answers.map((answer) =>
    readPartition(answer, offsets.get(nameOf(answer)) ?? 0, client.unpackers)
  );
}

function readPartition(
  { topic, partition, highWatermark, error, batches }: FetchedBatches,
  fetchOffset: number,
  unpackers: LibraryUnpackers,
): FetchedPartition {
  const place = { topic, partition, fetchOffset, highWatermark };
  const nothing = { ...place, records: [], nextOffset: fetchOffset };
  if (error !== null) return { ...nothing, error };
  try {
    return { ...place, ...readBatches(batches, fetchOffset, unpackers), error: null };
  } catch (cause) {
    return { ...nothing, error: unreadable(place, cause) };
  }
}

function unreadable(place: ClientPartition, cause: unknown): KafkaClientError {
  const unknown = cause instanceof UnknownCompressionError;
  const type = unknown ? "UNSUPPORTED_COMPRESSION_TYPE" : "CORRUPT_MESSAGE";
  const why = cause instanceof Error ? cause.message : String(cause);
  return new KafkaClientError(type, `Cannot read what ${nameOf(place)} holds: ${why}`, {
    retriable: false,
    cause,
  });
}

function nameOf({ topic, partition }: ClientPartition): string {
  return `${topic}/${partition}`;
}
