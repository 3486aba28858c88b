/**
 * Searches the notes of how far the channels into a lane had come.
 *
 * @module
 */

import { type ChannelNote, firstNoteOf } from "./channel_blocks.ts";
import type { IndexRows } from "./index_rows.ts";
import { KEPT_NOTES } from "./limits.ts";
import { RecentlyUsed } from "./recently_used.ts";

/** What is known of one lane's notes. */
interface LaneNotes {
  readonly count: number;
  readonly hasStrays: boolean;
}

/** Reads the notes. */
export class ChannelReader {
  readonly #rows: IndexRows;
  readonly #notes = new RecentlyUsed<ChannelNote>(KEPT_NOTES);
  readonly #lanes = new RecentlyUsed<LaneNotes>(KEPT_NOTES);

  constructor(rows: IndexRows) {
    this.#rows = rows;
  }

  /**
   * The offset of the note before the first record of a lane that came by a channel with a number; null
   * when there is none.
   */
  searchFrom(lane: number, channel: number, sequence: number): number | null {
    const { count, hasStrays } = this.#lanes.get(lane, () => ({
      count: this.#rows.noteCount(lane),
      hasStrays: this.#rows.notesWithStrays(lane)[Symbol.iterator]().next().done !== true,
    }));
    const dense = this.#denseFrom({ lane, count }, channel, sequence);
    if (!hasStrays) return dense;
    for (const note of this.#rows.notesWithStrays(lane)) {
      if (dense !== null && note.startOffset >= dense) break;
      if (note.hasStray(channel, sequence)) return note.startOffset;
    }
    return dense;
  }

  /** The note after which a number came in its turn. */
  #denseFrom(
    { lane, count }: { readonly lane: number; readonly count: number },
    channel: number,
    sequence: number,
  ): number | null {
    // The last note says how far the channel came.
    if (count === 0 || this.#note(lane, count - 1).next(channel) <= sequence) return null;
    let low = 0;
    let high = count - 1;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#note(lane, middle + 1).next(channel) > sequence) high = middle;
      else low = middle + 1;
    }
    return this.#note(lane, low).startOffset;
  }

  #note(lane: number, number: number): ChannelNote {
    return this.#notes.get(firstNoteOf(lane) + number, () => this.#rows.note(lane, number));
  }
}
