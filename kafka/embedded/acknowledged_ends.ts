/**
 * What a log has acknowledged, written down beside its file: SQLite drops whatever it finds cut off at
 * the end of its write-ahead log without a word, so the log alone cannot tell that it once had more.
 *
 * The file is `<log>-ends`. After each commit, and before the records are acknowledged, an entry for
 * every partition written to is appended: partition id (32 bits), end offset (a double), checksum (32
 * bits, begun with the log's id), little-endian. The highest entry of a partition counts, so writers
 * need not agree on an order. Appends are one write each and survive the death of every process; they
 * are not synced to disk, so after a loss of power less is known, and nothing wrong.
 *
 * @module
 */

import { Buffer } from "node:buffer";
import { crc32 } from "node:zlib";
import { MAX_PARTITIONS_PER_FILE, OFFSETS_PER_PARTITION } from "./limits.ts";

const ENTRY_BYTES = 16;

/** From this size on the file is begun anew, with one entry a partition. */
const REWRITE_BYTES = 64 * 1024;

/** The end of one partition: the offset that its next record will have. */
export interface PartitionEnd {
  readonly partitionId: number;
  readonly end: number;
}

/** The path of the file that belongs to a log. */
export function endsPath(logPath: string): string {
  return `${logPath}-ends`;
}

/**
 * The acknowledged end of every partition that the file tells of; none when there is no file. What is
 * damaged, or another log's, is passed over.
 */
export function readAcknowledgedEnds(
  logPath: string,
  logId: string,
): ReadonlyMap<number, number> {
  const ends = new Map<number, number>();
  const bytes = bytesOf(endsPath(logPath));
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const seed = crc32(logId);
  for (let at = 0; at + ENTRY_BYTES <= bytes.length;) {
    const entry = entryAt(view, at, seed);
    // A write that the disk had no room for may have left a piece of an entry.
    at += entry === null ? 1 : ENTRY_BYTES;
    if (entry === null) continue;
    const { partitionId, end } = entry;
    if (end > (ends.get(partitionId) ?? 0)) ends.set(partitionId, end);
  }
  return ends;
}

/** Appends to the file of one log, for one connection. */
export class AcknowledgedEnds implements Disposable {
  readonly #path: string;
  readonly #seed: number;
  #file: Deno.FsFile | null = null;
  #bytes = 0;
  /** What the disk had no room for. */
  #unwritten: readonly PartitionEnd[] = [];

  constructor(logPath: string, logId: string) {
    this.#path = endsPath(logPath);
    this.#seed = crc32(logId);
  }

  /** Whether the file has so many entries that {@link rewrite} should begin it anew. */
  get isLong(): boolean {
    return this.#bytes >= REWRITE_BYTES;
  }

  /** Notes where partitions end after a commit. */
  note(ends: readonly PartitionEnd[]): void {
    const all = this.#unwritten.length === 0 ? ends : [...this.#unwritten, ...ends];
    try {
      this.#append(all);
      this.#unwritten = [];
    } catch {
      // The records are durable, whatever hinders their witness: they must be acknowledged. The next
      // note tries again with these; the last ones of a partition are enough.
      this.#unwritten = [...new Map(all.map((each) => [each.partitionId, each])).values()];
    }
  }

  /**
   * Begins the file anew. Only while nobody else can commit: then these ends are the last ones, and
   * what others append meanwhile tells of less.
   */
  rewrite(ends: readonly PartitionEnd[]): void {
    using file = Deno.openSync(this.#path, { write: true, create: true });
    const entries = this.#encode(ends);
    writeAll(file, entries);
    file.truncateSync(entries.length);
    this.#bytes = entries.length;
  }

  /** Idempotent. */
  [Symbol.dispose](): void {
    this.#file?.close();
    this.#file = null;
  }

  #append(ends: readonly PartitionEnd[]): void {
    if (this.#file === null) {
      this.#file = Deno.openSync(this.#path, { append: true, create: true });
      this.#bytes = this.#file.statSync().size;
    }
    const entries = this.#encode(ends);
    writeAll(this.#file, entries);
    this.#bytes += entries.length;
    // Others append too, and may have begun it anew.
    if (this.isLong) this.#bytes = this.#file.statSync().size;
  }

  #encode(ends: readonly PartitionEnd[]): Uint8Array {
    const bytes = new Uint8Array(ENTRY_BYTES * ends.length);
    const view = new DataView(bytes.buffer);
    ends.forEach(({ partitionId, end }, index) => {
      const at = ENTRY_BYTES * index;
      view.setUint32(at, partitionId, true);
      view.setFloat64(at + 4, end, true);
      view.setUint32(at + 12, crc32(bytes.subarray(at, at + 12), this.#seed), true);
    });
    return bytes;
  }
}

function entryAt(view: DataView, at: number, seed: number): PartitionEnd | null {
  const partitionId = view.getUint32(at, true);
  const end = view.getFloat64(at + 4, true);
  const isEnd = Number.isSafeInteger(end) && end >= 0 && end < OFFSETS_PER_PARTITION;
  if (!isEnd || partitionId > MAX_PARTITIONS_PER_FILE) return null;
  const content = new Uint8Array(view.buffer, view.byteOffset + at, ENTRY_BYTES - 4);
  return view.getUint32(at + 12, true) === crc32(content, seed) ? { partitionId, end } : null;
}

function writeAll(file: Deno.FsFile, bytes: Uint8Array): void {
  for (let written = 0; written < bytes.length;) {
    written += file.writeSync(bytes.subarray(written));
  }
}

function bytesOf(path: string): Uint8Array {
  try {
    return Deno.readFileSync(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return Buffer.alloc(0);
    throw error;
  }
}
