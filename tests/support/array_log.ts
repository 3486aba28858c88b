/**
 * A log made of arrays, whose publishes a test can watch, refuse or let break off half-way.
 *
 * @module
 */

import {
  type EventLog,
  EventLogError,
  type FetchedBatch,
  type LogReader,
  type LogRecord,
  type PublishedBatch,
  PublishError,
  type RecordBatch,
  type TopicPartitionOffset,
} from "../../kafka/event_log.ts";
import { TOPIC_NAMES } from "../../kafka/topics.ts";

/** What becomes of a publish: `store` it, `refuse` it, or `forget`: store it and say it was refused. */
export type PublishFate = "store" | "refuse" | "forget" | "refuse-for-good";

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { fatal: true });

/** Publishing and reading without a group; groups are what the real logs' tests are for. */
export class ArrayLog {
  readonly partitions: number;
  /** Decides about every publish; by default all are stored. */
  fate: (batches: readonly RecordBatch[]) => PublishFate = () => "store";
  /** Every publish that was tried, refused ones too. */
  readonly tried: (readonly RecordBatch[])[] = [];
  readonly #topics = new Map<string, LogRecord[][]>();
  readonly #changed = new EventTarget();

  constructor(partitions = 3) {
    this.partitions = partitions;
    for (const name of TOPIC_NAMES) {
      this.#topics.set(name, Array.from({ length: partitions }, () => []));
    }
  }

  /** This log as what actors are given. */
  get log(): EventLog {
    return this as unknown as EventLog; // Groups and administration are left out.
  }

  /** All records of a topic, partition by partition. */
  records(topic: string): readonly LogRecord[] {
    return this.#topics.get(topic)!.flat();
  }

  /** Values of a topic's records as JSON. */
  json(topic: string): readonly Record<string, unknown>[] {
    return this.records(topic).map((record) => JSON.parse(record.text ?? "null"));
  }

  partitionCount(_topic: string): Promise<number> {
    return Promise.resolve(this.partitions);
  }

  describeTopics(names: readonly string[] = TOPIC_NAMES) {
    return Promise.resolve(names.map((name) => ({
      name,
      offsets: this.#topics.get(name)!.map((records) => ({ start: 0, end: records.length })),
    })));
  }

  async publish(batches: readonly RecordBatch[]): Promise<readonly PublishedBatch[]> {
    this.tried.push(batches);
    const fate = this.fate(batches);
    await Promise.resolve();
    const stored = fate === "store" || fate === "forget";
    const published = stored ? batches.map((batch) => this.#append(batch)) : [];
    if (fate === "store") return published;
    const retriable = fate !== "refuse-for-good";
    throw new PublishError(`Cannot publish: the test says ${fate}`, {
      published: [],
      rejected: batches,
      retriable,
    });
  }

  openReader(from: readonly TopicPartitionOffset[]): LogReader {
    const positions = from.map((position) => ({ ...position }));
    const changed = this.#changed;
    const fetch = (most: number): readonly FetchedBatch[] =>
      positions.flatMap((position) => {
        const all = this.#topics.get(position.topic)![position.partition]!;
        const records = all.slice(position.offset, position.offset + most);
        if (records.length === 0) return [];
        position.offset += records.length;
        return [{ ...position, records, nextOffset: position.offset, endOffset: all.length }];
      });
    return {
      positions,
      async poll({ timeoutMs, maxRecords = 1000, signal }) {
        const there = fetch(maxRecords);
        if (there.length > 0 || timeoutMs === 0 || signal?.aborted) return there;
        await new Promise<void>((resolve) => {
          const done = () => {
            changed.removeEventListener("append", done);
            signal?.removeEventListener("abort", done);
            resolve();
          };
          changed.addEventListener("append", done);
          signal?.addEventListener("abort", done);
        });
        return fetch(maxRecords);
      },
      seek({ topic, partition, offset }) {
        const position = positions.find((one) =>
          one.topic === topic && one.partition === partition
        );
        if (position === undefined) throw new EventLogError("not-assigned", "not read");
        position.offset = offset;
      },
      close() {},
    };
  }

  #append({ topic, partition, records }: RecordBatch): PublishedBatch {
    const all = this.#topics.get(topic)![partition]!;
    const baseOffset = all.length;
    records.forEach(({ key, value, headers = {}, timestamp = 0 }, i) => {
      const bytes = typeof value === "string" ? encoder.encode(value) : value;
      const offset = baseOffset + i;
      const text = typeof value === "string" ? value : textOf(bytes);
      all.push({ topic, partition, offset, timestamp, key, value: bytes, text, headers });
    });
    this.#changed.dispatchEvent(new Event("append"));
    return { topic, partition, baseOffset, count: records.length };
  }
}

function textOf(bytes: Uint8Array | null): string | null {
  try {
    return bytes === null ? null : decoder.decode(bytes);
  } catch {
    // Bytes that are not UTF-8 have no text, as the interface says.
    return null;
  }
}
