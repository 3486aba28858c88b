/** A log that is a list of records in memory, for reading only: no groups, no publishing. */

import {
  type EventLog,
  EventLogError,
  type FetchedBatch,
  type LogReader,
  type LogRecord,
  type PollOptions,
  type TopicDescription,
  type TopicPartitionOffset,
} from "../../../kafka/event_log.ts";

/** Reads like any log; tests append to it. */
export class ListLog implements EventLog {
  /** Readers that are open now. */
  readers = 0;
  readonly #partitions = new Map<string, LogRecord[]>();
  readonly #counts: Readonly<Record<string, number>>;
  #wake = Promise.withResolvers<void>();

  /** @param counts partitions by topic */
  constructor(counts: Readonly<Record<string, number>>) {
    this.#counts = counts;
  }

  append(...records: readonly LogRecord[]): void {
    for (const record of records) this.recordsOf(record).push(record);
    this.#wake.resolve();
    this.#wake = Promise.withResolvers();
  }

  recordsOf({ topic, partition }: { topic: string; partition: number }): LogRecord[] {
    const name = `${topic}/${partition}`;
    const records = this.#partitions.get(name) ?? [];
    this.#partitions.set(name, records);
    return records;
  }

  partitionCount(topic: string): Promise<number> {
    const count = this.#counts[topic];
    return count === undefined
      ? Promise.reject(new EventLogError("unknown-topic", `Cannot count: no topic ${topic}`))
      : Promise.resolve(count);
  }

  describeTopics(names?: readonly string[]): Promise<readonly TopicDescription[]> {
    const wanted = Object.entries(this.#counts).filter(([name]) => names?.includes(name) ?? true);
    return Promise.resolve(wanted.map(([name, partitions]) => ({
      name,
      partitions,
      cleanup: "keep",
      retentionMs: null,
      timestampType: "create-time",
      offsets: Array.from({ length: partitions }, (_, partition) => ({
        start: 0,
        end: this.recordsOf({ topic: name, partition }).length,
      })),
    })));
  }

  openReader(positions: readonly TopicPartitionOffset[]): LogReader {
    this.readers++;
    let open = true;
    const places = positions.map((position) => ({ ...position }));
    return {
      get positions() {
        return places;
      },
      poll: async (options) => {
        const found = this.#read(places, options);
        if (found.length > 0 || options.timeoutMs === 0) return found;
        await this.#wait(options);
        return this.#read(places, options);
      },
      seek: ({ topic, partition, offset }) => {
        const place = places.find((one) => one.topic === topic && one.partition === partition);
        if (place !== undefined) place.offset = offset;
      },
      close: () => {
        if (open) this.readers--;
        open = false;
      },
    };
  }

  #read(
    places: { topic: string; partition: number; offset: number }[],
    { maxRecords = 1_000 }: PollOptions,
  ): readonly FetchedBatch[] {
    return places.flatMap((place) => {
      const { topic, partition, offset } = place;
      const all = this.recordsOf(place);
      const records = all.slice(offset, offset + maxRecords);
      if (records.length === 0) return [];
      place.offset = offset + records.length;
      return [{ topic, partition, records, nextOffset: place.offset, endOffset: all.length }];
    });
  }

  async #wait({ timeoutMs, signal }: PollOptions): Promise<void> {
    const over = Promise.withResolvers<void>();
    const timer = setTimeout(over.resolve, timeoutMs);
    const abort = () => over.resolve();
    signal?.addEventListener("abort", abort);
    if (signal?.aborted) over.resolve();
    await Promise.race([this.#wake.promise, over.promise]);
    clearTimeout(timer);
    signal?.removeEventListener("abort", abort);
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  createTopics = refuse;
  deleteTopics = refuse;
  publish = refuse;
  join = refuse;
  describeGroup = refuse;
  lag = refuse;
  findDrift = refuse;
  clean = refuse;
}

function refuse(): Promise<never> {
  return Promise.reject(new Error("Cannot do this: a ListLog is only for reading"));
}
