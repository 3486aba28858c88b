/**
 * How the file of a run's states is laid out: the links of all checkpoints one behind another, a table
 * of them with rows of one width, a head as JSON, and at the very end where all of that is.
 *
 * @module
 */

import { crc32 } from "node:zlib";
import type { LogIdentity } from "./log_identity.ts";

/** Changes whenever the file is laid out otherwise. */
export const STATES_LAYOUT_VERSION = 1;

/** Says that a file is one of ours, and whole: "outcryst" in ASCII. */
const MARK = new TextEncoder().encode("outcryst");

/** One checkpoint, as its row says. */
export interface CheckpointRow {
  /** The offset of the next record to fold. */
  readonly offset: number;
  /** The row of the checkpoint that it is the difference from; null when it is whole. */
  readonly base: number | null;
  /** Where its link begins in the file. */
  readonly position: number;
  readonly length: number;
  readonly checksum: number;
  /** Bytes of the snapshot itself. */
  readonly snapshotBytes: number;
}

const NUMBERS_PER_ROW = 6;
/** Bytes of a row of the table. */
export const ROW_BYTES = NUMBERS_PER_ROW * 8;

/** One partition's place in the file. */
export interface StatesPartition {
  readonly role: string;
  readonly partition: number;
  /** The offset behind its last record. */
  readonly end: number;
  /** Offsets that the fold passes over. */
  readonly skip: readonly number[];
  /** Its first row in the table, and how many there are: at least one, at offset 0. */
  readonly firstRow: number;
  readonly rows: number;
}

/** What the file says of itself. */
export interface StatesHead {
  readonly identity: LogIdentity;
  readonly partitions: readonly StatesPartition[];
}

/** Where table and head are: the last bytes of the file. */
export interface StatesTail {
  readonly layout: number;
  readonly table: number;
  readonly rows: number;
  readonly tableChecksum: number;
  readonly head: number;
  readonly headBytes: number;
  readonly headChecksum: number;
}

const TAIL_NUMBERS = 7;
/** Bytes of {@link StatesTail} with its own checksum and the mark. */
export const TAIL_BYTES = TAIL_NUMBERS * 8 + 8 + MARK.length;

export function encodeRows(rows: readonly CheckpointRow[]): Uint8Array {
  const numbers = rows.flatMap((
    { offset, base, position, length, checksum, snapshotBytes },
  ) => [offset, base ?? -1, position, length, checksum, snapshotBytes]);
  return bytesOf(numbers);
}

/** The row that {@link encodeRows} wrote, {@link ROW_BYTES} long. */
export function decodeRow(bytes: Uint8Array): CheckpointRow {
  const [offset, base, position, length, checksum, snapshotBytes] = numbersOf(
    bytes,
    NUMBERS_PER_ROW,
  );
  return {
    offset: offset!,
    base: base! < 0 ? null : base!,
    position: position!,
    length: length!,
    checksum: checksum!,
    snapshotBytes: snapshotBytes!,
  };
}

export function encodeTail(tail: StatesTail): Uint8Array {
  const { layout, table, rows, tableChecksum, head, headBytes, headChecksum } = tail;
  const bytes = new Uint8Array(TAIL_BYTES);
  const numbers = bytesOf([layout, table, rows, tableChecksum, head, headBytes, headChecksum]);
  bytes.set(numbers);
  bytes.set(bytesOf([crc32(numbers)]), numbers.length);
  bytes.set(MARK, numbers.length + 8);
  return bytes;
}

/** What {@link encodeTail} wrote, or null for other bytes. */
export function decodeTail(bytes: Uint8Array): StatesTail | null {
  if (bytes.length !== TAIL_BYTES) return null;
  if (!MARK.every((byte, i) => bytes[TAIL_BYTES - MARK.length + i] === byte)) return null;
  const all = numbersOf(bytes, TAIL_NUMBERS + 1);
  if (crc32(bytes.subarray(0, TAIL_NUMBERS * 8)) !== all[TAIL_NUMBERS]) return null;
  const [layout, table, rows, tableChecksum, head, headBytes, headChecksum] = all;
  return {
    layout: layout!,
    table: table!,
    rows: rows!,
    tableChecksum: tableChecksum!,
    head: head!,
    headBytes: headBytes!,
    headChecksum: headChecksum!,
  };
}

function bytesOf(numbers: readonly number[]): Uint8Array {
  return new Uint8Array(Float64Array.from(numbers).buffer);
}

function numbersOf(bytes: Uint8Array, count: number): Float64Array {
  return new Float64Array(bytes.slice(0, count * 8).buffer);
}
