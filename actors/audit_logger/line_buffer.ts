/**
 * Where lines become bytes: one growing buffer, filled by many appends and written at once.
 *
 * @module
 */

import { putText, type Room, SPARE_BYTES, UNIT_BYTES } from "./pieces.ts";

const encoder = new TextEncoder();

/** The size a buffer begins with, in bytes. */
const INITIAL_BYTES = 256 * 1024;

const QUOTE = 0x22;

/** Collects text as UTF-8. Views that it hands out are valid until the next append. */
export class LineBuffer {
  #room = roomOf(INITIAL_BYTES);
  #length = 0;

  /** Bytes collected. */
  get length(): number {
    return this.#length;
  }

  /** Where to put pieces; another one once room was made. */
  get room(): Room {
    return this.#room;
  }

  /** Takes in what was put behind the bytes collected, up to `end`. */
  reach(end: number): void {
    this.#length = end;
  }

  /** Makes room for so many more bytes, and for what is written beyond them by the way. */
  reserve(size: number): void {
    const needed = this.#length + size + SPARE_BYTES;
    const { bytes } = this.#room;
    if (needed <= bytes.length) return;
    this.#room = roomOf(Math.max(needed, bytes.length * 2));
    this.#room.bytes.set(bytes.subarray(0, this.#length));
  }

  /** Appends `text`. */
  append(text: string): void {
    this.reserve(text.length * UNIT_BYTES);
    const { written } = encoder.encodeInto(text, this.#room.bytes.subarray(this.#length));
    this.#length += written;
  }

  /** Appends `text` as `JSON.stringify` writes it. */
  appendQuoted(text: string): void {
    // Two bytes for each, unless it is to be written otherwise.
    this.reserve(text.length * UNIT_BYTES * 2 + 2);
    const { bytes } = this.#room;
    const end = putText(this.#room, this.#length + 1, text, 1);
    if (end < 0) return this.append(JSON.stringify(text));
    bytes[this.#length] = bytes[end] = QUOTE;
    this.#length = end + 1;
  }

  /** A view of the bytes from `start` on. */
  since(start: number): Uint8Array {
    return this.#room.bytes.subarray(start, this.#length);
  }

  /** A view of everything collected; the buffer begins anew. */
  take(): Uint8Array {
    const taken = this.#room.bytes.subarray(0, this.#length);
    this.#length = 0;
    return taken;
  }

  /** Forgets what was collected, which a failure may have left there. */
  clear(): void {
    this.#length = 0;
  }
}

function roomOf(size: number): Room {
  const bytes = new Uint8Array(size);
  return { bytes, view: new DataView(bytes.buffer) };
}
