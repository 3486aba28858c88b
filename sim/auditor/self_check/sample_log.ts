/**
 * The reading part of an event log over plain arrays, which may be tampered with at will.
 *
 * @module
 */

import type {
  EventLog,
  FetchedBatch,
  LogReader,
  LogRecord,
  PartitionLag,
  TopicDescription,
  TopicPartition,
  TopicPartitionOffset,
} from "../../../kafka/event_log.ts";
import { type TopicName, topicSettings } from "../../../kafka/topics.ts";

/** A record as the array holds it; its place is its offset. */
export interface StoredRecord {
  key: string | null;
  value: string | Uint8Array | null;
  timestamp: number;
  headers: Record<string, string>;
}

const encoder = new TextEncoder();

/** An event log that can only be read. */
export class SampleLog implements EventLog {
  readonly #topics = new Map<string, StoredRecord[][]>();
  /** Records of `order-commands/0` that the gateway's group has left. */
  behind = 0;

  /** Of every topic. */
  readonly partitions: number;

  constructor(partitions: number) {
    this.partitions = partitions;
    for (const { name } of topicSettings()) {
      this.#topics.set(name, Array.from({ length: partitions }, () => []));
    }
  }

  /** The records of a partition, to be looked at and changed. */
  records(topic: TopicName, partition: number): StoredRecord[] {
    return this.#topics.get(topic)![partition]!;
  }

  /** Removes a topic. */
  forget(topic: TopicName): void {
    this.#topics.delete(topic);
  }

  append(topic: TopicName, partition: number, record: Partial<StoredRecord>): number {
    const records = this.records(topic, partition);
    const { key = null, value = null, timestamp = 1_000 + records.length, headers = {} } = record;
    return records.push({ key, value, timestamp, headers }) - 1;
  }

  /** A record as a reader gets it. */
  read(topic: string, partition: number, offset: number): LogRecord {
    const stored = this.#topics.get(topic)![partition]![offset]!;
    const { key, timestamp, headers } = stored;
    const value = typeof stored.value === "string" ? encoder.encode(stored.value) : stored.value;
    return { topic, partition, offset, timestamp, key, value, text: textOf(value), headers };
  }

  describeTopics(): Promise<readonly TopicDescription[]> {
    return Promise.resolve(
      topicSettings().filter(({ name }) => this.#topics.has(name)).map((settings) => {
        const offsets = this.#topics.get(settings.name)!.map(({ length }) => ({
          start: 0,
          end: length,
        }));
        return { ...settings, partitions: offsets.length, offsets };
      }),
    );
  }

  openReader(positions: readonly TopicPartitionOffset[]): LogReader {
    const next = positions.map((position) => ({ ...position }));
    return {
      positions: next,
      seek: () => {},
      close: () => {},
      poll: ({ maxRecords = 1_000 }) => {
        const batches = next.flatMap((position) => this.#fetch(position, maxRecords));
        return Promise.resolve(batches);
      },
    };
  }

  #fetch(position: TopicPartitionOffset & { offset: number }, most: number): FetchedBatch[] {
    const { topic, partition, offset } = position;
    const endOffset = this.#topics.get(topic)![partition]!.length;
    const nextOffset = Math.min(endOffset, offset + most);
    if (nextOffset === offset) return [];
    const records = Array.from(
      { length: nextOffset - offset },
      (_, i) => this.read(topic, partition, offset + i),
    );
    (position as { offset: number }).offset = nextOffset; // this reader's own copy
    return [{ topic, partition, records, nextOffset, endOffset }];
  }

  partitionCount(topic: string): Promise<number> {
    return Promise.resolve(this.#topics.get(topic)!.length);
  }

  createTopics = refuse;
  deleteTopics = refuse;
  publish = refuse;
  join = refuse;
  describeGroup = refuse;

  /** The gateway's group has caught up, unless told otherwise; the others have no members. */
  lag(group: string): Promise<readonly PartitionLag[]> {
    if (group !== "order-gateway") return Promise.resolve([]);
    const partitions = this.#topics.get("order-commands") ?? [];
    return Promise.resolve(partitions.map(({ length: endOffset }, partition) => {
      const lag = partition === 0 ? this.behind : 0;
      return { topic: "order-commands", partition, offset: endOffset - lag, endOffset, lag };
    }));
  }

  findDrift = refuse;
  clean = refuse;

  close(): Promise<void> {
    return Promise.resolve();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return Promise.resolve();
  }
}

/** Where a record is that fits, as the first one found. */
export function findRecord(
  log: SampleLog,
  topic: TopicName,
  fits: (message: Record<string, unknown>) => boolean,
): TopicPartition & { readonly offset: number; readonly record: StoredRecord } {
  for (let partition = 0; partition < log.partitions; partition++) {
    for (const [offset, record] of log.records(topic, partition).entries()) {
      if (typeof record.value !== "string" || !record.value.startsWith('{"')) continue;
      if (fits(JSON.parse(record.value))) return { topic, partition, offset, record };
    }
  }
  throw new Error(`Cannot find the record in ${topic}: none fits`);
}

function refuse(): Promise<never> {
  return Promise.reject(new Error("Cannot write: the auditor only reads"));
}

function textOf(value: Uint8Array | null): string | null {
  if (value === null) return null;
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(value);
  } catch {
    // Bytes that are not UTF-8 have no text.
    return null;
  }
}
