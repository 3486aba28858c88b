/**
 * An audit logger, put together as the floor does it, but with a processor of one's own.
 *
 * @module
 */

import type { AuditSnapshots } from "../../../actors/audit_logger/audit_processor.ts";
import { catchUp } from "../../../actors/consumer/catch_up.ts";
import { Consumer } from "../../../actors/consumer/consumer.ts";
import type { PartitionProcessor } from "../../../actors/consumer/partition_processor.ts";
import type { ActorSurroundings } from "../../../actors/floor/actor_host.ts";
import type { ConsumerSettings } from "../../../actors/floor/consumer_actor.ts";
import { SnapshotStore } from "../../../actors/fold/snapshot_store.ts";
import type { Actor, ActorStart } from "../../../actors/runtime/actor.ts";
import { TOPOLOGY } from "../../../actors/topology.ts";
import type { TopicPartition } from "../../../kafka/event_log.ts";

/** How long it gathers, as on the floor. */
const GATHER_MS = 25;

/** Makes the consumer. */
export function auditConsumer({ start, surroundings, open }: {
  readonly start: ActorStart<ConsumerSettings>;
  readonly surroundings: ActorSurroundings;
  readonly open: (
    assigned: TopicPartition,
    snapshots: AuditSnapshots,
  ) => Promise<PartitionProcessor>;
}): Actor {
  const { log, clock } = surroundings;
  const { sessionTimeoutMs, partitions } = start.options;
  return new Consumer({
    start,
    log,
    clock,
    group: start.role,
    topics: TOPOLOGY["audit-logger"].reads,
    gatherMs: GATHER_MS,
    hearsLastWords: true,
    ...(sessionTimeoutMs === undefined ? {} : { sessionTimeoutMs }),
    open: async (assigned, { committed, signal, heartbeat }) => {
      const store = new SnapshotStore({
        log,
        clock,
        role: start.role,
        source: assigned,
        partitions: partitions.snapshots,
      });
      const processor = await open(assigned, {
        loadSnapshot: async () => (await store.load()).snapshot,
        saveSnapshot: (offset, bytes) => store.save({ offset, bytes }),
      });
      await catchUp(processor, assigned, { log, committed, signal, heartbeat });
      return processor;
    },
  });
}
