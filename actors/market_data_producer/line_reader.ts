/**
 * Lines of a stream of bytes, one at a time: a file of gigabytes needs no more memory than a small one.
 *
 * @module
 */

/** A longer line, in bytes, is not held: it comes as malformed, and its end is looked for. */
export const MAX_LINE_BYTES = 4096;

/** A line of a file. `text` is null for one longer than {@link MAX_LINE_BYTES}. */
export interface Line {
  /** From 1. */
  readonly number: number;
  /** Without its end; a byte order mark is left out. */
  readonly text: string | null;
}

const NEWLINE = 10;
const decoder = new TextDecoder();

/** Yields every line of `bytes`, the last one also when it has no end. Ends it when left early. */
export async function* readLines(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Line> {
  const cutter = new LineCutter();
  for await (const chunk of bytes) yield* cutter.push(chunk);
  yield* cutter.end();
}

class LineCutter {
  #number = 0;
  /** The begin of a line whose end has not come yet; never longer than a line may be. */
  #held: Uint8Array = new Uint8Array(0);
  #tooLong = false;

  *push(chunk: Uint8Array): Generator<Line> {
    let from = 0;
    for (let at = chunk.indexOf(NEWLINE); at >= 0; at = chunk.indexOf(NEWLINE, from)) {
      yield this.#cut(chunk.subarray(from, at));
      from = at + 1;
    }
    this.#hold(chunk.subarray(from));
  }

  *end(): Generator<Line> {
    if (this.#held.length > 0 || this.#tooLong) yield this.#cut(new Uint8Array(0));
  }

  #cut(rest: Uint8Array): Line {
    const bytes = this.#held.length === 0 ? rest : joined(this.#held, rest);
    const tooLong = this.#tooLong || bytes.length > MAX_LINE_BYTES;
    this.#held = new Uint8Array(0);
    this.#tooLong = false;
    this.#number++;
    // The decoder drops a byte order mark at the beginning of each text it is given.
    const text = tooLong ? null : decoder.decode(bytes).replace(/\r$/, "");
    return { number: this.#number, text };
  }

  #hold(rest: Uint8Array): void {
    if (this.#tooLong || rest.length === 0) return;
    if (this.#held.length + rest.length > MAX_LINE_BYTES) {
      this.#tooLong = true;
      this.#held = new Uint8Array(0);
    } else {
      this.#held = joined(this.#held, rest);
    }
  }
}

function joined(a: Uint8Array, b: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(a.length + b.length);
  bytes.set(a);
  bytes.set(b, a.length);
  return bytes;
}
