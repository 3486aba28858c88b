/**
 * A file of a run's states, read: which checkpoints there are, and the snapshot of any of them.
 *
 * @module
 */

import { crc32 } from "node:zlib";
import { giveBack } from "../../../actors/fold/state_bytes.ts";
import { applyDelta } from "./byte_delta.ts";
import { CHAIN_LENGTH } from "./checkpoint_chain.ts";
import { differenceBetween, type LogIdentity } from "./log_identity.ts";
import { StatesError } from "./states_error.ts";
import {
  type CheckpointRow,
  decodeRow,
  decodeTail,
  ROW_BYTES,
  STATES_LAYOUT_VERSION,
  type StatesHead,
  type StatesPartition,
  TAIL_BYTES,
} from "./states_layout.ts";

/** The open file of one role. */
export class StatesFile implements Disposable {
  readonly partitions: readonly StatesPartition[];
  /** Bytes on disk. */
  readonly bytes: number;
  readonly #bytes: FileBytes;
  readonly #table: number;
  readonly #buffers: SnapshotBuffers;

  private constructor(
    bytes: FileBytes,
    { table, head, buffers }: {
      readonly table: number;
      readonly head: StatesHead;
      readonly buffers: SnapshotBuffers;
    },
  ) {
    this.#bytes = bytes;
    this.#buffers = buffers;
    this.#table = table;
    this.partitions = head.partitions;
    this.bytes = bytes.size;
  }

  /**
   * Opens the states of a log. `grown` says whether the log may have gone on since.
   * @throws {StatesError} when they must be built (again)
   */
  static open(
    path: string,
    { now, grown = false, buffers = new SnapshotBuffers() }: {
      readonly now: LogIdentity;
      readonly grown?: boolean | undefined;
      readonly buffers?: SnapshotBuffers | undefined;
    },
  ): StatesFile {
    const bytes = FileBytes.open(path);
    try {
      const { table, head } = readHead(bytes);
      checkIdentity(head.identity, now, { grown });
      return new StatesFile(bytes, { table, head, buffers });
    } catch (error) {
      bytes.close();
      throw error;
    }
  }

  /** The last checkpoint at or before an offset; every partition has one at 0. */
  nearest(
    partition: StatesPartition,
    offset: number,
  ): Pick<CheckpointRow, "offset" | "snapshotBytes"> {
    return this.#row(this.#rowAt(partition, offset));
  }

  /**
   * The snapshot of the checkpoint at an offset that {@link nearest} gave; its bytes are used again for
   * the next one.
   * @throws {StatesError} `damaged`
   */
  snapshot(partition: StatesPartition, offset: number): Uint8Array {
    const links: CheckpointRow[] = [];
    let number: number | null = this.#rowAt(partition, offset);
    while (number !== null) {
      const row = this.#row(number);
      links.push(row);
      number = row.base;
      if (links.length > CHAIN_LENGTH) throw this.#bytes.damaged("its checkpoints lead nowhere");
    }
    let snapshot: Uint8Array = new Uint8Array();
    for (const row of links.reverse()) {
      const link = row.base === null ? this.#buffers.next(row.length) : new Uint8Array(row.length);
      this.#bytes.readInto(link, row.position);
      if (crc32(link) !== row.checksum) throw this.#bytes.damaged("a checkpoint is not as written");
      snapshot = row.base === null ? link : this.#applied(snapshot, link);
    }
    return snapshot;
  }

  [Symbol.dispose](): void {
    this.#bytes.close();
  }

  #applied(snapshot: Uint8Array, link: Uint8Array): Uint8Array {
    try {
      const applied = applyDelta(snapshot, link, (length) => this.#buffers.next(length));
      giveBack(link);
      return applied;
    } catch (error) {
      if (error instanceof RangeError) throw this.#bytes.damaged(error.message);
      throw error;
    }
  }

  /** The number of the row of the last checkpoint at or before an offset. */
  #rowAt({ firstRow, rows }: StatesPartition, offset: number): number {
    let low = firstRow;
    let high = firstRow + rows - 1;
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if (this.#row(middle).offset <= offset) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  #row(number: number): CheckpointRow {
    return decodeRow(this.#bytes.read(this.#table + number * ROW_BYTES, ROW_BYTES));
  }
}

/**
 * Two buffers that are used in turn: a snapshot is made of another one, megabytes each, several times for
 * one step. Files that are never read at the same time may share them.
 */
export class SnapshotBuffers {
  #next = new Uint8Array();
  #last = new Uint8Array();

  /** So many bytes, whatever is in them; not those that were given before. */
  next(length: number): Uint8Array {
    const buffer = this.#next.length >= length ? this.#next : new Uint8Array(length);
    this.#next = this.#last;
    this.#last = buffer;
    return buffer.subarray(0, length);
  }
}

/** A file's bytes, by their places. */
class FileBytes {
  readonly size: number;
  readonly #path: string;
  readonly #file: Deno.FsFile;

  private constructor(path: string, file: Deno.FsFile) {
    this.#path = path;
    this.#file = file;
    this.size = file.statSync().size;
  }

  /** @throws {StatesError} `missing` */
  static open(path: string): FileBytes {
    try {
      return new FileBytes(path, Deno.openSync(path, { read: true }));
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
      throw new StatesError("missing", "they have not been built to their end");
    }
  }

  read(position: number, length: number): Uint8Array {
    if (!(length >= 0 && length <= this.size)) throw this.damaged("it is cut");
    const bytes = new Uint8Array(length);
    this.readInto(bytes, position);
    return bytes;
  }

  readInto(bytes: Uint8Array, position: number): void {
    const { length } = bytes;
    if (!(position >= 0 && position + length <= this.size)) throw this.damaged("it is cut");
    this.#file.seekSync(position, Deno.SeekMode.Start);
    for (let at = 0; at < length;) {
      const read = this.#file.readSync(bytes.subarray(at));
      if (read === null) throw this.damaged("it is cut");
      at += read;
    }
  }

  close(): void {
    this.#file.close();
  }

  damaged(how: string): StatesError {
    return new StatesError("damaged", `${this.#path} is damaged: ${how}`);
  }
}

/** @throws {StatesError} `version`, `damaged` */
function readHead(bytes: FileBytes): { readonly table: number; readonly head: StatesHead } {
  const tail = decodeTail(bytes.read(bytes.size - TAIL_BYTES, TAIL_BYTES));
  if (tail === null) throw bytes.damaged("its end is not as written");
  if (tail.layout !== STATES_LAYOUT_VERSION) {
    throw new StatesError(
      "version",
      `they have layout version ${tail.layout}, and this program knows ${STATES_LAYOUT_VERSION}`,
    );
  }
  const json = bytes.read(tail.head, tail.headBytes);
  if (crc32(json) !== tail.headChecksum) throw bytes.damaged("its head is not as written");
  if (crc32(bytes.read(tail.table, tail.rows * ROW_BYTES)) !== tail.tableChecksum) {
    throw bytes.damaged("its table is not as written");
  }
  // Written by StatesWriter, told by its checksum.
  return { table: tail.table, head: JSON.parse(new TextDecoder().decode(json)) as StatesHead };
}

/** @throws {StatesError} `version`, `stale` */
function checkIdentity(
  built: LogIdentity,
  now: LogIdentity,
  { grown }: { readonly grown: boolean },
): void {
  for (const [role, version] of Object.entries(now.folds)) {
    if (built.folds[role] === version) continue;
    throw new StatesError(
      "version",
      `they were folded by version ${built.folds[role]} of the ${role}'s fold, and this program ` +
        `has version ${version}`,
    );
  }
  const difference = differenceBetween(built, now, { grown });
  if (difference !== null) throw new StatesError("stale", difference);
}
