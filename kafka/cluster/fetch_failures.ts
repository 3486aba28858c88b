/**
 * What follows when a partition cannot be fetched: asking again elsewhere and later, or telling why.
 *
 * @module
 */

import { EventLogError } from "../event_log.ts";
import { OUTAGE_PATIENCE_MS } from "./cluster_settings.ts";
import type { ClusterView } from "./cluster_view.ts";
import type { FetchCursor } from "./fetch_cursor.ts";
import type { FetchedPartition } from "./fetched_partition.ts";
import { type KafkaClient, KafkaClientError } from "./kafka_client.ts";
import { toEventLogError } from "./log_errors.ts";
import { backoffMs } from "./patience.ts";

/** Failures of one fetcher. */
export class FetchFailures {
  readonly #view: ClusterView;
  readonly #client: () => Promise<KafkaClient> | null;

  /** @param client whom to ask for the offsets that a partition has */
  constructor(
    { view }: { readonly view: ClusterView },
    client: () => Promise<KafkaClient> | null,
  ) {
    this.#view = view;
    this.#client = client;
  }

  /** The node to ask; null when it is not known now, and the cursor says when to ask again. */
  async leaderOf(cursor: FetchCursor): Promise<number | null> {
    const { clusterTopic, topic, partition } = cursor;
    try {
      const partitions = await this.#view.partitionsOf(clusterTopic);
      if (partitions !== null && partition >= 0 && partition < partitions) {
        return await this.#view.leaderOf({ topic: clusterTopic, partition });
      }
      cursor.failure = partitions === null
        ? new EventLogError("unknown-topic", `Cannot read "${topic}": there is no such topic`)
        : new EventLogError(
          "unknown-partition",
          `Cannot read "${topic}"/${partition}: the topic has ${partitions} partitions`,
        );
    } catch (error) {
      this.#failed(cursor, error);
    }
    return null;
  }

  /** A whole request failed. */
  request(error: unknown, cursors: readonly FetchCursor[]): void {
    this.#view.invalidate();
    for (const cursor of cursors) this.#failed(cursor, error);
  }

  /** A broker has answered that it cannot give this partition. */
  async partition({ error }: FetchedPartition, cursor: FetchCursor): Promise<void> {
    if (error?.type === "OFFSET_OUT_OF_RANGE") return await this.#outOfRange(cursor);
    this.#view.invalidate();
    this.#failed(cursor, error);
  }

  #failed(cursor: FetchCursor, error: unknown): void {
    if (error instanceof KafkaClientError && error.type === "CLOSED") return;
    const now = performance.now();
    cursor.failingSince ??= now;
    cursor.askAgainAt = now + backoffMs(cursor.failures++);
    // A partition that moves, and a topic that was just made or deleted: the view decides.
    const transient = error instanceof KafkaClientError &&
      (error.retriable || error.type.startsWith("UNKNOWN_TOPIC"));
    if (transient && now - cursor.failingSince < OUTAGE_PATIENCE_MS) return;
    cursor.failingSince = null;
    cursor.failure = describedFailure(error, cursor);
  }

  async #outOfRange(cursor: FetchCursor): Promise<void> {
    const { topic, partition, clusterTopic } = cursor;
    const place = { topic: clusterTopic, partition };
    const asked = cursor.wanted;
    try {
      const client = await this.#client();
      if (client === null) return;
      const node = await this.#view.leaderOf(place);
      const [[first], [last]] = await Promise.all([
        client.listOffsets(node, [place], "earliest"),
        client.listOffsets(node, [place], "latest"),
      ]);
      if (cursor.wanted !== asked) return;
      cursor.failure = new EventLogError(
        "offset-out-of-range",
        `Cannot read "${topic}"/${partition} at ${asked}: it has offsets ${first?.offset} to ` +
          `${last?.offset}`,
      );
    } catch (error) {
      this.#failed(cursor, error);
    }
  }
}

function describedFailure(error: unknown, { topic, partition }: FetchCursor): EventLogError {
  try {
    return toEventLogError(error, `read "${topic}"/${partition}`);
  } catch (fault) {
    // Thrown by a poll, where the fault of a program is seen.
    return new EventLogError("log-unavailable", `Cannot read "${topic}"/${partition}: ${fault}`, {
      cause: fault,
    });
  }
}
