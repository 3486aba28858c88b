/**
 * A snapshot as it stands in the log, for whoever wants to damage it.
 *
 * @module
 */

import type { EventLog, LogRecord, TopicPartition } from "../../kafka/event_log.ts";
import { partitionForKey } from "../../kafka/partitioner.ts";
import { SnapshotStore } from "../fold/snapshot_store.ts";
import { readRange } from "../log_access/read_range.ts";
import type { Clock } from "../runtime/clock.ts";

/** A state that is kept in snapshots: a role's, of one partition. */
export interface KeptState extends TopicPartition {
  readonly role: string;
}

/** The records of one snapshot. */
export interface SnapshotParts {
  /** Where they are. */
  readonly place: TopicPartition;
  /** Chunks in order, then the manifest. */
  readonly records: readonly LogRecord[];
}

/** The newest whole snapshot of the state, or null when there is none. */
export async function newestSnapshot(
  log: EventLog,
  state: KeptState,
  clock: Clock,
): Promise<SnapshotParts | null> {
  const { role, topic, partition } = state;
  const partitions = await log.partitionCount("snapshots");
  const store = new SnapshotStore({ log, clock, role, source: { topic, partition }, partitions });
  const { snapshot } = await store.read();
  if (snapshot === null) return null;
  const of = `${role}/${topic}/${partition}`;
  const place = { topic: "snapshots", partition: partitionForKey(of, partitions) };
  const parts = new Map<string, LogRecord>();
  for await (const record of readRange(log, place)) {
    // The last one of a key is what counts.
    if (record.key?.startsWith(`${of}/${snapshot.offset}/`)) parts.set(record.key, record);
  }
  const isManifest = ({ key }: LogRecord) => key?.endsWith("/manifest") ?? false;
  const records = [...parts.values()].sort((a, b) => Number(isManifest(a)) - Number(isManifest(b)));
  return { place, records };
}
