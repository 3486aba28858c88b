/**
 * The lanes of the order: every partition of every topic that is in it, numbered.
 *
 * @module
 */

import type { EventLog, TopicPartition } from "../../../kafka/event_log.ts";
import type { TopicName } from "../../../kafka/topics.ts";
import { formatPartition } from "../record_place.ts";
import { MAX_LANES } from "./limits.ts";
import { RunIndexError } from "./run_index_error.ts";

/** The topics in the order, as they come one after another at equal stamps. */
export const LANE_TOPICS = [
  "intents",
  "orders",
  "notifications",
  "market-data",
  "order-commands",
  "dead-letters",
] as const satisfies readonly TopicName[];

/** A topic that is in the order. */
export type LaneTopic = (typeof LANE_TOPICS)[number];

/** One partition, as far as it is indexed. */
export interface Lane {
  readonly topic: LaneTopic;
  readonly partition: number;
  /** The offset of the first record that the log still has. */
  readonly start: number;
  /** The offset behind the last one. */
  readonly end: number;
}

/** All lanes. The runtime events have the number behind the last. */
export class LaneTable {
  readonly lanes: readonly Lane[];
  /** The lane of the runtime events. */
  readonly eventLane: number;
  readonly #byName: ReadonlyMap<string, number>;

  constructor(lanes: readonly Lane[]) {
    this.lanes = lanes;
    this.eventLane = lanes.length;
    this.#byName = new Map(lanes.map((lane, number) => [formatPartition(lane), number]));
  }

  /** The lane of a partition, or -1. */
  find({ topic, partition }: TopicPartition): number {
    return this.#byName.get(`${topic}/${partition}`) ?? -1;
  }

  /** The lane that `topic/partition` names, or -1. */
  named(name: string): number {
    return this.#byName.get(name) ?? -1;
  }

  /** Records of all lanes. */
  get records(): number {
    return this.lanes.reduce((sum, { start, end }) => sum + end - start, 0);
  }
}

/** The lanes of a log as it is now. @throws {RunIndexError} `too-many-partitions` */
export async function lanesOf(log: EventLog): Promise<LaneTable> {
  const topics = await log.describeTopics(LANE_TOPICS);
  const lanes = LANE_TOPICS.flatMap((topic) => {
    const offsets = topics.find(({ name }) => name === topic)?.offsets ?? [];
    return offsets.map(({ start, end }, partition): Lane => ({ topic, partition, start, end }));
  });
  if (lanes.length > MAX_LANES) {
    throw new RunIndexError(
      "too-many-partitions",
      `Cannot index the run: its topics have ${lanes.length} partitions, and at most ${MAX_LANES} ` +
        `can be put in order`,
    );
  }
  return new LaneTable(lanes);
}
