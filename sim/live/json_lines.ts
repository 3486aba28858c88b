/**
 * JSON objects over a connection, one a line, in both directions, with a limit for each line.
 *
 * @module
 */

import { LineError, textLines } from "./text_lines.ts";

const encoder = new TextEncoder();

const READ_BYTES = 16 * 1024;

/** What of a connection is used. */
export type ByteStream = Pick<Deno.Conn, "read" | "write" | "close">;

/** One side of a connection. */
export class JsonLines {
  readonly #stream: ByteStream;
  readonly #maxCharacters: number;
  /** One write at a time, in order. */
  #writing: Promise<void> = Promise.resolve();
  #closed = false;

  /** `maxCharacters`: of a line that is read. */
  constructor(stream: ByteStream, maxCharacters: number) {
    this.#stream = stream;
    this.#maxCharacters = maxCharacters;
  }

  get isClosed(): boolean {
    return this.#closed;
  }

  /**
   * The values that come, until the other side or this one closes, or a connection breaks.
   * @throws {LineError} for a line that is too long or not JSON
   */
  async *values(): AsyncGenerator<unknown, void, void> {
    for await (const line of textLines(this.#chunks(), this.#maxCharacters)) {
      if (line.trim() === "") continue;
      let value: unknown;
      try {
        value = JSON.parse(line);
      } catch {
        // JSON.parse throws nothing else, and what it says would quote a stranger.
        throw new LineError("Cannot read a line: it is not JSON");
      }
      yield value;
    }
  }

  /** Resolves when the line has been handed to the system. Never rejects: readers learn of the end. */
  send(value: unknown): Promise<void> {
    const bytes = encoder.encode(`${JSON.stringify(value)}\n`);
    this.#writing = this.#writing.then(() => this.#write(bytes));
    return this.#writing;
  }

  /** Idempotent. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#stream.close();
  }

  async #write(bytes: Uint8Array): Promise<void> {
    try {
      for (let written = 0; written < bytes.length && !this.#closed;) {
        written += await this.#stream.write(bytes.subarray(written));
      }
    } catch {
      // The other side is gone, or this one has just closed.
      this.close();
    }
  }

  async *#chunks(): AsyncGenerator<Uint8Array, void, void> {
    const chunk = new Uint8Array(READ_BYTES);
    for (;;) {
      const read = await this.#read(chunk);
      if (read === null) return;
      yield chunk.subarray(0, read);
    }
  }

  /** Null at the end, however it came. */
  async #read(chunk: Uint8Array): Promise<number | null> {
    if (this.#closed) return null;
    try {
      return await this.#stream.read(chunk);
    } catch {
      // Reset by the other side, or closed by this one.
      return null;
    }
  }
}
