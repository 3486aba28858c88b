/**
 * One partition: its batches in order, and who reads on in it.
 *
 * @module
 */

import type { LogRecord, TopicPartition } from "../event_log.ts";
import { overtaken } from "./compaction.ts";
import { keepOf, type MemoryBatch } from "./memory_batch.ts";

/** Somebody who reads on and wants to know when there is more. */
export interface PartitionWatcher {
  /** Something was appended, or the partition is gone. */
  changed(): void;
}

/** Records read on from a place, and where to go on. */
export interface ReadOn {
  readonly records: readonly LogRecord[];
  readonly nextOffset: number;
}

/** Records of one partition. */
export class MemoryPartition implements TopicPartition {
  readonly topic: string;
  readonly partition: number;
  readonly #watchers = new Set<PartitionWatcher>();
  #batches: MemoryBatch[] = [];
  #start = 0;
  #end = 0;
  #deleted = false;

  constructor({ topic, partition }: TopicPartition) {
    this.topic = topic;
    this.partition = partition;
  }

  /** Where it begins, since retention has removed what was before. */
  get start(): number {
    return this.#start;
  }

  /** The offset that the next append will get. */
  get end(): number {
    return this.#end;
  }

  /** Whether its topic has been deleted. */
  get isDeleted(): boolean {
    return this.#deleted;
  }

  /** Gives the batch its offsets, and its stamp where that is the log's. Its first offset. */
  append(batch: MemoryBatch, now: number): number {
    const baseOffset = this.#end;
    batch.origin.baseOffset = baseOffset;
    if (batch.stampedByLog) batch.origin.timestamp = now;
    this.#batches.push(batch);
    this.#end += batch.span;
    for (const watcher of this.#watchers) watcher.changed();
    return baseOffset;
  }

  /** About `maxRecords` from `offset` on, whole batches at a time; null when there are none. */
  read(offset: number, maxRecords: number): ReadOn | null {
    let records: readonly LogRecord[] = [];
    let gathered: LogRecord[] | null = null;
    let nextOffset = offset;
    for (let i = this.#indexOf(offset); i < this.#batches.length; i++) {
      if (records.length >= maxRecords) break;
      const batch = this.#batches[i]!;
      const more = recordsFrom(batch, offset);
      nextOffset = endOf(batch);
      // One whole batch is what most polls find: handed out as it is, without a copy.
      if (records.length === 0) records = more;
      else {
        if (gathered === null) records = gathered = records.slice();
        // V8 makes an object for each step of `for of` over an array that is frozen.
        for (let at = 0; at < more.length; at++) gathered.push(more[at]!);
      }
    }
    return records.length === 0 ? null : { records, nextOffset };
  }

  /** Keeps of every key the last record. How many records went. */
  compact(): number {
    const isOvertaken = overtaken(this.#batches.flatMap(({ records }) => records));
    let removed = 0;
    this.#batches = this.#batches.flatMap((batch) => {
      const kept = batch.records.filter((record) => !isOvertaken(record));
      removed += batch.records.length - kept.length;
      if (kept.length === batch.records.length) return [batch];
      return kept.length === 0 ? [] : [keepOf(batch, kept)];
    });
    return removed;
  }

  /**
   * Removes, from the start on, the batches that are all older than `horizon`. The newest batch stays
   * in any case. How many records went.
   */
  expire(horizon: number): number {
    let expired = 0;
    let removed = 0;
    while (
      expired < this.#batches.length - 1 && this.#batches[expired]!.origin.timestamp < horizon
    ) {
      removed += this.#batches[expired]!.records.length;
      expired++;
    }
    if (expired === 0) return 0;
    this.#batches.splice(0, expired);
    this.#start = this.#batches[0]!.origin.baseOffset;
    return removed;
  }

  /** Ends it: whoever reads it is told so at the next look. */
  delete(): void {
    this.#deleted = true;
    this.#batches = [];
    for (const watcher of this.#watchers) watcher.changed();
  }

  watch(watcher: PartitionWatcher): void {
    this.#watchers.add(watcher);
  }

  unwatch(watcher: PartitionWatcher): void {
    this.#watchers.delete(watcher);
  }

  /** Of the first batch that has offsets from `offset` on. */
  #indexOf(offset: number): number {
    let low = 0;
    let high = this.#batches.length;
    // Whoever reads along is nearly always at the last one.
    if (high > 0 && this.#batches[high - 1]!.origin.baseOffset <= offset) low = high - 1;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (endOf(this.#batches[middle]!) <= offset) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

function endOf({ origin, span }: MemoryBatch): number {
  return origin.baseOffset + span;
}

function recordsFrom(batch: MemoryBatch, offset: number): readonly LogRecord[] {
  const { origin, span, records } = batch;
  if (offset <= origin.baseOffset) return records;
  if (records.length === span) return records.slice(offset - origin.baseOffset);
  return records.filter((record) => record.offset >= offset);
}
