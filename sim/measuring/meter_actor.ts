/**
 * The meter as an actor: it reads the metered topics without a group, so that measuring moves no
 * offset of the floor.
 *
 * @module
 */

import type { Actor, ActorReport, ActorStart } from "../../actors/runtime/actor.ts";
import type { Clock } from "../../actors/runtime/clock.ts";
import type {
  EventLog,
  FetchedBatch,
  LogReader,
  TopicPartitionOffset,
} from "../../kafka/event_log.ts";
import type { LatencyBucketCounts } from "./latency_buckets.ts";
import type { EncodedLatency, LatencySummary } from "./latency_histogram.ts";
import { LatencyMeter, METERED_TOPICS } from "./latency_meter.ts";
import type { MeterCounts } from "./meter_counts.ts";

/** Longest wait for records, after which a stop or a question is heard. */
const POLL_MS = 50;

/** The topic whose records are timed. */
const TIMED_TOPIC = "notifications";

/** The topics that are counted but not timed are looked at so often. */
const COUNT_EVERY_MS = 20;

/** Records of one poll at most. */
const MAX_RECORDS = 5_000;

/** How long a question waits for the meter to catch up unless it says otherwise. */
const DEFAULT_CATCH_UP_MS = 10_000;

/** The meter's own settings. */
export interface MeterOptions {
  /** Where timing starts in each partition of `notifications`; what is before is only counted. */
  readonly timedFrom: readonly TopicPartitionOffset[];
  /**
   * When the run was begun and each time it was gone on with, in milliseconds since the epoch: what was
   * meant to be sent in an earlier sitting is not timed. Default: all is one.
   */
  readonly sittings?: readonly number[];
  /** Traders whose orders are not timed, since their clock jumps. Default: none. */
  readonly doubted?: readonly string[];
}

/** What the meter answers. `counts` is cheap; `metrics` carries the histograms. */
export type MeterQuestion =
  | { readonly kind: "counts" }
  | {
    readonly kind: "metrics";
    /** Answers when these positions are reached, or `timeoutMs` has passed. Default: at once. */
    readonly upTo?: readonly TopicPartitionOffset[];
    readonly timeoutMs?: number;
  };

/** The answer to `counts`. */
export interface MeterReading {
  readonly counts: MeterCounts;
  readonly answer: LatencySummary;
  readonly fill: LatencySummary;
  /** The same latencies by size, of this sitting. */
  readonly buckets: { readonly answer: LatencyBucketCounts; readonly fill: LatencyBucketCounts };
}

/** The answer to `metrics`. */
export interface MeterMetrics extends MeterReading {
  readonly histograms: { readonly answer: EncodedLatency; readonly fill: EncodedLatency };
  /** Whether everything asked for by `upTo` is in it. */
  readonly complete: boolean;
}

/** What the meter needs besides its options. */
export interface MeterSurroundings {
  readonly log: EventLog;
  readonly clock: Clock;
}

/** Starts a meter at the beginning of every metered partition. */
export async function createMeterActor(
  start: ActorStart<MeterOptions>,
  { log, clock }: MeterSurroundings,
): Promise<Actor> {
  const topics = await log.describeTopics(METERED_TOPICS);
  const positions = topics.flatMap(({ name, offsets }) =>
    offsets.map((range, partition) => ({ topic: name, partition, offset: range.start }))
  );
  const isTimed = ({ topic }: TopicPartitionOffset) => topic === TIMED_TOPIC;
  const readers = {
    timed: log.openReader(positions.filter(isTimed)),
    counted: log.openReader(positions.filter((place) => !isTimed(place))),
  };
  return new MeterActor(start.options, readers, clock);
}

/** Two readers, so that the meter is woken by what it times only. */
interface MeterReaders {
  readonly timed: LogReader;
  readonly counted: LogReader;
}

class MeterActor implements Actor {
  readonly #meter: LatencyMeter;
  readonly #readers: MeterReaders;
  #countedAt = -Infinity;
  readonly #clock: Clock;
  readonly #timedFrom: ReadonlyMap<number, number>;
  readonly #stop = new AbortController();
  /** The offset after the last record observed, by `topic/partition`. */
  readonly #observed = new Map<string, number>();
  #running = false;
  #suspended: { readonly over: Promise<void>; readonly end: () => void } | null = null;
  #records = 0;

  constructor(options: MeterOptions, readers: MeterReaders, clock: Clock) {
    this.#meter = new LatencyMeter(options.sittings, options.doubted);
    this.#readers = readers;
    this.#clock = clock;
    this.#timedFrom = new Map(
      options.timedFrom
        .filter(({ topic }) => topic === TIMED_TOPIC)
        .map(({ partition, offset }) => [partition, offset]),
    );
  }

  async run(): Promise<void> {
    this.#running = true;
    try {
      while (!this.#stop.signal.aborted) {
        await this.#suspended?.over;
        await this.#poll(POLL_MS, MAX_RECORDS);
      }
    } finally {
      this.#running = false;
      this.#readers.timed.close();
      this.#readers.counted.close();
    }
  }

  stop(): void {
    this.#stop.abort();
    this.resume();
  }

  suspend(): void {
    if (this.#suspended !== null) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#suspended = { over: promise, end: resolve };
  }

  resume(): void {
    this.#suspended?.end();
    this.#suspended = null;
  }

  /** What it reads is nobody's share, so it tells none of it. */
  async step(): Promise<null> {
    if (this.#suspended !== null) await this.#poll(0, 1);
    return null;
  }

  report(): ActorReport {
    return {
      phase: this.#phase(),
      assignment: [this.#readers.counted, this.#readers.timed].flatMap(({ positions }) =>
        positions.map(({ topic, partition }) => `${topic}/${partition}`)
      ),
      counters: { records: this.#records },
    };
  }

  async ask(question: unknown): Promise<MeterReading | MeterMetrics> {
    const asked = question as MeterQuestion; // checked below: another kind is refused
    if (asked?.kind === "counts") return this.#reading();
    if (asked?.kind !== "metrics") {
      throw new Error(
        `Cannot answer ${JSON.stringify(question)}: the meter knows "counts" and "metrics"`,
      );
    }
    const complete = await this.#reach(asked.upTo ?? [], asked.timeoutMs ?? DEFAULT_CATCH_UP_MS);
    return { ...this.#reading(), histograms: this.#meter.encoded(), complete };
  }

  #phase(): ActorReport["phase"] {
    if (this.#stop.signal.aborted) return "stopping";
    if (!this.#running) return "starting";
    return this.#suspended === null ? "running" : "suspended";
  }

  #reading(): MeterReading {
    const { answer, fill, buckets } = this.#meter;
    return { counts: this.#meter.counts(), answer, fill, buckets };
  }

  async #poll(timeoutMs: number, maxRecords: number): Promise<void> {
    const signal = this.#stop.signal;
    const { timed, counted } = this.#readers;
    this.#observe(await timed.poll({ timeoutMs, maxRecords, signal }));
    if (this.#clock.now() - this.#countedAt < COUNT_EVERY_MS) return;
    const batches = await counted.poll({ timeoutMs: 0, maxRecords });
    this.#observe(batches);
    const count = batches.reduce((sum, { records }) => sum + records.length, 0);
    // Where there is more, as when a run is gone on with, it is read at once: answers must not come
    // far ahead of their intents.
    this.#countedAt = count >= maxRecords ? -Infinity : this.#clock.now();
  }

  #observe(batches: readonly FetchedBatch[]): void {
    const at = this.#clock.now();
    for (const batch of batches) {
      this.#records += batch.records.length;
      const timedFrom = batch.topic === TIMED_TOPIC ? this.#timedFrom.get(batch.partition) ?? 0 : 0;
      this.#meter.observe(batch, { at, timedFrom });
      this.#observed.set(`${batch.topic}/${batch.partition}`, batch.nextOffset);
    }
  }

  async #reach(wanted: readonly TopicPartitionOffset[], timeoutMs: number): Promise<boolean> {
    const deadline = this.#clock.now() + timeoutMs;
    while (!this.#hasReached(wanted)) {
      if (this.#clock.now() >= deadline || this.#stop.signal.aborted) return false;
      await this.#clock.sleep(5, this.#stop.signal);
    }
    return true;
  }

  #hasReached(wanted: readonly TopicPartitionOffset[]): boolean {
    return wanted.every(({ topic, partition, offset }) =>
      !METERED_TOPICS.some((metered) => metered === topic) ||
      (this.#observed.get(`${topic}/${partition}`) ?? 0) >= offset
    );
  }
}
