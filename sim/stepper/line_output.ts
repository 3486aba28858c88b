/**
 * Lines on their way out, many at a time.
 *
 * @module
 */

/** Characters that are written at once; a write for each line would cost more than the line. */
const CHUNK_CHARACTERS = 131_072;

/** Collects lines and writes them in chunks; while one is written, the next one is collected. */
export class LineOutput {
  readonly #write: (text: string) => Promise<boolean>;
  readonly #isEager: boolean;
  #text = "";
  #isRead = true;
  /** At most one: who reads slowly holds up who writes. */
  #writing: Promise<void> = Promise.resolve();

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
    if (this.#isEager) await this.flush();
    else if (this.#text.length >= CHUNK_CHARACTERS) await this.#begin();
    return this.#isRead;
  }

  /** Writes what waits. */
  async flush(): Promise<void> {
    await this.#begin();
    await this.#writing;
  }

  /** Begins to write what waits, once what was begun before is written. */
  async #begin(): Promise<void> {
    await this.#writing;
    if (this.#text === "" || !this.#isRead) return;
    const text = this.#text;
    this.#text = "";
    this.#writing = this.#write(text).then((isRead) => {
      this.#isRead = isRead;
    });
    // Whoever waits for it next is told of its failure; nobody may be before that.
    this.#writing.catch(() => {});
  }
}
