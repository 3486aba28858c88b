/**
 * Numbers and bytes, one after another.
 *
 * @module
 */

/** A view of so few bytes takes longer to make than they take to copy. */
export const SHORT_COPY_BYTES = 64;

/** Takes them. */
export class ByteSink {
  #bytes: Uint8Array<ArrayBuffer>;
  #length = 0;

  /** `capacity` is what it begins with; it grows. */
  constructor(capacity: number) {
    this.#bytes = new Uint8Array(capacity);
  }

  /** A whole number from 0, seven bits a byte, the lowest first. */
  number(value: number): void {
    this.#room(8);
    let rest = value;
    while (rest >= 0x80) {
      this.#bytes[this.#length++] = (rest % 0x80) | 0x80;
      rest = Math.floor(rest / 0x80);
    }
    this.#bytes[this.#length++] = rest;
  }

  /** A whole number of either sign: the sign is its lowest bit. */
  signed(value: number): void {
    this.number(value < 0 ? -2 * value - 1 : 2 * value);
  }

  /** Those bytes from one place up to, but without, another. */
  raw(bytes: Uint8Array, from = 0, to = bytes.length): void {
    const length = to - from;
    this.#room(length);
    if (length > SHORT_COPY_BYTES) this.#bytes.set(bytes.subarray(from, to), this.#length);
    else for (let i = 0; i < length; i++) this.#bytes[this.#length + i] = bytes[from + i]!;
    this.#length += length;
  }

  /** All that was taken; the sink must not be used again. */
  bytes(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }

  #room(more: number): void {
    if (this.#length + more <= this.#bytes.length) return;
    const grown = new Uint8Array(Math.max(2 * this.#bytes.length, this.#length + more));
    grown.set(this.#bytes.subarray(0, this.#length));
    this.#bytes = grown;
  }
}

/** Gives what a {@link ByteSink} took. */
export class ByteSource {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /** @throws {RangeError} at the end */
  number(): number {
    let value = 0;
    for (let scale = 1;; scale *= 0x80) {
      const byte = this.#bytes[this.#at++];
      if (byte === undefined) throw new RangeError("Cannot read on: the bytes are cut");
      if (byte < 0x80) return value + byte * scale;
      value += (byte - 0x80) * scale;
    }
  }

  /** @throws {RangeError} at the end */
  signed(): number {
    const value = this.number();
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
  }

  /** Puts the next bytes into others. @throws {RangeError} at the end */
  take(into: Uint8Array, at: number, count: number): void {
    if (this.#at + count > this.#bytes.length) {
      throw new RangeError("Cannot read on: the bytes are cut");
    }
    if (count > SHORT_COPY_BYTES) into.set(this.#bytes.subarray(this.#at, this.#at + count), at);
    else for (let i = 0; i < count; i++) into[at + i] = this.#bytes[this.#at + i]!;
    this.#at += count;
  }
}
