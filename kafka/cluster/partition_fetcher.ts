/**
 * Reads partitions by long polls, on connections of its own.
 *
 * Each broker that leads something is asked for everything that it leads, one request at a time. What
 * comes is kept until it is polled, and an answer counts only if it is to the question that its
 * partition asks now: a partition that was sought or given away meanwhile has another.
 *
 * @module
 */

import { setImmediate } from "node:timers";
import {
  EventLogError,
  type FetchedBatch,
  type PollOptions,
  type TopicPartitionOffset,
} from "../event_log.ts";
import type { ClusterNames } from "./cluster_names.ts";
import { DEFAULT_MAX_RECORDS, MAX_FETCH_LANES, PREFETCH_BELOW } from "./cluster_settings.ts";
import type { ClusterView } from "./cluster_view.ts";
import { FetchCursor } from "./fetch_cursor.ts";
import { FetchFailures } from "./fetch_failures.ts";
import { FetchLane } from "./fetch_lane.ts";
import type { FetchedPartition } from "./fetched_partition.ts";
import type { KafkaClient } from "./kafka_client.ts";
import { closedError } from "./log_errors.ts";

/** What a fetcher works with. */
export interface FetcherParts {
  readonly view: ClusterView;
  readonly names: ClusterNames;
  /** A fresh set of connections. */
  readonly openClient: () => Promise<KafkaClient>;
  /** Aborts when the log is closed. */
  readonly closed: AbortSignal;
}

/** Fetches what it is assigned. Not for use by two callers at a time. */
export class PartitionFetcher {
  readonly #parts: FetcherParts;
  readonly #failures: FetchFailures;
  readonly #lanes: FetchLane[] = [];
  #cursors = new Map<string, FetchCursor>();
  /** Whose turn it is to be handed out first, and to be asked for first. */
  #turn = 0;
  #round = 0;
  #pumping = false;
  #pumpAgain = false;
  /** A poll waits, so that it is worth asking on. */
  #waiting = false;
  #wake: () => void = () => {};
  #interruption: () => void = () => {};
  #retryTimer: ReturnType<typeof setTimeout> | undefined;
  #closing: Promise<void> | null = null;

  constructor(parts: FetcherParts) {
    this.#parts = parts;
    this.#failures = new FetchFailures(parts, () => this.#lanes[0]?.client() ?? null);
    parts.closed.addEventListener("abort", this.#closeSilently);
  }

  /** Where it reads on, for each of its partitions. */
  get positions(): readonly TopicPartitionOffset[] {
    return [...this.#cursors.values()].map(({ topic, partition, position: offset }) => ({
      topic,
      partition,
      offset,
    }));
  }

  /**
   * Reads these partitions and no others. What is at hand of one that is read from the same place on
   * is kept.
   * @throws {EventLogError} `offset-out-of-range` when an offset is no whole number from 0
   */
  assign(positions: readonly TopicPartitionOffset[]): void {
    const next = new Map<string, FetchCursor>();
    for (const place of positions) {
      const name = nameOf(place);
      const before = this.#cursors.get(name);
      const kept = before !== undefined && before.position === place.offset;
      const clusterTopic = this.#parts.names.topic(place.topic);
      next.set(name, kept ? before : new FetchCursor(place, clusterTopic));
    }
    this.#cursors = next;
    if (this.#waiting) this.#pump();
  }

  /** Reads one of its partitions from `offset` next. @throws {EventLogError} `not-assigned` */
  seek(place: TopicPartitionOffset): void {
    const cursor = this.#cursors.get(nameOf(place));
    if (cursor === undefined) {
      throw new EventLogError(
        "not-assigned",
        `Cannot seek in ${nameOf(place)}: it is not being read`,
      );
    }
    cursor.seek(place);
    if (this.#waiting) this.#pump();
  }

  /**
   * What is at hand, else what comes first within the time.
   * @throws {EventLogError} `unknown-topic`, `unknown-partition`, `offset-out-of-range`,
   * `log-unavailable`, `log-closed`
   */
  async poll(options: PollOptions): Promise<readonly FetchedBatch[]> {
    const { timeoutMs, maxRecords = DEFAULT_MAX_RECORDS, signal } = options;
    this.#assertOpen();
    let found = this.#take(maxRecords);
    this.#pump();
    if (found.length > 0) {
      // A reader with a backlog would otherwise never let its thread hear a message.
      await new Promise<void>((resolve) => void setImmediate(resolve));
      return found;
    }
    if (timeoutMs <= 0 || signal?.aborted === true) return found;
    let over = false;
    const finish = () => {
      over = true;
      this.#wake();
    };
    const timer = setTimeout(finish, timeoutMs);
    signal?.addEventListener("abort", finish);
    this.#waiting = true;
    try {
      while (!over && found.length === 0) {
        const woken = Promise.withResolvers<void>();
        this.#wake = woken.resolve;
        this.#interruption = finish;
        await woken.promise;
        if (this.#parts.closed.aborted) throw closedError("read records");
        if (this.#closing !== null) return [];
        found = this.#take(maxRecords);
        if (found.length === 0) this.#throwFailure();
      }
      return found;
    } finally {
      this.#waiting = false;
      this.#wake = this.#interruption = () => {};
      clearTimeout(timer);
      signal?.removeEventListener("abort", finish);
    }
  }

  /** Ends a poll that waits, with nothing. */
  interrupt(): void {
    this.#interruption();
  }

  /** Ends its connections, and a poll that waits with nothing. Idempotent; never rejects. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    this.#parts.closed.removeEventListener("abort", this.#closeSilently);
    clearTimeout(this.#retryTimer);
    this.#wake();
    await Promise.all(this.#lanes.map((lane) => lane.close()));
  }

  readonly #closeSilently = (): void => void this.close();

  #assertOpen(): void {
    if (this.#parts.closed.aborted) throw closedError("read records");
    if (this.#closing === null) return;
    throw new EventLogError("log-closed", "Cannot read records: the reader is closed");
  }

  /** A failure is told when nothing else is at hand, so that one partition stops no other. */
  #take(maxRecords: number): readonly FetchedBatch[] {
    const batches: FetchedBatch[] = [];
    const cursors = [...this.#cursors.values()];
    let left = maxRecords;
    for (let i = 0; i < cursors.length && left > 0; i++) {
      const cursor = cursors[(this.#turn + i) % cursors.length]!;
      const batch = cursor.take(left);
      if (batch === null) continue;
      batches.push(batch);
      left -= batch.records.length;
    }
    this.#turn = cursors.length === 0 ? 0 : (this.#turn + 1) % cursors.length;
    if (batches.length === 0) this.#throwFailure();
    return batches;
  }

  #throwFailure(): void {
    for (const cursor of this.#cursors.values()) {
      const { failure } = cursor;
      if (failure === null) continue;
      cursor.failure = null;
      throw failure;
    }
  }

  /** Sees to it that everything that should be asked for is. */
  #pump(): void {
    if (this.#pumping) {
      this.#pumpAgain = true;
      return;
    }
    this.#pumping = true;
    void this.#pumpOnce().finally(() => {
      this.#pumping = false;
      if (!this.#pumpAgain) return;
      this.#pumpAgain = false;
      this.#pump();
    });
  }

  async #pumpOnce(): Promise<void> {
    if (this.#closing !== null || !this.#hungry()) return;
    const now = performance.now();
    const byNode = new Map<number, FetchCursor[]>();
    let nextTry = Infinity;
    // An answer is filled in the order of the question.
    const first = this.#round++ % Math.max(1, this.#cursors.size);
    const cursors = [...this.#cursors.values()];
    const due = [...cursors.slice(first), ...cursors.slice(0, first)].filter((cursor) => {
      if (cursor.failure !== null) return false;
      if (cursor.askAgainAt <= now) return true;
      nextTry = Math.min(nextTry, cursor.askAgainAt);
      return false;
    });
    await Promise.all(due.map(async (cursor) => {
      const leader = await this.#failures.leaderOf(cursor);
      if (leader === null) nextTry = Math.min(nextTry, cursor.askAgainAt);
      else byNode.set(leader, [...byNode.get(leader) ?? [], cursor]);
    }));
    if (this.#closing !== null) return;
    for (const [node, cursors] of byNode) this.#ask(node, cursors);
    if (due.some(({ failure }) => failure !== null)) this.#wake();
    if (nextTry !== Infinity) this.#pumpAt(nextTry);
  }

  #hungry(): boolean {
    let records = 0;
    let bytes = 0;
    for (const cursor of this.#cursors.values()) {
      records += cursor.records;
      bytes += cursor.bytes;
    }
    return records < PREFETCH_BELOW.records && bytes < PREFETCH_BELOW.bytes;
  }

  /** Asks unless the same questions are under way already. */
  #ask(node: number, cursors: readonly FetchCursor[]): void {
    let free: FetchLane | null = null;
    const unasked = new Set(cursors);
    for (const lane of this.#lanes) {
      if (!lane.isBusy(node)) free ??= lane;
      else for (const cursor of lane.askedOf(node)) unasked.delete(cursor);
    }
    if (unasked.size === 0) return;
    if (free === null) {
      if (this.#lanes.length >= MAX_FETCH_LANES) return;
      free = new FetchLane(this.#parts.openClient);
      this.#lanes.push(free);
    }
    void this.#fetch(free, node, cursors);
  }

  async #fetch(lane: FetchLane, node: number, cursors: readonly FetchCursor[]): Promise<void> {
    try {
      const answers = await lane.fetch(node, cursors);
      for (const answer of answers) await this.#accept(answer, cursors);
    } catch (error) {
      this.#failures.request(error, cursors.filter((cursor) => this.#reads(cursor)));
    }
    if (this.#closing !== null) return;
    this.#wake();
    if (this.#waiting) this.#pump();
  }

  async #accept(answer: FetchedPartition, cursors: readonly FetchCursor[]): Promise<void> {
    const cursor = cursors.find((each) =>
      each.partition === answer.partition && each.clusterTopic === answer.topic
    );
    if (cursor === undefined || !this.#reads(cursor)) return;
    if (answer.error === null) cursor.accept(answer);
    else if (answer.fetchOffset === cursor.wanted) await this.#failures.partition(answer, cursor);
  }

  #reads(cursor: FetchCursor): boolean {
    return this.#cursors.get(nameOf(cursor)) === cursor;
  }

  #pumpAt(time: number): void {
    clearTimeout(this.#retryTimer);
    this.#retryTimer = setTimeout(() => {
      if (this.#waiting) this.#pump();
    }, Math.max(0, time - performance.now()));
  }
}

function nameOf({ topic, partition }: { topic: string; partition: number }): string {
  return `"${topic}"/${partition}`;
}
