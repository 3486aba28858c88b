/**
 * Reads partitions of a cluster without a group.
 *
 * @module
 */

import type { FetchedBatch, LogReader, PollOptions, TopicPartitionOffset } from "../event_log.ts";
import type { PartitionFetcher } from "./partition_fetcher.ts";

/** The cluster log's {@link LogReader}. */
export class ClusterReader implements LogReader {
  readonly #fetcher: PartitionFetcher;
  readonly #onClose: (closing: Promise<void>) => void;

  /** @param onClose told once, with the end of its connections */
  constructor(
    fetcher: PartitionFetcher,
    positions: readonly TopicPartitionOffset[],
    onClose: (closing: Promise<void>) => void,
  ) {
    this.#fetcher = fetcher;
    this.#onClose = onClose;
    fetcher.assign(positions);
  }

  get positions(): readonly TopicPartitionOffset[] {
    return this.#fetcher.positions;
  }

  poll(options: PollOptions): Promise<readonly FetchedBatch[]> {
    return this.#fetcher.poll(options);
  }

  seek(position: TopicPartitionOffset): void {
    this.#fetcher.seek(position);
  }

  close(): void {
    this.#onClose(this.#fetcher.close());
  }
}
