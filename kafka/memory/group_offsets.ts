/**
 * What a group has committed.
 *
 * @module
 */

import type { TopicPartition, TopicPartitionOffset } from "../event_log.ts";

/** Committed offsets by topic and partition. */
export class GroupOffsets {
  readonly #byTopic = new Map<string, Map<number, number>>();

  get topics(): readonly string[] {
    return [...this.#byTopic.keys()];
  }

  /** The committed offset, or null. */
  get({ topic, partition }: TopicPartition): number | null {
    return this.#byTopic.get(topic)?.get(partition) ?? null;
  }

  set({ topic, partition, offset }: TopicPartitionOffset): void {
    let offsets = this.#byTopic.get(topic);
    if (offsets === undefined) this.#byTopic.set(topic, offsets = new Map());
    offsets.set(partition, offset);
  }

  forget(topics: readonly string[]): void {
    for (const topic of topics) this.#byTopic.delete(topic);
  }
}
