/**
 * How far the channels into a lane had come, noted every so many of its records. A channel's numbers
 * are dense and a repeat has a lower one than the next, so the first record with a number stands between
 * the last note that is not past it and the one after. A number beyond the next one (a record was lost,
 * or somebody forged it) is a stray, and noted by itself.
 *
 * @module
 */

import type { DatabaseSync, StatementSync } from "node:sqlite";
import { CHANNEL_STRIDE } from "./limits.ts";
import { bytesOf } from "./order_chunks.ts";

/** The table of the notes: lane × 2^32 + the how-manieth. `strays` holds pairs of channel and number. */
export const CHANNEL_TABLE = `
CREATE TABLE channels (
  id INTEGER PRIMARY KEY,
  start_offset INTEGER NOT NULL,
  next BLOB NOT NULL,
  strays BLOB
) STRICT;
`;

/** Afterwards, since few notes have any. */
export const STRAYS_INDEX = `
CREATE INDEX strays ON channels (id) WHERE strays IS NOT NULL;
`;

/** Notes of one lane have ids from here on. */
export function firstNoteOf(lane: number): number {
  return lane * 2 ** 32;
}

interface LaneChannels {
  /** By channel: the next number. */
  readonly next: Float64Array;
  start: number;
  notes: number;
  strays: number[];
  before: Float64Array;
}

/** Writes the notes. */
export class ChannelWriter {
  readonly #insert: StatementSync;
  readonly #lanes: (LaneChannels | undefined)[];

  constructor(database: DatabaseSync, lanes: number) {
    this.#insert = database.prepare("INSERT INTO channels VALUES (?, ?, ?, ?)");
    this.#lanes = new Array<LaneChannels | undefined>(lanes).fill(undefined);
  }

  /** Adds a derived record of a lane. */
  add(lane: number, offset: number, channel: number, sequence: number): void {
    const found = this.#lanes[lane] ??= newLane(this.#lanes.length, offset);
    if (offset - found.start >= CHANNEL_STRIDE) this.#note(lane, found, offset);
    const next = found.next[channel]!;
    if (sequence === next) found.next[channel] = next + 1;
    else if (sequence > next) found.strays.push(channel, sequence);
  }

  /** Ends all lanes: a last note of each says how far it came. */
  flush(): void {
    this.#lanes.forEach((found, lane) => {
      if (found === undefined) return;
      this.#note(lane, found, found.start + CHANNEL_STRIDE);
      this.#note(lane, found, found.start);
    });
  }

  #note(lane: number, found: LaneChannels, nextStart: number): void {
    const strays = found.strays.length === 0 ? null : bytesOf(Float64Array.from(found.strays));
    this.#insert.run(firstNoteOf(lane) + found.notes++, found.start, packed(found.before), strays);
    found.before = found.next.slice();
    found.start = nextStart;
    found.strays = [];
  }
}

/** What a note says. */
export interface ChannelNote {
  readonly startOffset: number;
  /** By channel: the next number when the note was made; 0 where nothing had come. */
  next(channel: number): number;
  /** Whether a stray with this number came after it, and before the next note. */
  hasStray(channel: number, sequence: number): boolean;
}

/** What a row of the table says. */
export function channelNote(
  row: {
    readonly startOffset: number;
    readonly next: ArrayBuffer;
    readonly strays: ArrayBuffer | null;
  },
): ChannelNote {
  const next = new Float64Array(row.next);
  const strays = new Float64Array(row.strays ?? new ArrayBuffer());
  return {
    startOffset: row.startOffset,
    next: (channel) => pairOf(next, (at) => next[at] === channel)?.[1] ?? 0,
    hasStray: (channel, sequence) =>
      pairOf(strays, (at) => strays[at] === channel && strays[at + 1] === sequence) !== null,
  };
}

function newLane(lanes: number, start: number): LaneChannels {
  const next = new Float64Array(lanes);
  return { next, start, notes: 0, strays: [], before: next.slice() };
}

/** Only of channels by which something has come. */
function packed(next: Float64Array): Uint8Array {
  const pairs: number[] = [];
  next.forEach((number, channel) => {
    if (number > 0) pairs.push(channel, number);
  });
  return bytesOf(Float64Array.from(pairs));
}

function pairOf(
  pairs: Float64Array,
  isWanted: (at: number) => boolean,
): readonly [number, number] | null {
  for (let at = 0; at < pairs.length; at += 2) {
    if (isWanted(at)) return [pairs[at]!, pairs[at + 1]!];
  }
  return null;
}
