/**
 * Runtime events on disk: one JSON object a line.
 *
 * @module
 */

import type { RuntimeEvent } from "../actors/runtime/runtime_events.ts";

/** Text that may wait to be written. Commits wait; whatever else happens is written at once. */
const MAX_WAITING_CHARACTERS = 64 * 1024;

/** The last line is looked for in this many bytes at the end of the file. */
const TAIL_BYTES = 1024 * 1024;

/**
 * Appends runtime events to a file. Writing is synchronous, so that an event is on its way to the
 * disk before what it tells of goes on.
 */
export class RuntimeEventFile implements Disposable {
  /** The number that the run's next event has: events of a run are numbered through resumptions. */
  readonly nextNumber: number;
  readonly #file: Deno.FsFile;
  readonly #encoder = new TextEncoder();
  #waiting = "";
  #closed = false;

  private constructor(file: Deno.FsFile, nextNumber: number) {
    this.#file = file;
    this.nextNumber = nextNumber;
  }

  /** Opens a file, made when it is missing. A last line that was cut by a kill is removed. */
  static open(path: string): RuntimeEventFile {
    const file = Deno.openSync(path, { create: true, read: true, write: true });
    try {
      const nextNumber = removeCutLine(file) + 1;
      file.seekSync(0, Deno.SeekMode.End);
      return new RuntimeEventFile(file, nextNumber);
    } catch (error) {
      file.close();
      throw error;
    }
  }

  /** @throws {Error} when the disk does not take it */
  append(event: RuntimeEvent): void {
    if (this.#closed) throw new Error(`Cannot write event ${event.number}: its file is closed`);
    this.#waiting += `${JSON.stringify(event)}\n`;
    if (event.kind !== "commit" || this.#waiting.length >= MAX_WAITING_CHARACTERS) this.flush();
  }

  flush(): void {
    if (this.#waiting === "") return;
    const bytes = this.#encoder.encode(this.#waiting);
    this.#waiting = "";
    for (let written = 0; written < bytes.length;) {
      written += this.#file.writeSync(bytes.subarray(written));
    }
  }

  /** Writes what waits and closes the file. Idempotent. */
  [Symbol.dispose](): void {
    if (this.#closed) return;
    this.#closed = true;
    try {
      this.flush();
    } finally {
      this.#file.close();
    }
  }
}

/** Cuts the file after its last whole line, and gives that event's number; -1 when there is none. */
function removeCutLine(file: Deno.FsFile): number {
  const { size } = file.statSync();
  const start = Math.max(0, size - TAIL_BYTES);
  const tail = new Uint8Array(size - start);
  file.seekSync(start, Deno.SeekMode.Start);
  for (let read = 0; read < tail.length;) {
    const count = file.readSync(tail.subarray(read));
    if (count === null) break;
    read += count;
  }
  const end = tail.lastIndexOf(NEWLINE) + 1;
  if (start + end < size) file.truncateSync(start + end);
  if (end === 0) return -1;
  const beginning = tail.lastIndexOf(NEWLINE, end - 2) + 1;
  const line = new TextDecoder().decode(tail.subarray(beginning, end));
  const number: unknown = Reflect.get(JSON.parse(line), "number");
  if (!Number.isSafeInteger(number)) {
    throw new Error(`Cannot go on with runtime events: the last one has no number: ${line.trim()}`);
  }
  return number as number; // a safe integer
}

const NEWLINE = 10;
