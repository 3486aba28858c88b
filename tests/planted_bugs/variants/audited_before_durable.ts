/**
 * An audit record written before the record is durable: the audit logger takes what others are about to
 * publish for what is in the log.
 *
 * @module
 */

import type {
  EventLog,
  FetchedBatch,
  GroupMember,
  LogRecord,
  RecordBatch,
} from "../../../kafka/event_log.ts";
import { TOPICS } from "../../../kafka/topics.ts";
import type { PlantedBug } from "../planted_bug.ts";
import { withBatchRecords } from "../support/changed_record.ts";
import { over } from "../support/over.ts";
import { withLog } from "../support/planted_roles.ts";
import { withMember } from "../support/with_records.ts";

/** The audit log holds what the log does not, or holds elsewhere. */
export const auditedBeforeDurable: PlantedBug = {
  id: "audited_before_durable",
  what: "an audit record written before the record is durable",
  host: (host) => {
    const underWay = new Set<RecordBatch>();
    return withLog((log, { role }) =>
      role === "audit-logger"
        ? withMember(log, (member) => lookingAhead(member, underWay))
        : telling(log, underWay)
    )(host);
  },
};

function telling(log: EventLog, underWay: Set<RecordBatch>): EventLog {
  return over(log, {
    publish: async (batches) => {
      for (const batch of batches) underWay.add(batch);
      try {
        return await log.publish(batches);
      } finally {
        for (const batch of batches) underWay.delete(batch);
      }
    },
  });
}

function lookingAhead(member: GroupMember, underWay: ReadonlySet<RecordBatch>): GroupMember {
  return over(member, {
    poll: async (options) => {
      const polled = await member.poll(options);
      if (polled.kind === "assignment") return polled;
      return { ...polled, batches: polled.batches.map((batch) => lengthened(batch, underWay)) };
    },
  });
}

/** With the records behind its end whose stamps are known already: their senders'. */
function lengthened(fetched: FetchedBatch, underWay: ReadonlySet<RecordBatch>): FetchedBatch {
  const { topic, partition, nextOffset, endOffset } = fetched;
  const stamps = Object.entries(TOPICS).find(([name]) => name === topic)?.[1].timestampType;
  if (nextOffset !== endOffset || stamps !== "create-time") return fetched;
  const ahead: LogRecord[] = [];
  for (const batch of underWay) {
    if (batch.topic !== topic || batch.partition !== partition) continue;
    for (const { key, value, timestamp, headers = {} } of batch.records) {
      if (typeof value !== "string" || timestamp === undefined) return fetched;
      const offset = nextOffset + ahead.length;
      const bytes = new TextEncoder().encode(value);
      ahead.push({ topic, partition, offset, timestamp, key, value: bytes, text: value, headers });
    }
  }
  return withBatchRecords(fetched, [...fetched.records, ...ahead], nextOffset + ahead.length);
}
