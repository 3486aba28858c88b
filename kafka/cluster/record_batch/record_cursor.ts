/**
 * Walks through the records of one batch.
 *
 * @module
 */

const NONE: Readonly<Record<string, string>> = Object.freeze({});
const utf8 = new TextDecoder();

/** Bytes and a place in them, moved on by every read. */
export class RecordCursor {
  /** The next byte to read. */
  at = 0;
  readonly #bytes: Uint8Array;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /** Where the record ends that begins here; its attributes, which mean nothing, are passed over. */
  startRecord(): number {
    const length = this.varint();
    const end = this.at + length;
    if (length < 0 || end > this.#bytes.length) return beyond(end);
    this.at++;
    return end;
  }

  /** A zigzag varint of up to 64 bits, exact up to 2^52. @throws {RangeError} beyond the end */
  varint(): number {
    const bytes = this.#bytes;
    let byte = bytes[this.at++] ?? beyond(this.at);
    if (byte < 0x80) return (byte >>> 1) ^ -(byte & 1);
    let value = byte & 0x7f;
    // Multiplied, because the operators of bits know 32 of them only.
    for (let unit = 0x80; byte >= 0x80; unit *= 0x80) {
      byte = bytes[this.at++] ?? beyond(this.at);
      value += (byte & 0x7f) * unit;
    }
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
  }

  /** Bytes after their length; null for a length of -1. They share the fetch's memory. */
  bytes(): Uint8Array | null {
    const length = this.varint();
    if (length < 0) return null;
    const start = this.at;
    this.at += length;
    const { buffer, byteOffset, byteLength } = this.#bytes;
    if (this.at > byteLength) return beyond(this.at);
    // No Buffer, whose views cost several times as much to make.
    return new Uint8Array(buffer, byteOffset + start, length);
  }

  /** Text beside the value. Of a name that comes twice, the last one counts. */
  headers(): Readonly<Record<string, string>> {
    const count = this.varint();
    if (count <= 0) return NONE;
    const headers: Record<string, string> = {};
    for (let read = 0; read < count; read++) {
      const name = utf8.decode(this.bytes() ?? undefined);
      const value = utf8.decode(this.bytes() ?? undefined);
      // Defined, because a header may be named __proto__.
      Object.defineProperty(headers, name, {
        value,
        configurable: true,
        enumerable: true,
        writable: true,
      });
    }
    return headers;
  }
}

function beyond(at: number): never {
  throw new RangeError(`Cannot read byte ${at} of a batch's records: they are cut off before it`);
}
