/**
 * Records as they are kept: made once, when they are published, and handed to every reader.
 *
 * @module
 */

import { CARRIED, type Carrier, takeMessage } from "../carried_message.ts";
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
 * published; it becomes bytes only for whoever asks for bytes, and those are the asker's own.
 */
export class MemoryRecord implements LogRecord, Carrier {
  [CARRIED]: object | undefined;
  readonly #origin: RecordOrigin;
  readonly #index: number;
  readonly #key: string | null;
  readonly #value: string | Uint8Array | null;
  readonly #headers: Readonly<Record<string, string>>;
  /** Of bytes; undefined until somebody asks. */
  #text: string | null | undefined;

  // Positional, unlike elsewhere: it is called once for every record that is published.
  constructor(origin: RecordOrigin, index: number, published: RecordToPublish) {
    const { key, value, headers } = published;
    this[CARRIED] = takeMessage(published);
    this.#origin = origin;
    this.#index = index;
    // As if it had been stored as UTF-8, which half a surrogate pair does not survive.
    this.#key = key === null ? null : key.toWellFormed();
    this.#value = typeof value === "string" ? value.toWellFormed() : copyOf(value);
    this.#headers = headers === undefined ? NO_HEADERS : Object.freeze({ ...headers });
    this.#text = undefined;
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
    const value = this.#value;
    return typeof value === "string" ? encoder.encode(value) : copyOf(value);
  }

  get text(): string | null {
    const value = this.#value;
    if (value === null || typeof value === "string") return value;
    if (this.#text === undefined) this.#text = textOf(value);
    return this.#text;
  }

  get headers(): Readonly<Record<string, string>> {
    return this.#headers;
  }
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
