/**
 * What can be seen of a record as it stands in the log, without taking it apart: that it cannot pass a
 * filter. Looking through a text costs a fraction of decoding it, and most of a run passes no filter.
 *
 * @module
 */

import type { EntryFilter } from "./actor_log.ts";

/** A record as it stands in the log. */
export interface RawRecord {
  readonly key: string | null;
  /** Null for a tombstone and for bytes that are no text. */
  readonly text: string | null;
}

/** JSON writes these as they are, unless it writes them by their numbers (`\u0061`). */
const WRITTEN_AS_THEY_ARE = /^[A-Za-z0-9 .:_@-]+$/;

/** Whether a record may pass a filter: false only of one that surely does not. */
export function rawSieve(filter: EntryFilter): (record: RawRecord) => boolean {
  const { userId, symbol, orderId, type } = filter;
  const holdsText = textSieve(filter);
  // Bytes that are no message have a user by their key, and "malformed" stands in no record.
  const named = [symbol, orderId, ...(type === "malformed" ? [] : [type])]
    .filter((value) => value !== undefined);
  const searched = named.filter((value) => WRITTEN_AS_THEY_ARE.test(value));
  const user = userId !== undefined && WRITTEN_AS_THEY_ARE.test(userId) ? userId : null;
  return (record) => {
    const { key, text } = record;
    if (!holdsText(record)) return false;
    if (text === null) return named.length === 0 && (user === null || key === user);
    if (searched.length === 0 && (user === null || key === user)) return true;
    if (text.includes("\\u")) return true;
    return searched.every((value) => text.includes(value)) &&
      (user === null || key === user || text.includes(user));
  };
}

/** Whether a record holds the text that a filter wants, in its value or its key; case does not matter. */
export function textSieve({ text }: EntryFilter): (record: RawRecord) => boolean {
  if (text === undefined || text === "") return () => true;
  const wanted = text.toLowerCase();
  return (record) =>
    record.text?.toLowerCase().includes(wanted) === true ||
    record.key?.toLowerCase().includes(wanted) === true;
}
