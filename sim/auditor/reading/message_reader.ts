/**
 * Reads messages: as bytes where they are written as our encoder writes them, else as JSON.
 *
 * @module
 */

import type { LogRecord } from "../../../kafka/event_log.ts";
import { type Derived, type DerivedMessage, readFully, type Reading } from "../derived_messages.ts";
import { Fingerprinter } from "../fingerprint.ts";
import { type MessageLayout, MessageScanner } from "./message_scanner.ts";
import type { ScannedMessage } from "./scanned_message.ts";
import type { TextPrints } from "./text_prints.ts";

/** Reads records, one after the other. */
export class MessageReader {
  readonly #scanner = new MessageScanner();
  readonly #print = new Fingerprinter();
  /** The last derived message that could be scanned. */
  readonly derived: { -readonly [K in keyof Derived]: Derived[K] };
  readonly #reading: Reading;
  #scanned: LogRecord | null = null;

  constructor() {
    const { message, origin, prints } = this.#scanner;
    // It has the fields of all derived messages, and what the scanner took it checked.
    const derived = message as unknown as DerivedMessage;
    // Set with the first record that is read.
    const record = null as unknown as LogRecord;
    this.derived = { message: derived, record, origin, prints };
    this.#reading = { kind: "derived", derived: this.derived };
  }

  /** How the value of a record lies, if it was the last one and could be scanned. */
  layoutOf(record: LogRecord): MessageLayout | null {
    return this.#scanned === record ? this.#scanner : null;
  }

  /** The last message that could be scanned, and the prints of its texts. */
  get message(): ScannedMessage {
    return this.#scanner.message;
  }

  get prints(): TextPrints {
    return this.#scanner.prints;
  }

  /** Whether a message is derived or its sender's own; null when it has to be read in full. */
  scan(record: LogRecord): "derived" | "source" | null {
    this.#scanned = null;
    if (!this.#scanner.scan(record.topic, record)) return null;
    this.#scanned = record;
    if (this.#scanner.shape!.cause === null) return "source";
    this.derived.record = record;
    return "derived";
  }

  /** Reads a record of a topic that folds write to. Never throws. */
  read(record: LogRecord): Reading {
    switch (this.scan(record)) {
      case "derived":
        return this.#reading;
      case "source":
        return { kind: "source", json: { type: this.message.type } };
      case null:
        return readFully(record, this.#print);
    }
  }
}
