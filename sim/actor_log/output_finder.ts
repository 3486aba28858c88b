/**
 * Finds what a fold makes in the log: the first record that came by its channel with its sequence.
 *
 * @module
 */

import type { LogRecord, TopicPartition } from "../../kafka/event_log.ts";
import { channelOf, type Envelope } from "../../kafka/messages/mod.ts";
import type { RunIndex } from "./index/run_index.ts";
import { formatPartition } from "./record_place.ts";
import type { RecordReader } from "./record_reader.ts";
import type { FoldedOutput } from "./states/step_folder.ts";

/** Records looked at from where the index says on: more than its stride is never needed. */
const MAX_LOOKED_AT = 4 * 1024;

/** Channels of which it is kept where their last record was found. */
export const MAX_KEPT_CHANNELS = 4 * 1024;

/** Whoever reads on has the next number but a few: nearer than what the index would say. */
const NEAR_SEQUENCES = 64;

interface Found {
  readonly sequence: number;
  readonly offset: number;
}

/** What finding needs. */
export interface OutputFinderParts {
  readonly index: RunIndex;
  readonly records: RecordReader;
  /** The end of a partition, or 0 for one that the log does not have. */
  readonly endOf: (place: TopicPartition) => number;
}

/** Finds outputs; those that follow one another in their channels fast. */
export class OutputFinder {
  readonly #parts: OutputFinderParts;
  /** By destination and channel. */
  readonly #found = new Map<string, Found>();

  constructor(parts: OutputFinderParts) {
    this.#parts = parts;
  }

  /** The first record of the log with the output's id; null: it never got there. */
  async find({ topic, partition, message, text }: FoldedOutput): Promise<LogRecord | null> {
    const { id, sequence }: Envelope = message;
    const channel = channelOf(id);
    if (channel === null || sequence === undefined) return null;
    const { index, records, endOf } = this.#parts;
    const into = { topic, partition };
    const name = `${formatPartition(into)} ${channel}`;
    const from = this.#nearBefore(name, sequence) ?? index.searchFrom(into, channel, sequence);
    if (from === null) return null;
    const end = Math.min(endOf(into), from + MAX_LOOKED_AT);
    const written = `"id":${JSON.stringify(id)}`;
    for (let offset = from; offset < end; offset++) {
      const record = await records.read({ topic, partition, offset });
      // Mostly it stands there as it is folded; else its text is looked through first, which is cheap.
      const isIt = record.text === text ||
        record.text?.includes(written) === true && idIn(record.text) === id;
      if (!isIt) continue;
      this.#keep(name, { sequence, offset });
      return record;
    }
    return null;
  }

  /** Numbers of a channel stand one behind another, so the next one is past the one before. */
  #nearBefore(name: string, sequence: number): number | null {
    const found = this.#found.get(name);
    if (found === undefined) return null;
    const ahead = sequence - found.sequence;
    if (ahead < 0 || ahead > NEAR_SEQUENCES) return null;
    return ahead === 0 ? found.offset : found.offset + 1;
  }

  #keep(name: string, found: Found): void {
    if (this.#found.size >= MAX_KEPT_CHANNELS && !this.#found.has(name)) this.#found.clear();
    this.#found.set(name, found);
  }
}

function idIn(text: string): unknown {
  try {
    const json: unknown = JSON.parse(text);
    return json !== null && typeof json === "object" ? Reflect.get(json, "id") : null;
  } catch {
    // Bytes that are no message have no id.
    return null;
  }
}
