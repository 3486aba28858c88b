/**
 * A consumer that folds, put together as the floor does it, but with a fold or a processor of one's own.
 *
 * @module
 */

import { Consumer } from "../../../actors/consumer/consumer.ts";
import { FoldProcessor } from "../../../actors/consumer/fold_processor.ts";
import type { PartitionProcessor } from "../../../actors/consumer/partition_processor.ts";
import type { ActorSurroundings } from "../../../actors/floor/actor_host.ts";
import type { ConsumerSettings } from "../../../actors/floor/consumer_actor.ts";
import type { Fold } from "../../../actors/fold/fold.ts";
import { zeroCounters } from "../../../actors/fold/partition_fold.ts";
import type { Actor, ActorStart } from "../../../actors/runtime/actor.ts";
import type { TopicPartition } from "../../../kafka/event_log.ts";
import type { MessageTopic } from "../../../kafka/messages/mod.ts";

/** What a partition is opened with. */
export interface Opening {
  readonly assigned: TopicPartition;
  readonly committed: number;
}

/** Makes the consumer. */
export function foldingConsumer<State, T extends MessageTopic>(
  fold: Fold<State, T>,
  { start, surroundings, opening, wrap = (processor) => processor }: {
    readonly start: ActorStart<ConsumerSettings>;
    readonly surroundings: ActorSurroundings;
    /** Done before a partition is opened. */
    readonly opening?: (opening: Opening) => Promise<void>;
    /** Puts another processor around the real one. */
    readonly wrap?: (processor: FoldProcessor<State, T>, opening: Opening) => PartitionProcessor;
  },
): Actor {
  const { log, clock } = surroundings;
  const { partitions, sessionTimeoutMs, snapshotEveryRecords } = start.options;
  const counters = zeroCounters();
  return new Consumer({
    start,
    log,
    clock,
    group: start.role,
    topics: [fold.topic],
    ...(sessionTimeoutMs === undefined ? {} : { sessionTimeoutMs }),
    open: async (assigned, context) => {
      const { committed } = context;
      await opening?.({ assigned, committed });
      const processor = await FoldProcessor.open({
        ...context,
        ...(snapshotEveryRecords === undefined ? {} : { snapshotEveryRecords }),
        fold,
        partition: assigned.partition,
        partitions,
        log,
        clock,
        counters,
        tell: start.tell,
      });
      return wrap(processor, { assigned, committed });
    },
    counters: () => ({ ...counters }),
  });
}
