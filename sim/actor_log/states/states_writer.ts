/**
 * The file of a run's states, written: beside its place first, and moved there when it is whole.
 *
 * @module
 */

import { crc32 } from "node:zlib";
import { giveBack } from "../../../actors/fold/state_bytes.ts";
import { CheckpointChain } from "./checkpoint_chain.ts";
import type { LogIdentity } from "./log_identity.ts";
import { StatesError } from "./states_error.ts";
import {
  type CheckpointRow,
  encodeRows,
  encodeTail,
  STATES_LAYOUT_VERSION,
  type StatesPartition,
} from "./states_layout.ts";

/** Where the states of one role are: each has a file of its own, so that threads can share the work. */
export function statesPath(file: string, role: string): string {
  return `${file}-${role}`;
}

/** Where a file is while it is written. */
export function unfinishedPath(path: string): string {
  return `${path}.building`;
}

/** Removes a file of states, and what a writer that was ended before its time has left of one. */
export function removeStates(path: string): void {
  for (const name of [path, unfinishedPath(path)]) removeIfThere(name);
}

function removeIfThere(path: string): void {
  try {
    Deno.removeSync(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}

/** Writes one file. Disposed before {@link finish}, it leaves nothing behind. */
export class StatesWriter implements Disposable {
  readonly #path: string;
  readonly #file: Deno.FsFile;
  readonly #rows: CheckpointRow[] = [];
  readonly #partitions: Omit<StatesPartition, "rows">[] = [];
  #chain = new CheckpointChain();
  #position = 0;
  #open = true;

  /** Begins anew, whatever an interrupted writer has left. */
  constructor(path: string) {
    this.#path = path;
    const options = { write: true, create: true, truncate: true };
    this.#file = writing(path, () => Deno.openSync(unfinishedPath(path), options));
  }

  /** From here on checkpoints are of this partition. */
  begin({ role, partition, end, skip }: Omit<StatesPartition, "firstRow" | "rows">): void {
    this.#partitions.push({ role, partition, end, skip, firstRow: this.#rows.length });
    this.#chain = new CheckpointChain();
  }

  /** The state before the record at an offset: higher than the last one's, and 0 at first. */
  checkpoint(offset: number, snapshot: Uint8Array): void {
    const { firstRow } = this.#partitions.at(-1)!; // One has begun.
    const { base, bytes } = this.#chain.next(snapshot);
    this.#rows.push({
      offset,
      base: base === null ? null : firstRow + base,
      position: this.#position,
      length: bytes.length,
      checksum: crc32(bytes),
      snapshotBytes: snapshot.length,
    });
    this.#write(bytes);
    // A snapshot is the chain's.
    if (bytes !== snapshot) giveBack(bytes);
  }

  /** Makes it whole: from now on the file is there. */
  finish(identity: LogIdentity): void {
    const table = this.#position;
    const rows = encodeRows(this.#rows);
    this.#write(rows);
    const head = this.#position;
    const json = new TextEncoder().encode(JSON.stringify({
      identity,
      partitions: this.#partitions.map((partition, i) => ({
        ...partition,
        rows: (this.#partitions[i + 1]?.firstRow ?? this.#rows.length) - partition.firstRow,
      })),
    }));
    this.#write(json);
    this.#write(encodeTail({
      layout: STATES_LAYOUT_VERSION,
      table,
      rows: this.#rows.length,
      tableChecksum: crc32(rows),
      head,
      headBytes: json.length,
      headChecksum: crc32(json),
    }));
    // Not synced: what a power loss takes away is noticed by its checksums, and built again.
    this.#close();
    writing(this.#path, () => Deno.renameSync(unfinishedPath(this.#path), this.#path));
  }

  [Symbol.dispose](): void {
    if (!this.#open) return;
    this.#close();
    removeIfThere(unfinishedPath(this.#path));
  }

  #close(): void {
    this.#open = false;
    this.#file.close();
  }

  #write(bytes: Uint8Array): void {
    writing(this.#path, () => {
      for (let at = 0; at < bytes.length;) at += this.#file.writeSync(bytes.subarray(at));
    });
    this.#position += bytes.length;
  }
}

/** What the machine has against a write, in a sentence. */
function writing<T>(path: string, write: () => T): T {
  try {
    return write();
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new StatesError("cannot-write", `${path}: ${why}`, { cause: error });
  }
}
