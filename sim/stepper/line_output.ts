/**
 * Lines on their way out, many at a time.
 *
 * @module
 */

/** Characters that are written at once; a write for each line would cost more than the line. */
const CHUNK_CHARACTERS = 16_384;

/** Collects lines and writes them in chunks. */
export class LineOutput {
  readonly #write: (text: string) => Promise<boolean>;
  readonly #isEager: boolean;
  #text = "";
  #isRead = true;

  /** `write` gives false when nobody reads any more; an eager output keeps no line waiting. */
  constructor(
    write: (text: string) => Promise<boolean>,
    { isEager = false }: { readonly isEager?: boolean } = {},
  ) {
    this.#write = write;
    this.#isEager = isEager;
  }

  /** Takes lines; false when nobody reads any more. */
  async add(lines: readonly string[]): Promise<boolean> {
    for (const line of lines) this.#text += `${line}\n`;
    if (this.#isEager || this.#text.length >= CHUNK_CHARACTERS) await this.flush();
    return this.#isRead;
  }

  /** Writes what waits. */
  async flush(): Promise<void> {
    if (this.#text === "" || !this.#isRead) return;
    const text = this.#text;
    this.#text = "";
    this.#isRead = await this.#write(text);
  }
}
