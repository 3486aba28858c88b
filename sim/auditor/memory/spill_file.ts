/**
 * A temporary file of pages, for what does not fit into memory. Where the system allows it the file has
 * no name from the moment it is open, so that nothing is left of it however the process ends.
 *
 * @module
 */

/** Pages by number, each of the same size. */
export class SpillFile implements Disposable {
  readonly #pageBytes: number;
  readonly #file: Deno.FsFile;
  /** Still to be removed: the system does not remove open files. */
  #path: string | null;
  readonly #free: number[] = [];
  #pages = 0;
  /** The page that the file is before. */
  #next = 0;

  /** @throws {SpillError} when no file can be made there */
  constructor(pageBytes: number, folder: string | null) {
    this.#pageBytes = pageBytes;
    try {
      const dir = folder === null ? {} : { dir: folder };
      this.#path = Deno.makeTempFileSync({ prefix: "outcry-audit-", ...dir });
      this.#file = Deno.openSync(this.#path, { read: true, write: true });
    } catch (cause) {
      throw new SpillError(`make a temporary file${folder === null ? "" : ` in ${folder}`}`, cause);
    }
    this.#path = removed(this.#path) ? null : this.#path;
  }

  /** A page's number, to be written to. */
  allocate(): number {
    return this.#free.pop() ?? this.#pages++;
  }

  /** A page that is not needed any more. */
  free(page: number): void {
    this.#free.push(page);
  }

  /** @throws {SpillError} when the disk does not take it */
  write(page: number, bytes: Uint8Array): void {
    try {
      this.#seek(page);
      for (let done = 0; done < bytes.length;) {
        done += this.#file.writeSync(done === 0 ? bytes : bytes.subarray(done));
      }
    } catch (cause) {
      throw new SpillError("write its temporary file", cause);
    }
  }

  /** Fills `bytes` with a page. @throws {SpillError} */
  read(page: number, bytes: Uint8Array): void {
    try {
      this.#seek(page);
      for (let done = 0; done < bytes.length;) {
        const count = this.#file.readSync(done === 0 ? bytes : bytes.subarray(done));
        if (count === null) throw new Error(`it ends within page ${page}`);
        done += count;
      }
    } catch (cause) {
      throw new SpillError("read its temporary file", cause);
    }
  }

  /** Goes to a page, unless the file is there already, and will be behind it. */
  #seek(page: number): void {
    if (page !== this.#next) this.#file.seekSync(page * this.#pageBytes, Deno.SeekMode.Start);
    this.#next = page + 1;
  }

  [Symbol.dispose](): void {
    this.#file.close();
    if (this.#path !== null) removed(this.#path);
  }
}

/** The audit's temporary file cannot be used. The message says why. */
export class SpillError extends Error {
  constructor(action: string, cause: unknown) {
    // Deno's file functions throw errors only.
    super(`Cannot ${action}: ${(cause as Error).message}`, { cause });
    this.name = "SpillError";
  }
}

function removed(path: string): boolean {
  try {
    Deno.removeSync(path);
    return true;
  } catch {
    // Windows keeps what is open: removed when it is closed.
    return false;
  }
}
