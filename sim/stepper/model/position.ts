/**
 * Where in a run, as people write it: a record's place, a rank, or a time.
 *
 * @module
 */

import { TOPIC_NAMES } from "../../../kafka/topics.ts";
import type { RunFacts } from "../../actor_log/actor_log.ts";
import { ORDERED_TOPICS } from "../../actor_log/entry_filter.ts";
import type { RunIndex } from "../../actor_log/index/run_index.ts";
import { formatPlace, parsePlace, type RecordPlace } from "../../actor_log/record_place.ts";
import { parseDuration } from "../../duration.ts";
import { suggestion } from "../../nearest.ts";
import { formatSince } from "./since.ts";

/** A point of a run. */
export type Position =
  | { readonly kind: "place"; readonly place: RecordPlace }
  | { readonly kind: "rank"; readonly rank: number }
  /** Milliseconds since the epoch. */
  | { readonly kind: "time"; readonly time: number };

/** A position, or what is wrong with its text and what would be right. */
export type ParsedPosition =
  | { readonly ok: true; readonly position: Position }
  | { readonly ok: false; readonly problem: string };

/** What a position may look like, for messages. */
export const POSITION_FORMS =
  `a place such as order-commands/3/117, an entry's number such as #1204, or a time: +1.5s since ` +
  `the start, 09:30:01.250 in UTC, or 2026-03-01T09:30:01Z`;

const DAY_MS = 86_400_000;

/** The position that a text writes. Times of day are those of the run's first day, in UTC. */
export function parsePosition(text: string, { startedAt }: { startedAt: number }): ParsedPosition {
  const trimmed = text.trim();
  const place = parsePlace(trimmed);
  if (place !== null) return placed(place);
  const rank = /^#?(\d{1,3}(?:,\d{3})+|\d{1,15})$/.exec(trimmed)?.[1];
  if (rank !== undefined) return found({ kind: "rank", rank: Number(rank.replaceAll(",", "")) });
  const time = parseTime(trimmed, startedAt);
  if (time !== null) return found({ kind: "time", time });
  return { ok: false, problem: `${JSON.stringify(text)}: must be ${hintFor(trimmed)}` };
}

function found(position: Position): ParsedPosition {
  return { ok: true, position };
}

function placed(place: RecordPlace): ParsedPosition {
  if (ORDERED_TOPICS.includes(place.topic)) return found({ kind: "place", place });
  return {
    ok: false,
    problem: `${formatPlace(place)}: ${place.topic} has states and no messages; there are ` +
      ORDERED_TOPICS.join(", "),
  };
}

function hintFor(text: string): string {
  const topic = /^([^/]*)\/[^/]*\/[^/]*$/.exec(text)?.[1];
  if (topic === undefined || TOPIC_NAMES.some((name) => name === topic)) return POSITION_FORMS;
  return `a place of a topic that there is, of ${ORDERED_TOPICS.join(", ")}` +
    suggestion(topic, ORDERED_TOPICS);
}

/** Milliseconds since the epoch, or null. */
function parseTime(text: string, startedAt: number): number | null {
  if (text.startsWith("+")) {
    const since = parseSince(text.slice(1).trim());
    return since === null ? null : startedAt + since;
  }
  const clock = /^(\d{1,2}):(\d{2})(?::(\d{2}(?:\.\d{1,3})?))?$/.exec(text);
  if (clock !== null) {
    const [, hours, minutes, seconds = "0"] = clock;
    const ms = (Number(hours) * 60 + Number(minutes)) * 60_000 + Math.round(Number(seconds) * 1000);
    if (Number(hours) > 23 || Number(minutes) > 59 || Number(seconds) >= 60) return null;
    const time = Math.floor(startedAt / DAY_MS) * DAY_MS + ms;
    // Before the run began, it can only be meant of the day after.
    return Math.ceil(time) < Math.floor(startedAt / 60_000) * 60_000 ? time + DAY_MS : time;
  }
  if (!/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}/.test(text)) return null;
  const time = Date.parse(text);
  return Number.isFinite(time) ? time : null;
}

/** A length of time as it is shown (`1.203 s`, `1:02.345`), or as options take it (`1.5m`). */
function parseSince(text: string): number | null {
  const clock = /^(?:(\d{1,4}):)?(\d{1,4}):(\d{2}(?:\.\d{1,3})?)$/.exec(text);
  if (clock !== null) {
    const [, hours = "0", minutes, seconds] = clock;
    return ((Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds)) * 1000;
  }
  if (/^\d+(\.\d+)?$/.test(text)) return Number(text) * 1000;
  return parseDuration(text.replace(/ (?=[a-z]+$)/, ""));
}

/** The rank at a position, or why there is none. */
export function rankAt(
  position: Position,
  { index, run }: { readonly index: RunIndex; readonly run: RunFacts },
): { readonly rank: number } | { readonly problem: string } {
  switch (position.kind) {
    case "place": {
      const rank = index.rankOf(position.place);
      return rank === null ? { problem: noSuchRecord(position.place, run) } : { rank };
    }
    case "rank":
      if (position.rank < index.length) return { rank: position.rank };
      return { problem: `There is no #${position.rank}: entries are #0 to #${index.length - 1}` };
    case "time": {
      const rank = index.rankAtTime(position.time);
      if (rank < index.length) return { rank };
      const since = formatSince(position.time - run.startedAt);
      return { problem: `Nothing happened at ${since} or later` };
    }
  }
}

function noSuchRecord(place: RecordPlace, { parameters }: RunFacts): string {
  const partitions = parameters.partitions[place.topic];
  if (partitions !== undefined && place.partition >= partitions) {
    return `There is no ${formatPlace(place)}: ${place.topic} has partitions 0 to ${
      partitions - 1
    }`;
  }
  return `There is no ${formatPlace(place)}: the partition has no such offset`;
}
