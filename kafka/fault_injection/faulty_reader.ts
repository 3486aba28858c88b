/**
 * Reading without a group from a log with faults.
 *
 * @module
 */

import type { FetchedBatch, LogReader, PollOptions, TopicPartitionOffset } from "../event_log.ts";
import type { FaultyCalls } from "./faulty_calls.ts";
import { pollWithFaults } from "./faulty_fetches.ts";

/** A {@link LogReader} that waits for what is out of reach. */
export class FaultyReader implements LogReader {
  readonly #reader: LogReader;
  readonly #calls: FaultyCalls;

  constructor(reader: LogReader, calls: FaultyCalls) {
    this.#reader = reader;
    this.#calls = calls;
  }

  get positions(): readonly TopicPartitionOffset[] {
    return this.#reader.positions;
  }

  poll(options: PollOptions): Promise<readonly FetchedBatch[]> {
    const places = this.positions.map(({ topic, partition }) => ({ topic, partition }));
    return this.#calls.run(
      { operation: "read", places, signal: options.signal },
      () => this.#poll(options),
    );
  }

  seek(position: TopicPartitionOffset): void {
    this.#reader.seek(position);
  }

  close(): void {
    this.#reader.close();
  }

  async #poll(options: PollOptions): Promise<readonly FetchedBatch[]> {
    const source = {
      poll: async (options: PollOptions) =>
        ({ kind: "records", batches: await this.#reader.poll(options) }) as const,
      seek: (position: TopicPartitionOffset) => this.#reader.seek(position),
    };
    const polled = await pollWithFaults(this.#calls, source, options);
    return polled.kind === "records" ? polled.batches : [];
  }
}
