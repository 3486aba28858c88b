/**
 * Where lines become bytes: one growing buffer, filled by many appends and written at once.
 *
 * @module
 */

const encoder = new TextEncoder();

/** The size a buffer begins with, in bytes. */
const INITIAL_BYTES = 256 * 1024;

/** Collects text as UTF-8. Views that it hands out are valid until the next append. */
export class LineBuffer {
  #bytes = new Uint8Array(INITIAL_BYTES);
  #length = 0;

  /** Bytes collected. */
  get length(): number {
    return this.#length;
  }

  /** Appends `text`; returns a view of its bytes. */
  append(text: string): Uint8Array {
    // Three bytes are the most that one UTF-16 unit can need.
    this.#reserve(this.#length + text.length * 3);
    const start = this.#length;
    const { written } = encoder.encodeInto(text, this.#bytes.subarray(start));
    this.#length = start + written;
    return this.#bytes.subarray(start, this.#length);
  }

  /** A view of everything collected; the buffer begins anew. */
  take(): Uint8Array {
    const taken = this.#bytes.subarray(0, this.#length);
    this.#length = 0;
    return taken;
  }

  /** Forgets what was collected, which a failure may have left there. */
  clear(): void {
    this.#length = 0;
  }

  #reserve(size: number): void {
    if (size <= this.#bytes.length) return;
    const grown = new Uint8Array(Math.max(size, this.#bytes.length * 2));
    grown.set(this.#bytes.subarray(0, this.#length));
    this.#bytes = grown;
  }
}
