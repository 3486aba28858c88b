/**
 * The files of one partition's audit log. A writer collects a segment in a file of its own and
 * installs it by rename; since segments are byte-identical whoever writes them, two writers of one
 * partition (one of them a zombie) do each other no harm.
 *
 * @module
 */

import { dirname } from "node:path";
import {
  type AuditFile,
  openFileName,
  parseAuditFileName,
  segmentFileName,
  tailFileName,
} from "./audit_file_name.ts";
import { type OpenFiles, syncFolder } from "./open_files.ts";

/** Bytes compared at a time. */
const COMPARE_BYTES = 64 * 1024;

/** What makes a {@link SegmentWriter}. */
export interface SegmentWriterOptions {
  /** The partition's folder; it must exist. */
  readonly folder: string;
  /** `<instance>-<incarnation>`: nobody else's. */
  readonly writer: string;
  readonly files: OpenFiles;
  /** Files are on the disk before they are installed: for power loss. */
  readonly syncToDisk: boolean;
}

/** Writes the segments of one partition, one after the other. */
export class SegmentWriter {
  readonly #options: SegmentWriterOptions;
  /** Files that a segment installed at their base supersedes, as found at the start or made since. */
  readonly #leftovers: Set<AuditFile>;
  #openBase: number | null = null;
  /** Somebody else has completed the segment and cleared our file away. */
  #superseded = false;

  constructor(options: SegmentWriterOptions, found: readonly AuditFile[]) {
    this.#options = options;
    this.#leftovers = new Set(found.filter(({ kind }) => kind !== "segment"));
  }

  /** Appends bytes to the segment at `base`. They survive the death of the process. */
  append(base: number, bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    const path = this.#openPath(base);
    const { files } = this.#options;
    if (this.#openBase !== base) {
      files.create(path);
      this.#openBase = base;
      this.#superseded = false;
    }
    if (this.#superseded) return;
    try {
      files.append(path, bytes);
    } catch (error) {
      if (!this.#wasSuperseded(error, base)) throw error;
      this.#superseded = true;
    }
  }

  /**
   * Installs the segment at `base`, which is complete.
   * @throws {Error} when it is there already with other bytes
   */
  installSegment(base: number): void {
    this.#install(base, segmentFileName(base));
    this.clear(base);
  }

  /**
   * Installs what there is of the segment at `base`: the records `[base, end)`. Where somebody else
   * has installed the whole segment, that says it all.
   */
  installTail(base: number, end: number): void {
    if (exists(`${this.#options.folder}/${segmentFileName(base)}`)) {
      this.close();
      removeIfThere(this.#openPath(base));
      return;
    }
    this.#install(base, tailFileName(base, end));
    for (const file of this.#leftovers) {
      if (file.kind === "tail" && file.base === base && file.end < end) this.#remove(file);
    }
  }

  /** Removes what the complete segment at `base` supersedes: tails, and files of dead writers. */
  clear(base: number): void {
    for (const file of this.#leftovers) {
      if (file.base === base) this.#remove(file);
    }
  }

  /** Lets go of the open file, and leaves it as it is. */
  close(): void {
    if (this.#openBase === null) return;
    this.#options.files.release(this.#openPath(this.#openBase));
    this.#openBase = null;
  }

  #install(base: number, name: string): void {
    const { folder, files, syncToDisk } = this.#options;
    const open = this.#openPath(base);
    const path = `${folder}/${name}`;
    this.#openBase = null;
    if (this.#superseded) return;
    try {
      files.release(open, { sync: syncToDisk });
      if (exists(path) && !sameBytes(open, path)) {
        throw new Error(
          `Cannot install audit segment ${path}: it is there with other bytes than its records give`,
        );
      }
      Deno.renameSync(open, path);
      if (syncToDisk) syncFolder(folder);
    } catch (error) {
      if (!this.#wasSuperseded(error, base)) throw error;
    }
  }

  /** Whether our open file is gone because the whole segment was installed by somebody else. */
  #wasSuperseded(error: unknown, base: number): boolean {
    return error instanceof Deno.errors.NotFound &&
      exists(`${this.#options.folder}/${segmentFileName(base)}`);
  }

  #remove(file: AuditFile): void {
    this.#leftovers.delete(file);
    removeIfThere(`${this.#options.folder}/${file.name}`);
  }

  #openPath(base: number): string {
    return `${this.#options.folder}/${openFileName(base, this.#options.writer)}`;
  }
}

/** The audit files in a partition's folder; other files are passed over. */
export function listAuditFiles(folder: string): readonly AuditFile[] {
  const found: AuditFile[] = [];
  for (const entry of Deno.readDirSync(folder)) {
    const file = entry.isFile ? parseAuditFileName(entry.name) : null;
    if (file !== null) found.push(file);
  }
  return found;
}

/** Makes a partition's folder and, with `syncToDisk`, makes its name durable. */
export function makeFolder(folder: string, syncToDisk: boolean): void {
  Deno.mkdirSync(folder, { recursive: true });
  if (!syncToDisk) return;
  syncFolder(dirname(folder));
  syncFolder(dirname(dirname(folder)));
}

function removeIfThere(path: string): void {
  try {
    Deno.removeSync(path);
  } catch (error) {
    // Another writer has cleared it away.
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}

function exists(path: string): boolean {
  try {
    Deno.statSync(path);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

function sameBytes(one: string, other: string): boolean {
  using a = Deno.openSync(one);
  using b = Deno.openSync(other);
  if (a.statSync().size !== b.statSync().size) return false;
  const pieceA = new Uint8Array(COMPARE_BYTES);
  const pieceB = new Uint8Array(COMPARE_BYTES);
  for (;;) {
    const read = fill(a, pieceA);
    if (fill(b, pieceB) !== read) return false;
    for (let i = 0; i < read; i++) if (pieceA[i] !== pieceB[i]) return false;
    if (read < COMPARE_BYTES) return true;
  }
}

/** Reads until the piece is full or the file is at its end. */
function fill(file: Deno.FsFile, piece: Uint8Array): number {
  let at = 0;
  while (at < piece.length) {
    const read = file.readSync(piece.subarray(at));
    if (read === null) break;
    at += read;
  }
  return at;
}
