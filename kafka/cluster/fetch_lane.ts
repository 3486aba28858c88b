/**
 * One set of connections for long polls: one request at a time to each broker.
 *
 * @module
 */

import { FETCH_BYTES, FETCH_MAX_WAIT_MS } from "./cluster_settings.ts";
import type { FetchCursor } from "./fetch_cursor.ts";
import { type FetchedPartition, fetchPartitions } from "./fetched_partition.ts";
import type { KafkaClient } from "./kafka_client.ts";

const LIMITS = {
  maxWaitMs: FETCH_MAX_WAIT_MS,
  maxBytes: FETCH_BYTES.answer,
  maxPartitionBytes: FETCH_BYTES.partition,
};

/** A question under way. */
interface Asked {
  readonly cursors: readonly FetchCursor[];
  /** The offset asked for of each. */
  readonly offsets: readonly number[];
}

/** Asks brokers, and knows what it is asking. */
export class FetchLane {
  readonly #open: () => Promise<KafkaClient>;
  readonly #asked = new Map<number, Asked>();
  #client: Promise<KafkaClient> | null = null;

  constructor(open: () => Promise<KafkaClient>) {
    this.#open = open;
  }

  isBusy(node: number): boolean {
    return this.#asked.has(node);
  }

  /** The partitions whose present question is under way. */
  askedOf(node: number): readonly FetchCursor[] {
    const asked = this.#asked.get(node);
    if (asked === undefined) return [];
    return asked.cursors.filter((cursor, i) => cursor.wanted === asked.offsets[i]);
  }

  /** @throws {KafkaClientError} */
  async fetch(
    node: number,
    cursors: readonly FetchCursor[],
  ): Promise<readonly FetchedPartition[]> {
    const offsets = cursors.map(({ wanted }) => wanted);
    this.#asked.set(node, { cursors, offsets });
    try {
      const client = await this.client();
      const wishes = cursors.map(({ clusterTopic, partition }, i) => ({
        topic: clusterTopic,
        partition,
        offset: offsets[i]!,
      }));
      return await fetchPartitions(client, node, wishes, LIMITS);
    } finally {
      this.#asked.delete(node);
    }
  }

  client(): Promise<KafkaClient> {
    this.#client ??= this.#open();
    return this.#client;
  }

  /** Never rejects. */
  async close(): Promise<void> {
    try {
      await (await this.#client)?.close();
    } catch {
      // One that could not be opened need not be closed.
    }
  }
}
