/**
 * A hash over records: the same for the same records, however they are stored, on every machine.
 *
 * Every field has its length before it, so no two sequences of records are the same bytes: offset and
 * timestamp as doubles, key, headers in the order of their names' code units, value. Numbers are
 * big-endian, texts UTF-8; what is null has the length 2^32 - 1.
 *
 * @module
 */

import { Buffer } from "node:buffer";
import { createHash } from "node:crypto";
import type { LogRecord } from "../../kafka/event_log.ts";

/** Bytes that are gathered before they are hashed: one call a record costs more than the hashing. */
const GATHERED_BYTES = 64 * 1024;

const NULL_LENGTH = 0xffffffff;

/** SHA-256 over what is added, in the order of adding. */
export class RecordHash {
  readonly #hash = createHash("sha256");
  readonly #gathered = Buffer.alloc(GATHERED_BYTES);
  #at = 0;

  /** Adds a record; its topic and partition are the caller's to add. */
  add({ offset, timestamp, key, headers, value }: LogRecord): void {
    this.#number(offset);
    this.#number(timestamp);
    this.addText(key);
    const names = Object.keys(headers).sort();
    this.#number(names.length);
    for (const name of names) {
      this.addText(name);
      this.addText(headers[name]!);
    }
    this.addBytes(value);
  }

  addText(text: string | null): void {
    if (text === null) return this.#length(NULL_LENGTH);
    const bytes = Buffer.byteLength(text);
    this.#length(bytes);
    if (bytes > GATHERED_BYTES) return this.#raw(Buffer.from(text));
    this.#makeRoom(bytes);
    this.#gathered.write(text, this.#at);
    this.#at += bytes;
  }

  addBytes(bytes: Uint8Array | null): void {
    this.#length(bytes?.length ?? NULL_LENGTH);
    if (bytes !== null) this.#raw(bytes);
  }

  /** The hash in hexadecimal; nothing can be added afterwards. */
  hex(): string {
    this.#flush();
    return this.#hash.digest("hex");
  }

  #number(value: number): void {
    this.#makeRoom(8);
    this.#at = this.#gathered.writeDoubleBE(value, this.#at);
  }

  #length(length: number): void {
    this.#makeRoom(4);
    this.#at = this.#gathered.writeUInt32BE(length, this.#at);
  }

  #raw(bytes: Uint8Array): void {
    this.#makeRoom(bytes.length);
    if (bytes.length > GATHERED_BYTES) {
      this.#hash.update(bytes);
      return;
    }
    this.#gathered.set(bytes, this.#at);
    this.#at += bytes.length;
  }

  #makeRoom(bytes: number): void {
    if (this.#at + bytes > GATHERED_BYTES) this.#flush();
  }

  #flush(): void {
    this.#hash.update(this.#gathered.subarray(0, this.#at));
    this.#at = 0;
  }
}
