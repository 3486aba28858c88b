/**
 * Records as they are kept: made once, when they are published, and handed to every reader.
 *
 * @module
 */

import {
  CARRIED,
  type Carrier,
  type CarryingRecord,
  MessageRecord,
  TAKE,
  UNWRITTEN,
} from "../carried_message.ts";
import type { LogRecord, RecordToPublish } from "../event_log.ts";

/** What records that were published together have in common. */
export interface RecordOrigin {
  readonly topic: string;
  readonly partition: number;
  /** The offset of the first of them; known when they are appended. */
  baseOffset: number;
  /** The stamp of all of them, or the latest one; known when they are appended. */
  timestamp: number;
  /** Their stamps, where they differ. */
  readonly timestamps: readonly number[] | undefined;
}

const NO_HEADERS: Readonly<Record<string, string>> = Object.freeze({});
const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { ignoreBOM: true, fatal: true });

/**
 * A record that nobody can change, since others are handed the same one. Text is the string that was
 * published, or is made of the message when somebody first asks; it becomes bytes only for whoever asks
 * for bytes, and those are the asker's own.
 */
export class MemoryRecord implements LogRecord, CarryingRecord {
  readonly #origin: RecordOrigin;
  readonly #index: number;
  readonly #key: string | null;
  /** Undefined until the text of the message is made. */
  #value: string | Uint8Array | null | undefined;
  readonly #headers: Readonly<Record<string, string>>;
  /** Of bytes; undefined until somebody asks. */
  #text: string | null | undefined;
  /** Kept until both has been taken and is there as text: never long beside a text. */
  #message: object | undefined;
  #isTaken = false;

  // Positional, unlike elsewhere: it is called once for every record that is published.
  constructor(origin: RecordOrigin, index: number, published: RecordToPublish & Carrier) {
    const { key, headers } = published;
    this.#origin = origin;
    this.#index = index;
    // As if it had been stored as UTF-8, which half a surrogate pair does not survive.
    this.#key = key === null ? null : key.toWellFormed();
    this.#value = published instanceof MessageRecord ? published.written : kept(published.value);
    this.#headers = headers === undefined ? NO_HEADERS : Object.freeze({ ...headers });
    this.#text = undefined;
    this.#message = published[CARRIED];
  }

  get topic(): string {
    return this.#origin.topic;
  }

  get partition(): number {
    return this.#origin.partition;
  }

  get offset(): number {
    return this.#origin.baseOffset + this.#index;
  }

  get timestamp(): number {
    const { timestamps, timestamp } = this.#origin;
    return timestamps === undefined ? timestamp : timestamps[this.#index]!;
  }

  get key(): string | null {
    return this.#key;
  }

  get value(): Uint8Array | null {
    const value = this.#written();
    return typeof value === "string" ? encoder.encode(value) : copyOf(value);
  }

  get text(): string | null {
    const value = this.#written();
    if (value === null || typeof value === "string") return value;
    if (this.#text === undefined) this.#text = textOf(value);
    return this.#text;
  }

  get headers(): Readonly<Record<string, string>> {
    return this.#headers;
  }

  [TAKE](): object | undefined {
    const message = this.#message;
    this.#isTaken = true;
    if (this.#value !== undefined) this.#message = undefined;
    return message;
  }

  get [UNWRITTEN](): object | undefined {
    return this.#value === undefined ? this.#message : undefined;
  }

  #written(): string | Uint8Array | null {
    if (this.#value !== undefined) return this.#value;
    // JSON escapes what would not survive as UTF-8.
    const text = JSON.stringify(this.#message);
    this.#value = text;
    if (this.#isTaken) this.#message = undefined;
    return text;
  }
}

function kept(value: string | Uint8Array | null): string | Uint8Array | null {
  return typeof value === "string" ? value.toWellFormed() : copyOf(value);
}

/** Not by `slice`, which shares the bytes of a Node buffer. */
function copyOf(bytes: Uint8Array | null): Uint8Array | null {
  return bytes === null ? null : new Uint8Array(bytes);
}

/** Null when the bytes are not UTF-8. */
function textOf(bytes: Uint8Array): string | null {
  try {
    return decoder.decode(bytes);
  } catch (error) {
    if (error instanceof TypeError) return null;
    throw error;
  }
}
