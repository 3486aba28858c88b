/**
 * A log that is read in small pieces, and may have holes.
 */

import type { EventLog, FetchedBatch } from "../../../../kafka/event_log.ts";

/** The log, whose readers give at most so many records at a time, and only those that are kept. */
export function readInPieces(
  log: EventLog,
  maxRecords: number,
  isKept: (offset: number) => boolean = () => true,
): EventLog {
  return withMember(log, "openReader", (positions: Parameters<EventLog["openReader"]>[0]) => {
    const reader = log.openReader(positions);
    const poll: typeof reader.poll = async (options) => {
      const batches = await reader.poll({ ...options, maxRecords });
      return batches.map((batch): FetchedBatch => ({
        ...batch,
        records: batch.records.filter(({ offset }) => isKept(offset)),
      }));
    };
    return withMember(reader, "poll", poll);
  });
}

/** The same with one member in the place of its own. */
export function withMember<T extends object>(of: T, name: keyof T, member: unknown): T {
  return new Proxy(of, {
    get(target, wanted) {
      if (wanted === name) return member;
      const value: unknown = Reflect.get(target, wanted, target);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}
