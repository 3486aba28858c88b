/**
 * What compaction keeps: of every key the last record.
 *
 * A tombstone goes when nothing older of its key was left at the beginning: whoever reads on from an
 * older record thus meets the tombstone for at least one cleaning more. The newest record of a
 * partition stays in any case, as on a file, where the partition's end would else go back.
 *
 * @module
 */

import type { LogRecord } from "../event_log.ts";

interface KeyHistory {
  last: number;
  /** Whether there was a record before the last one. */
  older: boolean;
}

/** Tells which of a partition's records may go. `records` are all of them, in order. */
export function overtaken(records: readonly LogRecord[]): (record: LogRecord) => boolean {
  const keys = new Map<string, KeyHistory>();
  for (const { key, offset } of records) {
    if (key === null) continue;
    const history = keys.get(key);
    if (history === undefined) keys.set(key, { last: offset, older: false });
    else {
      history.last = offset;
      history.older = true;
    }
  }
  const newest = records.at(-1)?.offset;
  return ({ key, offset, text, value }) => {
    const history = key === null ? undefined : keys.get(key);
    if (history === undefined || offset === newest) return false;
    if (offset < history.last) return true;
    return text === null && value === null && !history.older;
  };
}
