/**
 * Reads the audit log's files, by their published format and nothing else:
 *
 * - `<audit folder>/<topic>/<partition>/<base, 20 digits>.ndjson` holds 4096 offsets; the last ones
 *   are in `<base>-<end>.ndjson`, of which the longest counts; `*.open` is unfinished work.
 * - A record is one line of JSON: offset, timestamp, key, value (or valueBase64), headers if any.
 * - After every 256 offsets, and at the end of a tail, stands `{"chain":"<hex>","through":<offset>}`:
 *   SHA-256 of the chain before, as hex text, and the lines since; at first of `topic/partition`.
 *
 * @module
 */

import { Buffer } from "node:buffer";
import { createHash } from "node:crypto";
import type { LogRecord } from "../../kafka/event_log.ts";
import { afterLine } from "./audit_line.ts";
import type { MessageLayout } from "./reading/message_scanner.ts";
import { FileMemory } from "./memory/file_memory.ts";

const SEGMENT_OFFSETS = 4096;
const BLOCK_OFFSETS = 256;
const NEWLINE = 10;
const FILE_NAME = /^(\d{20})(?:-(\d{20}))?\.ndjson$/;

/** Where the audit log and the log part, or where the audit log ends. */
export type AuditFault =
  /** The audit log does not reach so far: it may have been on its way. */
  | { readonly kind: "short"; readonly offset: number; readonly text: string }
  /** The audit log says something else. */
  | { readonly kind: "different"; readonly offset: number; readonly text: string };

/** Compares one partition's records, in order, with its folder. */
export class AuditFolder {
  readonly #folder: string;
  readonly #name: string;
  /** File names by segment base: the complete one, or the longest tail. */
  readonly #files: ReadonlyMap<number, { readonly name: string; readonly end: number | null }>;
  #chain: string;
  #segment = -1;
  /** The offset up to which the segment's file reaches. */
  #covered = 0;
  readonly #memory: FileMemory;
  #bytes: Uint8Array = new Uint8Array();
  #cursor = 0;
  /** The block at hand, and where its lines begin; -1 between blocks. */
  #block = -1;
  #blockStart = 0;
  #nextOffset = 0;
  #fault: AuditFault | null = null;

  /** Files are read to `memory`, which one folder after the other may use. */
  constructor(
    auditFolder: string,
    at: { readonly topic: string; readonly partition: number },
    memory = new FileMemory(),
  ) {
    this.#memory = memory;
    this.#name = `${at.topic}/${at.partition}`;
    this.#folder = `${auditFolder}/${this.#name}`;
    this.#files = listFiles(this.#folder);
    this.#chain = createHash("sha256").update(this.#name).digest("hex");
  }

  /** What is wrong with the folder so far. After the first fault nothing else is compared. */
  get fault(): AuditFault | null {
    return this.#fault;
  }

  /** The next record, and how its value lies if that is known. */
  add(record: LogRecord, layout: MessageLayout | null = null): void {
    if (this.#fault !== null) return;
    const { offset } = record;
    const block = Math.floor(offset / BLOCK_OFFSETS);
    if (block !== this.#block) {
      // Only where the log has holes does a block end without its last record.
      if (this.#block >= 0) this.#endBlock();
      if (this.#fault !== null || !this.#beginBlock(block)) return;
    }
    this.#compare(record, layout);
    this.#nextOffset = offset + 1;
    if (this.#nextOffset % BLOCK_OFFSETS === 0 && this.#fault === null) this.#endBlock();
  }

  /** After the last record: looks at the chain behind it. */
  finish(): void {
    if (this.#fault === null && this.#block >= 0) this.#endBlock();
  }

  #beginBlock(block: number): boolean {
    const first = block * BLOCK_OFFSETS;
    const base = first - first % SEGMENT_OFFSETS;
    if (base !== this.#segment && !this.#openSegment(base)) return false;
    this.#block = block;
    this.#blockStart = this.#cursor;
    return true;
  }

  #compare(record: LogRecord, layout: MessageLayout | null): void {
    const { offset } = record;
    if (offset >= this.#covered) {
      const text = `the audit log of ${this.#name} ends at ${this.#covered}`;
      return this.#fail("short", this.#covered, text);
    }
    const next = afterLine(this.#bytes, this.#cursor, record, layout);
    if (next >= 0) {
      this.#cursor = next;
      return;
    }
    const text = `the audit log of ${this.#name} has another line for offset ${offset}: ` +
      shown(this.#lineAt(this.#cursor));
    this.#fail("different", offset, text);
  }

  #endBlock(): void {
    const end = this.#nextOffset;
    const lines = this.#bytes.subarray(this.#blockStart, this.#cursor);
    this.#block = -1;
    this.#chainThrough(lines, end, end % BLOCK_OFFSETS === 0 || this.#covered === end);
  }

  /** The chain line after a block, which also ends a tail. */
  #chainThrough(block: Uint8Array, end: number, closed: boolean): void {
    if (!closed) return; // the file goes on beyond what was asked for
    const chain = createHash("sha256").update(this.#chain).update(block).digest("hex");
    const expected = Buffer.from(`{"chain":"${chain}","through":${end}}\n`);
    const found = this.#bytes.subarray(this.#cursor, this.#cursor + expected.length);
    if (Buffer.compare(expected, found) !== 0) {
      const text = `the audit log of ${this.#name} has no valid chain through ${end}: ` +
        shown(this.#lineAt(this.#cursor));
      return this.#fail("different", end - 1, text);
    }
    this.#cursor += expected.length;
    this.#chain = chain;
  }

  #openSegment(base: number): boolean {
    const left = this.#bytes.length - this.#cursor;
    if (this.#segment >= 0 && left > 0) {
      const text = `the audit log of ${this.#name} has more in the segment at ${this.#segment} ` +
        `than the log: ${shown(this.#lineAt(this.#cursor))}`;
      this.#fail("different", base, text);
      return false;
    }
    const file = this.#files.get(base);
    if (file === undefined) {
      this.#fail("short", base, `the audit log of ${this.#name} has no segment at ${base}`);
      return false;
    }
    this.#segment = base;
    this.#covered = file.end ?? base + SEGMENT_OFFSETS;
    this.#bytes = this.#memory.read(`${this.#folder}/${file.name}`);
    this.#cursor = 0;
    return true;
  }

  #lineAt(cursor: number): string {
    const end = this.#bytes.indexOf(NEWLINE, cursor);
    const line = this.#bytes.subarray(cursor, end < 0 ? this.#bytes.length : end);
    return new TextDecoder().decode(line);
  }

  #fail(kind: AuditFault["kind"], offset: number, text: string): void {
    this.#fault = { kind, offset, text };
  }
}

/** At most so much of a line is shown. */
const SHOWN_LENGTH = 120;

function shown(line: string): string {
  if (line === "") return "nothing";
  return line.length <= SHOWN_LENGTH ? line : `${line.slice(0, SHOWN_LENGTH)}...`;
}

/** The file of each segment; a missing folder has none. */
function listFiles(folder: string): Map<number, { name: string; end: number | null }> {
  const files = new Map<number, { name: string; end: number | null }>();
  for (const name of namesIn(folder)) {
    const match = FILE_NAME.exec(name);
    if (match === null) continue;
    const base = Number(match[1]);
    const end = match[2] === undefined ? null : Number(match[2]);
    const known = files.get(base);
    const better = known === undefined || end === null ||
      (known.end !== null && end > known.end);
    if (better) files.set(base, { name, end });
  }
  return files;
}

function namesIn(folder: string): readonly string[] {
  try {
    return [...Deno.readDirSync(folder)].filter(({ isFile }) => isFile).map(({ name }) => name);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}
