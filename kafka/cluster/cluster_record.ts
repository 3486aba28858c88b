/**
 * A record of a cluster as the log's readers see it, decoding only what is asked of it.
 *
 * @module
 */

import { Buffer } from "node:buffer";
import type { LogRecord } from "../event_log.ts";
import type { ClientFetchedRecord } from "./kafka_client.ts";

const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
const strictDecoder = new TextDecoder("utf-8", { ignoreBOM: true, fatal: true });

/** What a decoder puts in the place of bytes that are not UTF-8; it may be in a text, too. */
const REPLACEMENT = "\uFFFD";

/** Longer texts are decoded by the runtime: measured, that begins to pay here. */
const SHORT_TEXT_BYTES = 24;

/** Where a record is: shared by all records of one answer. */
export interface RecordHome {
  readonly topic: string;
  readonly partition: number;
}

/** A fetched record. `value` is a view of the answer's bytes and must not be changed. */
export class ClusterRecord implements LogRecord {
  readonly #home: RecordHome;
  readonly #record: ClientFetchedRecord;

  constructor(home: RecordHome, record: ClientFetchedRecord) {
    this.#home = home;
    this.#record = record;
  }

  get topic(): string {
    return this.#home.topic;
  }

  get partition(): number {
    return this.#home.partition;
  }

  get offset(): number {
    return this.#record.offset;
  }

  get timestamp(): number {
    return this.#record.timestamp;
  }

  get key(): string | null {
    const { key } = this.#record;
    return key === null ? null : shortAscii(key) ?? decoder.decode(key);
  }

  get value(): Uint8Array | null {
    const { value } = this.#record;
    // Bytes are bytes to a reader: a subclass would not be equal to what was published.
    if (!(value instanceof Buffer)) return value;
    return new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
  }

  get text(): string | null {
    const { value } = this.#record;
    if (value === null) return null;
    const short = shortAscii(value);
    if (short !== null) return short;
    // A strict decoder takes four times as long, and only this character leaves a doubt.
    const text = decoder.decode(value);
    if (!text.includes(REPLACEMENT)) return text;
    try {
      return strictDecoder.decode(value);
    } catch (error) {
      if (error instanceof TypeError) return null;
      throw error;
    }
  }

  get headers(): Readonly<Record<string, string>> {
    return this.#record.headers;
  }
}

/** The text of a few ASCII bytes; null for others. */
function shortAscii(bytes: Uint8Array): string | null {
  const { length } = bytes;
  if (length > SHORT_TEXT_BYTES) return null;
  let text = "";
  for (let i = 0; i < length; i++) {
    const byte = bytes[i]!;
    if (byte >= 0x80) return null;
    text += String.fromCharCode(byte);
  }
  return text;
}
