/**
 * Files that are appended to, with a bound on how many of them are open at a time.
 *
 * @module
 */

/** Files open at a time; the one not used for longest is closed, and opened again when needed. */
export const MAX_OPEN_FILES = 64;

/** Appends to files. Whatever it has appended survives the death of the process. */
export class OpenFiles {
  readonly #limit: number;
  /** In the order of their last use. */
  readonly #files = new Map<string, Deno.FsFile>();

  constructor(limit: number = MAX_OPEN_FILES) {
    this.#limit = limit;
  }

  /** Files open now. */
  get size(): number {
    return this.#files.size;
  }

  /** Makes an empty file, in the place of one that may be there. */
  create(path: string): void {
    this.release(path);
    this.#keep(path, Deno.openSync(path, { write: true, create: true, truncate: true }));
  }

  /** @throws {Deno.errors.NotFound} when the file is not there (any more) */
  append(path: string, bytes: Uint8Array): void {
    const file = this.#files.get(path) ?? Deno.openSync(path, { append: true });
    this.#files.delete(path);
    this.#keep(path, file);
    for (let at = 0; at < bytes.length;) at += file.writeSync(bytes.subarray(at));
  }

  /** Closes the file; with `sync`, after its bytes are on the disk. */
  release(path: string, options: { readonly sync?: boolean } = {}): void {
    const file = this.#files.get(path) ?? (options.sync ? Deno.openSync(path) : undefined);
    if (file === undefined) return;
    this.#files.delete(path);
    try {
      if (options.sync) file.syncSync();
    } finally {
      file.close();
    }
  }

  /** Closes what is open, as the end of a process does. Idempotent. */
  closeAll(): void {
    for (const [path, file] of this.#files) {
      this.#files.delete(path);
      file.close();
    }
  }

  #keep(path: string, file: Deno.FsFile): void {
    for (const [oldest, unused] of this.#files) {
      if (this.#files.size < this.#limit) break;
      this.#files.delete(oldest);
      unused.close();
    }
    this.#files.set(path, file);
  }
}

/** Makes what was renamed or removed in a folder durable, too. */
export function syncFolder(path: string): void {
  const folder = Deno.openSync(path);
  try {
    folder.syncSync();
  } finally {
    folder.close();
  }
}
