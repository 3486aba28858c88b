/**
 * A file's lines as bytes, one after the other, without holding the file in memory.
 *
 * @module
 */

/** Bytes read at a time. */
const PIECE_BYTES = 256 * 1024;

/** The longest line, in bytes: six times what a log's largest record may have, and some room. */
export const MAX_LINE_BYTES = 128 * 1024 * 1024;

const NEWLINE = 10;

/** A line of a file. */
export interface FileLine {
  /** Counted from 1. */
  readonly number: number;
  /** Its bytes, the newline included. Valid until the next line is taken. */
  readonly bytes: Uint8Array;
  /** False for the last line of a file that does not end with a newline. */
  readonly ended: boolean;
}

/**
 * The lines of the file at `path`.
 * @throws {RangeError} when a line is longer than {@link MAX_LINE_BYTES}
 */
export function* fileLines(path: string): Generator<FileLine> {
  using file = Deno.openSync(path);
  let bytes = new Uint8Array(PIECE_BYTES);
  let end = 0;
  let number = 0;
  for (;;) {
    const read = file.readSync(bytes.subarray(end));
    if (read === null) break;
    const searchFrom = end;
    end += read;
    let start = 0;
    for (let at = bytes.indexOf(NEWLINE, searchFrom); at >= 0 && at < end;) {
      yield { number: ++number, bytes: bytes.subarray(start, at + 1), ended: true };
      start = at + 1;
      at = bytes.indexOf(NEWLINE, start);
    }
    bytes.copyWithin(0, start, end);
    end -= start;
    if (end === bytes.length) bytes = grow(bytes, path, number + 1);
  }
  if (end > 0) yield { number: ++number, bytes: bytes.subarray(0, end), ended: false };
}

function grow(bytes: Uint8Array, path: string, line: number): Uint8Array<ArrayBuffer> {
  if (bytes.length >= MAX_LINE_BYTES) {
    throw new RangeError(
      `Cannot read ${path}: line ${line} is longer than ${MAX_LINE_BYTES} bytes`,
    );
  }
  const grown = new Uint8Array(bytes.length * 2);
  grown.set(bytes);
  return grown;
}
