/**
 * One partition of a reader: what it has at hand, and where it asks on.
 *
 * @module
 */

import {
  EventLogError,
  type FetchedBatch,
  type LogRecord,
  type TopicPartition,
  type TopicPartitionOffset,
} from "../event_log.ts";
import { ClusterRecord } from "./cluster_record.ts";
import type { FetchedPartition } from "./fetched_partition.ts";
import type { ClientFetchedRecord } from "./kafka_client.ts";

interface Chunk {
  readonly records: readonly ClientFetchedRecord[];
  /** Records before it have been handed out. */
  taken: number;
  nextOffset: number;
  readonly endOffset: number;
  readonly bytesPerRecord: number;
}

/** Records fetched and not yet handed out, in order. */
export class FetchCursor implements TopicPartition {
  readonly topic: string;
  /** The topic's name on the cluster. */
  readonly clusterTopic: string;
  readonly partition: number;
  /** What its polls fail with; told once, and then it is tried again. */
  failure: EventLogError | null = null;
  /** Failures in a row, and when it may be asked for again, by `performance.now()`. */
  failures = 0;
  askAgainAt = 0;
  /** Since when it has failed without end; null when it does not. */
  failingSince: number | null = null;
  #chunks: Chunk[] = [];
  #position: number;
  #wanted: number;
  #records = 0;
  #bytes = 0;

  /** @throws {EventLogError} `offset-out-of-range` when the offset is none */
  constructor(place: TopicPartitionOffset, clusterTopic: string) {
    this.topic = place.topic;
    this.clusterTopic = clusterTopic;
    this.partition = place.partition;
    this.#position = this.#wanted = checkedOffset(place);
  }

  /** The offset of the next record to be handed out. */
  get position(): number {
    return this.#position;
  }

  /** The offset to fetch next. */
  get wanted(): number {
    return this.#wanted;
  }

  /** Records at hand. */
  get records(): number {
    return this.#records;
  }

  /** Bytes of keys and values at hand, about. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Reads from `place` next; what is at hand is dropped. */
  seek(place: TopicPartitionOffset): void {
    this.#position = this.#wanted = checkedOffset(place);
    this.#chunks = [];
    this.#records = this.#bytes = 0;
    this.failure = this.failingSince = null;
    this.failures = this.askAgainAt = 0;
  }

  /** Takes an answer in; one to a question that is not asked any more is dropped. */
  accept(answer: FetchedPartition): boolean {
    if (answer.error !== null || answer.fetchOffset !== this.#wanted) return false;
    this.failures = this.askAgainAt = 0;
    this.failingSince = null;
    const { records, nextOffset, highWatermark: endOffset } = answer;
    if (nextOffset === this.#wanted) return true;
    this.#wanted = nextOffset;
    if (records.length > 0) {
      const bytes = bytesOf(records);
      const bytesPerRecord = bytes / records.length;
      this.#chunks.push({ records, taken: 0, nextOffset, endOffset, bytesPerRecord });
      this.#records += records.length;
      this.#bytes += bytes;
      return true;
    }
    // Nothing was left of what was there: the hole belongs to what came before it.
    const last = this.#chunks.at(-1);
    if (last === undefined) this.#position = nextOffset;
    else last.nextOffset = nextOffset;
    return true;
  }

  /** At most `maxRecords` of what is at hand, of however many answers; null when nothing is. */
  take(maxRecords: number): FetchedBatch | null {
    const records: LogRecord[] = [];
    let endOffset = 0;
    for (let chunk; records.length < maxRecords && (chunk = this.#chunks[0]) !== undefined;) {
      this.#takeOf(chunk, maxRecords - records.length, records);
      endOffset = chunk.endOffset;
    }
    if (records.length === 0) return null;
    const { topic, partition } = this;
    const nextOffset = this.#position;
    return { topic, partition, records, nextOffset, endOffset: Math.max(endOffset, nextOffset) };
  }

  #takeOf(chunk: Chunk, most: number, into: LogRecord[]): void {
    const count = Math.min(most, chunk.records.length - chunk.taken);
    for (let i = 0; i < count; i++) {
      into.push(new ClusterRecord(this, chunk.records[chunk.taken + i]!));
    }
    chunk.taken += count;
    this.#records -= count;
    const whole = chunk.taken === chunk.records.length;
    if (whole) this.#chunks.shift();
    this.#bytes = this.#records === 0 ? 0 : this.#bytes - count * chunk.bytesPerRecord;
    this.#position = whole ? chunk.nextOffset : into.at(-1)!.offset + 1;
  }
}

function bytesOf(records: readonly ClientFetchedRecord[]): number {
  let bytes = 0;
  for (const { key, value } of records) {
    bytes += (key === null ? 0 : key.length) + (value === null ? 0 : value.length);
  }
  return bytes;
}

function checkedOffset({ topic, partition, offset }: TopicPartitionOffset): number {
  if (Number.isSafeInteger(offset) && offset >= 0) return offset;
  throw new EventLogError(
    "offset-out-of-range",
    `Cannot read "${topic}"/${partition} at ${offset}: an offset is a whole number from 0`,
  );
}
