/**
 * What an entry is, in one line.
 *
 * @module
 */

import type { Entry, ReadRecord } from "../../actor_log/step.ts";
import { formatPlace } from "../../actor_log/record_place.ts";
import { eventSentence } from "../../actor_log/views/event_sentence.ts";
import { messageLine } from "../../actor_log/views/message_line.ts";
import type { Units } from "../../actor_log/views/units.ts";

/** What an entry says. */
export function entryText(entry: Entry, units: Units): string {
  return entry.kind === "event" ? eventSentence(entry.event) : recordText(entry.record, units);
}

/** What a record says, or why it says nothing. */
export function recordText({ message, malformed }: ReadRecord, units: Units): string {
  return message === null ? `no message: ${malformed}` : messageLine(message, units);
}

/** Where an entry stands: a record's place, or that it is a runtime event. */
export function entryPlace(entry: Entry): string {
  return entry.kind === "event" ? `event ${entry.event.number}` : formatPlace(entry.record.place);
}

/** Its stamp, in milliseconds since the epoch. */
export function entryTime(entry: Entry): number {
  return entry.kind === "event" ? entry.event.at : entry.record.timestamp;
}
