/**
 * A log in which one record reads otherwise than it was written.
 */

import type { EventLog, FetchedBatch, LogReader } from "../../../kafka/event_log.ts";
import type { RecordPlace } from "../../../sim/actor_log/record_place.ts";

/** The log, with a space more at the end of a record's value. */
export function changedLog(log: EventLog, place: RecordPlace): EventLog {
  return new Proxy(log, {
    get(target, name) {
      if (name === "openReader") {
        return (positions: Parameters<EventLog["openReader"]>[0]) =>
          changedReader(target.openReader(positions), place);
      }
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}

function changedReader(reader: LogReader, place: RecordPlace): LogReader {
  const change = (batch: FetchedBatch): FetchedBatch => {
    if (batch.topic !== place.topic || batch.partition !== place.partition) return batch;
    return {
      ...batch,
      records: batch.records.map((record) => {
        if (record.offset !== place.offset) return record;
        const text = `${record.text} `;
        const { topic, partition, offset, timestamp, key, headers } = record;
        const value = new TextEncoder().encode(text);
        return { topic, partition, offset, timestamp, key, headers, text, value };
      }),
    };
  };
  return {
    get positions() {
      return reader.positions;
    },
    poll: async (options) => (await reader.poll(options)).map(change),
    seek: (position) => reader.seek(position),
    close: () => reader.close(),
  };
}
