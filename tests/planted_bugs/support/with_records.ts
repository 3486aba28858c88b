/**
 * A log that delivers other records than it holds.
 *
 * @module
 */

import type { EventLog, FetchedBatch, GroupMember, LogRecord } from "../../../kafka/event_log.ts";
import { withBatchRecords } from "./changed_record.ts";
import { over } from "./over.ts";

/** What becomes of records that were read, in the order of their partition; never fewer or more. */
export type ChangeRecords = (records: readonly LogRecord[]) => Promise<readonly LogRecord[]>;

/** The log, but for the records that its members and readers deliver. */
export function withRecords(log: EventLog, change: ChangeRecords): EventLog {
  const changed = async (batches: readonly FetchedBatch[]): Promise<readonly FetchedBatch[]> => {
    const all: FetchedBatch[] = [];
    for (const batch of batches) all.push(withBatchRecords(batch, await change(batch.records)));
    return all;
  };
  return over(log, {
    join: async (options) => {
      const member = await log.join(options);
      return over<GroupMember>(member, {
        poll: async (options) => {
          const polled = await member.poll(options);
          if (polled.kind === "assignment") return polled;
          return { ...polled, batches: await changed(polled.batches) };
        },
      });
    },
    openReader: (positions) => {
      const reader = log.openReader(positions);
      return over(reader, { poll: async (options) => await changed(await reader.poll(options)) });
    },
  });
}

/** The log, but for the members that join by it. */
export function withMember(
  log: EventLog,
  change: (member: GroupMember) => GroupMember,
): EventLog {
  return over(log, { join: async (options) => change(await log.join(options)) });
}
