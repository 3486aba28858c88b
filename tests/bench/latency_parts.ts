/**
 * Where the time between an order's intended moment and its answer goes, seen from outside: by the
 * stamps of the records and the moments at which another thread first saw them.
 *
 * @module
 */

import type { Floor } from "../../actors/floor/floor.ts";
import type { FetchedBatch, LogReader } from "../../kafka/event_log.ts";
import { decodeRecord, isAnswer } from "../../kafka/messages/mod.ts";
import { LatencyHistogram, type LatencySummary } from "../../sim/measuring/latency_histogram.ts";

const WATCHED = ["intents", "order-commands", "notifications"];

const POLL_MS = 20;

/** A stamp is a whole millisecond, rounded down: on average so much too early. */
const STAMP_BIAS_MS = 0.5;

interface Sighting {
  readonly intendedAt: number;
  readonly intentSeenAt: number;
  stampedAt: number;
  commandSeenAt: number;
}

/** Watches the commands and answers of a floor. */
export class LatencyParts {
  readonly #reader: LogReader;
  readonly #now: () => number;
  readonly #stop = new AbortController();
  readonly #open = new Map<string, Sighting>();
  readonly #parts = {
    "due to intent seen": new LatencyHistogram(),
    "due to command in the log": new LatencyHistogram(),
    "command in the log to seen": new LatencyHistogram(),
    "command seen to answer seen": new LatencyHistogram(),
    "all, with the observer": new LatencyHistogram(),
  };
  #loop: Promise<void> = Promise.resolve();

  private constructor(reader: LogReader, now: () => number) {
    this.#reader = reader;
    this.#now = now;
  }

  /** Watches from now on, in the caller's thread. */
  static async observe(floor: Floor): Promise<LatencyParts> {
    const topics = await floor.log.describeTopics(WATCHED);
    const positions = topics.flatMap(({ name: topic, offsets }) =>
      offsets.map(({ end: offset }, partition) => ({ topic, partition, offset }))
    );
    const parts = new LatencyParts(
      floor.log.openReader(positions),
      () => floor.runtime.clock.now(),
    );
    parts.#loop = parts.#watch();
    return parts;
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#loop;
  }

  /** By name, in the order in which they follow one another. */
  summaries(): readonly (readonly [string, LatencySummary])[] {
    return Object.entries(this.#parts).map(([name, histogram]) => [name, histogram.summary()]);
  }

  async #watch(): Promise<void> {
    const { signal } = this.#stop;
    try {
      while (!signal.aborted) {
        const batches = await this.#reader.poll({ timeoutMs: POLL_MS, maxRecords: 5_000, signal });
        const at = this.#now();
        for (const topic of WATCHED) {
          for (const batch of batches) if (batch.topic === topic) this.#see(batch, at);
        }
      }
    } finally {
      this.#reader.close();
    }
  }

  #see({ topic, records }: FetchedBatch, at: number): void {
    for (const record of records) {
      if (topic === "intents") {
        const decoded = decodeRecord("intents", record);
        if (!decoded.ok || decoded.message.type !== "intent") continue;
        const { id, intendedAt } = decoded.message;
        this.#open.set(id, { intendedAt, intentSeenAt: at, stampedAt: 0, commandSeenAt: 0 });
      } else if (topic === "order-commands") {
        const decoded = decodeRecord("order-commands", record);
        const sighting = decoded.ok ? this.#open.get(decoded.message.id) : undefined;
        if (sighting === undefined) continue;
        sighting.stampedAt = record.timestamp + STAMP_BIAS_MS;
        sighting.commandSeenAt = at;
      } else {
        const decoded = decodeRecord("notifications", record);
        if (decoded.ok && isAnswer(decoded.message)) {
          this.#answered(decoded.message.causationId, at);
        }
      }
    }
  }

  #answered(commandId: string, at: number): void {
    const sighting = this.#open.get(commandId);
    // An answer read before its command says nothing of the way between them.
    if (sighting === undefined || sighting.commandSeenAt === 0) return;
    this.#open.delete(commandId);
    const { intendedAt, intentSeenAt, stampedAt, commandSeenAt } = sighting;
    const parts = this.#parts;
    parts["due to intent seen"].record(intentSeenAt - intendedAt);
    parts["due to command in the log"].record(Math.max(0, stampedAt - intendedAt));
    parts["command in the log to seen"].record(Math.max(0, commandSeenAt - stampedAt));
    parts["command seen to answer seen"].record(at - commandSeenAt);
    parts["all, with the observer"].record(at - intendedAt);
  }
}
