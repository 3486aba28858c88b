/**
 * Memory that files are read to, one after the other: to take new memory for each costs more than to read
 * it, and leaves it to the collector when to give it back.
 *
 * @module
 */

/** So much is there at first; most files fit. */
const FIRST_BYTES = 4 * 1024 * 1024;

/** Holds one file at a time. */
export class FileMemory {
  #bytes = new Uint8Array();

  /** The file's bytes, until the next one is read. @throws what reading throws */
  read(path: string): Uint8Array {
    using file = Deno.openSync(path);
    for (let length = 0;;) {
      if (length === this.#bytes.length) this.#grow();
      const count = file.readSync(this.#bytes.subarray(length));
      if (count === null) return this.#bytes.subarray(0, length);
      length += count;
    }
  }

  #grow(): void {
    const grown = new Uint8Array(Math.max(FIRST_BYTES, 2 * this.#bytes.length));
    grown.set(this.#bytes);
    this.#bytes = grown;
  }
}
