/**
 * The topics of one log.
 *
 * @module
 */

import { EventLogError, type TopicDescription, type TopicSettings } from "../event_log.ts";
import { describeDifferences } from "../topic_drift.ts";
import { checkTopicSettings } from "../topic_rules.ts";
import { MemoryPartition } from "./memory_partition.ts";

/** A topic and its partitions. */
export interface MemoryTopic {
  readonly settings: TopicSettings;
  readonly partitions: readonly MemoryPartition[];
}

/** Topics by their names. */
export class MemoryTopics {
  readonly #byName = new Map<string, MemoryTopic>();

  /** All of them, in the order of their names. */
  get all(): readonly MemoryTopic[] {
    return [...this.#byName.values()].sort((a, b) => a.settings.name < b.settings.name ? -1 : 1);
  }

  /** Creates what is missing: all of it or nothing. @throws {EventLogError} `invalid-topic`, `topic-drift` */
  create(topics: readonly TopicSettings[]): void {
    topics.forEach(checkTopicSettings);
    for (const wanted of topics.filter((topic) => this.#isMissing(topic))) {
      const { name, partitions, cleanup, retentionMs, timestampType } = wanted;
      if (this.#byName.has(name)) continue;
      this.#byName.set(name, {
        settings: { name, partitions, cleanup, retentionMs, timestampType },
        partitions: Array.from(
          { length: partitions },
          (_, partition) => new MemoryPartition({ topic: name, partition }),
        ),
      });
    }
  }

  /** Deletes topics with their records: all of them or none. @throws {EventLogError} `unknown-topic` */
  delete(names: readonly string[]): void {
    const topics = names.map((name) => this.require(name, `delete topic "${name}"`));
    for (const name of names) this.#byName.delete(name);
    for (const { partitions } of topics) for (const partition of partitions) partition.delete();
  }

  find(name: string): MemoryTopic | undefined {
    return this.#byName.get(name);
  }

  /** @throws {EventLogError} `unknown-topic` */
  require(name: string, action: string): MemoryTopic {
    const topic = this.#byName.get(name);
    if (topic !== undefined) return topic;
    const names = this.all.map(({ settings }) => `"${settings.name}"`);
    const there = names.length === 0 ? "there are none" : `there are ${names.join(", ")}`;
    throw new EventLogError(
      "unknown-topic",
      `Cannot ${action}: there is no topic "${name}"; ${there}`,
    );
  }

  describe(names?: readonly string[]): readonly TopicDescription[] {
    return this.all
      .filter(({ settings }) => names === undefined || names.includes(settings.name))
      .map(({ settings, partitions }) => ({
        ...settings,
        offsets: partitions.map(({ start, end }) => ({ start, end })),
      }));
  }

  /** Whether it does not exist. @throws {EventLogError} `topic-drift` when it exists otherwise */
  #isMissing(wanted: TopicSettings): boolean {
    const found = this.#byName.get(wanted.name);
    if (found === undefined) return true;
    const differences = describeDifferences(wanted, found.settings);
    if (differences.length === 0) return false;
    throw new EventLogError(
      "topic-drift",
      `Cannot create topic "${wanted.name}": it exists, and ${differences.join(" and ")}`,
    );
  }
}

/** One of a topic's partitions. @throws {EventLogError} `unknown-partition` */
export function partitionOf(
  { settings, partitions }: MemoryTopic,
  partition: number,
  action: string,
): MemoryPartition {
  const found = partitions[partition];
  if (found !== undefined) return found;
  const { name, partitions: count } = settings;
  throw new EventLogError(
    "unknown-partition",
    `Cannot ${action}: topic "${name}" has partitions 0 to ${count - 1}, not ${partition}`,
  );
}
