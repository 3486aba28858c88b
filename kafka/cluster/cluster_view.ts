/**
 * Who leads what, as last heard: one view for all parts of a log.
 *
 * @module
 */

import type { Availability } from "./availability.ts";
import { ABSENCE_PATIENCE_MS } from "./cluster_settings.ts";
import {
  type ClientPartition,
  type ClusterMetadata,
  type KafkaClient,
  KafkaClientError,
  type TopicMetadata,
} from "./kafka_client.ts";
import { backoffMs, wait } from "./patience.ts";

interface Entry {
  /** The view's epoch when it was asked for. */
  readonly epoch: number;
  readonly topic: TopicMetadata | null;
}

interface Flight {
  readonly topics: Set<string>;
  readonly answer: Promise<ClusterMetadata>;
}

/** Metadata of topics, asked for when they are needed and again after {@link invalidate}. */
export class ClusterView {
  readonly #client: () => Promise<KafkaClient>;
  readonly #closed: AbortSignal;
  readonly #availability: Availability | null;
  readonly #entries = new Map<string, Entry>();
  #epoch = 0;
  #gathering: Flight | null = null;

  /** Names are those on the cluster. */
  constructor(parts: {
    readonly client: () => Promise<KafkaClient>;
    readonly closed: AbortSignal;
    /** Told of partitions that have no leader. */
    readonly availability?: Availability;
  }) {
    this.#client = parts.client;
    this.#closed = parts.closed;
    this.#availability = parts.availability ?? null;
  }

  /**
   * The node that leads a partition.
   * @throws {KafkaClientError} `UNKNOWN_TOPIC_OR_PARTITION`, `LEADER_NOT_AVAILABLE`
   */
  async leaderOf(place: ClientPartition): Promise<number> {
    if (this.#availability === null) return await this.#leaderOf(place);
    const what = `leader of "${place.topic}"/${place.partition}`;
    return await this.#availability.of(what, () => this.#leaderOf(place));
  }

  async #leaderOf({ topic, partition }: ClientPartition): Promise<number> {
    const metadata = this.#known(topic) ?? await this.#find(topic);
    const found = metadata?.partitions[partition];
    if (found === undefined) {
      throw new KafkaClientError(
        "UNKNOWN_TOPIC_OR_PARTITION",
        `the cluster has no partition "${topic}"/${partition}`,
        { retriable: true },
      );
    }
    if (found.leader >= 0) return found.leader;
    this.invalidate();
    throw new KafkaClientError(
      "LEADER_NOT_AVAILABLE",
      `partition "${topic}"/${partition} has no leader now`,
      { retriable: true },
    );
  }

  /** How many partitions a topic has; null when the cluster has no such topic. */
  async partitionsOf(topic: string): Promise<number | null> {
    const metadata = this.#known(topic) ?? await this.#find(topic);
    return metadata?.partitions.length ?? null;
  }

  /** Whatever was heard so far is asked for again when it is needed. */
  invalidate(): void {
    this.#epoch++;
  }

  #known(topic: string): TopicMetadata | null {
    const entry = this.#entries.get(topic);
    return entry !== undefined && entry.epoch === this.#epoch ? entry.topic : null;
  }

  /** Where there are several brokers, one that does not know a topic may be behind the others. */
  async #find(topic: string): Promise<TopicMetadata | null> {
    const doubtUntil = performance.now() + ABSENCE_PATIENCE_MS;
    for (let attempt = 0;; attempt++) {
      const { brokers, topics } = await this.#ask(topic);
      const found = topics.find((each) => each.topic === topic) ?? null;
      if (found !== null || brokers.length < 2 || this.#closed.aborted) return found;
      if (performance.now() >= doubtUntil) return null;
      await wait(backoffMs(attempt), this.#closed);
    }
  }

  /** What is asked for in one turn of the event loop goes into one request. */
  #ask(topic: string): Promise<ClusterMetadata> {
    let flight = this.#gathering;
    if (flight === null) {
      const topics = new Set<string>();
      flight = { topics, answer: Promise.resolve().then(() => this.#request(topics)) };
      this.#gathering = flight;
    }
    flight.topics.add(topic);
    return flight.answer;
  }

  async #request(topics: ReadonlySet<string>): Promise<ClusterMetadata> {
    let client: KafkaClient;
    try {
      client = await this.#client();
    } finally {
      this.#gathering = null;
    }
    const epoch = this.#epoch;
    const names = [...topics];
    const answer = await client.metadata(names);
    const found = new Map(answer.topics.map((each) => [each.topic, each]));
    for (const name of names) {
      const topic = found.get(name);
      if (topic === undefined) this.#entries.delete(name);
      else this.#entries.set(name, { epoch, topic });
    }
    return answer;
  }
}
