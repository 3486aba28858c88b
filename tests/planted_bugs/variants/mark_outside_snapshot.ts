/**
 * High-water mark kept outside the snapshot: in a store beside it, which is as new as the last record
 * read, while the snapshot's state is older.
 *
 * @module
 */

import type { EventLog, LogRecord } from "../../../kafka/event_log.ts";
import { channelOf } from "../../../kafka/messages/mod.ts";
import type { HostDecorator, PlantedBug } from "../planted_bug.ts";
import { withLog } from "../support/planted_roles.ts";
import { withSnapshotHeads } from "../support/rewritten_snapshots.ts";
import { withRecords } from "../support/with_records.ts";

/** After a crash the engine drops, as repeats, records that its state has never seen. */
export const markOutsideSnapshot: PlantedBug = {
  id: "mark_outside_snapshot",
  what: "high-water mark kept outside the snapshot",
  host: (host) => keepingMarks(new Map())(host),
};

/** By partition, what comes next by channel. */
type Marks = Map<number, Map<string, number>>;

function keepingMarks(marks: Marks): HostDecorator {
  return withLog((log, { role }) => role === "trading-engine" ? markedBeside(log, marks) : log);
}

function markedBeside(log: EventLog, marks: Marks): EventLog {
  const noting = withRecords(log, (records) => {
    for (const record of records) if (record.topic === "orders") note(marks, record);
    return Promise.resolve(records);
  });
  return withSnapshotHeads(noting, "trading-engine", (head, { partition }) => {
    const beside = marks.get(partition) ?? new Map<string, number>();
    const received = new Map(head.received);
    for (const [channel, next] of beside) {
      received.set(channel, Math.max(next, received.get(channel) ?? 0));
    }
    return { ...head, received: [...received].sort(([a], [b]) => a < b ? -1 : 1) };
  });
}

function note(marks: Marks, { partition, text }: LogRecord): void {
  const message: { readonly id?: string; readonly sequence?: number } = JSON.parse(text ?? "{}");
  const channel = message.id === undefined ? null : channelOf(message.id);
  if (channel === null || message.sequence === undefined) return;
  const ofPartition = marks.get(partition) ?? new Map<string, number>();
  marks.set(partition, ofPartition);
  ofPartition.set(channel, Math.max(ofPartition.get(channel) ?? 0, message.sequence + 1));
}
