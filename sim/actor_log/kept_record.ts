/**
 * A record that is kept for looking at again: its text, or its bytes where they are no text, and nothing
 * of the stored batch that it was read from, which may be a hundred times as large.
 *
 * @module
 */

import { Buffer } from "node:buffer";
import type { LogRecord } from "../../kafka/event_log.ts";

/** A copy of a record that stands for itself. */
export class KeptRecord implements LogRecord {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  readonly timestamp: number;
  readonly key: string | null;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string | null;
  /** Length of the value; 0 for a tombstone. */
  readonly bytes: number;
  /** Null where the text says the same. */
  readonly #value: Uint8Array | null;

  constructor(record: LogRecord) {
    const { topic, partition, offset, timestamp, key, headers, text, value } = record;
    this.topic = topic;
    this.partition = partition;
    this.offset = offset;
    this.timestamp = timestamp;
    this.key = key;
    this.headers = headers;
    this.text = text;
    this.bytes = value?.length ?? 0;
    // A mark of byte order at the beginning is in the bytes and not in the text.
    const isSaidByText = text !== null && Buffer.byteLength(text) === this.bytes;
    this.#value = isSaidByText || value === null ? null : value.slice();
  }

  get value(): Uint8Array | null {
    if (this.#value !== null) return this.#value;
    return this.text === null ? null : new TextEncoder().encode(this.text);
  }
}
