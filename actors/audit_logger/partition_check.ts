/**
 * Checks one partition's audit log, line by line: offsets without a hole, lines in their exact form,
 * the chain, and, when the log is at hand, every line against the log's record.
 *
 * @module
 */

import type { Hash } from "node:crypto";
import type { LogRecord, TopicPartition } from "../../kafka/event_log.ts";
import { beginBlock, BLOCK_OFFSETS, genesisChain, parseChainLine } from "./audit_chain.ts";
import type { AuditFinding, AuditFindingKind, AuditFindings } from "./audit_findings.ts";
import { type AuditedRecord, auditLine, parseAuditLine } from "./audit_line.ts";
import { describeDifference } from "./line_difference.ts";
import type { FileLine } from "./file_lines.ts";
import type { LogCursor } from "./log_cursor.ts";

/** A file at hand: the records `[base, end)` are meant to be in it. */
export interface FileUnderCheck {
  /** Path below the audit folder. */
  readonly path: string;
  readonly base: number;
  readonly end: number;
}

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** The block being read. */
interface Block {
  readonly firstOffset: number;
  lines: number;
  /** One for each chain that may stand before the block; none when that is unknown. */
  hashes: readonly Hash[];
  /** Something of the block was found wrong, so a broken chain says nothing new. */
  faulty: boolean;
  /** Lines that differ from the log's records: what the chain says of them is told with them. */
  readonly differences: AuditFinding[];
}

/** Reads a partition's files in order. */
export class PartitionCheck {
  /** Record lines seen. */
  records = 0;
  readonly #at: TopicPartition;
  readonly #findings: AuditFindings;
  readonly #cursor: LogCursor | null;
  #file: FileUnderCheck = { path: "", base: 0, end: 0 };
  #line = 0;
  #expected = 0;
  /** A line could not be read: the next one may have any higher offset. */
  #resync = false;
  /** By how much the offset of the line before was wrong. */
  #shift = 0;
  #block: Block;

  constructor(at: TopicPartition, findings: AuditFindings, cursor: LogCursor | null) {
    this.#at = at;
    this.#findings = findings;
    this.#cursor = cursor;
    this.#block = this.#newBlock([genesisChain(at)]);
  }

  /** The offset after the last record checked. */
  get end(): number {
    return this.#expected;
  }

  beginFile(file: FileUnderCheck): void {
    this.#file = file;
    this.#line = 0;
    if (file.base <= this.#expected) return;
    this.#reportMissing(null, file.base);
    this.#goOn(file.base, []);
  }

  /** Takes the next line. Resolved at once unless records must be fetched from the log. */
  takeLine(line: FileLine): Promise<void> | void {
    this.#line = line.number;
    const text = this.#textOf(line);
    const chain = text === null ? null : parseChainLine(text);
    if (chain !== null) return this.#takeChain(chain.chain, chain.through);
    const awaited = text !== null && this.#cursor?.peek(this.#expected);
    if (awaited && !this.#atBlockEnd() && auditLine(awaited) === `${text}\n`) {
      return this.#accept(line, this.#expected);
    }
    const record = text === null ? null : parseAuditLine(text);
    if (record === null) return this.#takeDamaged(line);
    return this.#takeRecord(line, record);
  }

  endFile(): void {
    const { end } = this.#file;
    if (this.#expected < end && !this.#resync) {
      this.#reportMissing(this.#file.path, end);
      return this.#goOn(end, []);
    }
    if (this.#expected === end && this.#block.lines === 0) return;
    this.#report("chain-line", "the chain line at the end of the file is missing");
    this.#goOn(end, this.#chains());
  }

  /** Nothing follows: what should be there below `end` is missing. */
  endPartition(end: number): void {
    if (this.#expected < end) this.#reportMissing(null, end);
  }

  #textOf(line: FileLine): string | null {
    if (!line.ended) {
      this.#report("cut-line", "the file ends in the middle of a line");
      return null;
    }
    try {
      return decoder.decode(line.bytes.subarray(0, -1));
    } catch {
      // Not UTF-8: no line of ours, as the caller reports.
      return null;
    }
  }

  async #takeRecord(line: FileLine, record: AuditedRecord): Promise<void> {
    const { offset } = record;
    if (this.#atBlockEnd() || (this.#resync && offset === this.#blockEnd())) {
      this.#report("chain-line", "the chain line of the block before it is missing");
      this.#goOn(this.#blockEnd(), this.#chains());
    }
    const place = this.#placeOf(offset);
    await this.#compare(record, place);
    this.#accept(line, place);
  }

  /** Where a record that says `offset` belongs: there, or where the line stands. */
  #placeOf(offset: number): number {
    const shift = offset - this.#expected;
    const wasShift = this.#shift;
    this.#shift = shift;
    if (shift === 0) return offset;
    // Lines were lost or put in, as a damaged line or two lines in a row say.
    const lost = this.#resync && shift > 0 && offset < this.#blockEnd();
    if (lost || shift === wasShift) {
      this.#shift = 0;
      return offset;
    }
    this.#block.faulty = true;
    this.#report("wrong-offset", `the record is ${offset}, but ${this.#expected} was to come`);
    return this.#expected;
  }

  async #compare(record: AuditedRecord, place: number): Promise<void> {
    if (this.#cursor === null) return;
    const logged: LogRecord | null = await this.#cursor.fetch(place);
    if (logged === null) {
      this.#report("not-in-log", `the log has no record ${place}; it ends at ${this.#cursor.end}`);
      return;
    }
    const difference = describeDifference(record, logged);
    if (difference === null) return;
    this.#block.differences.push(
      this.#finding("differs-from-log", `record ${place} is not the log's: ${difference}`, place),
    );
  }

  #takeDamaged(line: FileLine): void {
    if (this.#atBlockEnd()) {
      if (line.ended) this.#report("chain-line", "a chain line was to come, but this is none");
      return this.#goOn(this.#expected, this.#chains());
    }
    if (line.ended) {
      this.#report("malformed-line", "the line is no record as it is written here");
    }
    this.#block.faulty = true;
    this.#resync = true;
    this.#hash(line);
  }

  #accept(line: FileLine, offset: number): void {
    this.records++;
    this.#resync = false;
    this.#expected = offset + 1;
    this.#hash(line);
  }

  #hash(line: FileLine): void {
    this.#block.lines++;
    for (const hash of this.#block.hashes) hash.update(line.bytes);
  }

  #takeChain(chain: string, through: number): void {
    const blockEnd = this.#blockEnd();
    if (through !== blockEnd) {
      this.#report("chain-line", `the chain line says through ${through} instead of ${blockEnd}`);
    }
    if (this.#expected < blockEnd && !this.#resync) {
      this.#block.faulty = true;
      this.#reportMissing(this.#file.path, blockEnd);
    }
    const chains = this.#chains();
    const fits = chains.length === 0 || chains.includes(chain);
    this.#reportDifferences(fits);
    if (!fits && !this.#block.faulty) {
      const { firstOffset, lines } = this.#block;
      this.#report(
        "chain-broken",
        `lines ${this.#line - lines} to ${this.#line}, records ${firstOffset} to ${
          blockEnd - 1
        }, ` +
          `do not give the chain below them: one of them was changed`,
        firstOffset,
      );
    }
    // Whether lines or chain line were changed shows in the next block: either chain may precede it.
    this.#goOn(blockEnd, fits ? [chain] : [chain, ...chains]);
  }

  /** Where the block ends: at the next multiple of the block's size, or where the tail ends. */
  #blockEnd(): number {
    const full = this.#block.firstOffset - this.#block.firstOffset % BLOCK_OFFSETS + BLOCK_OFFSETS;
    return Math.min(full, this.#file.end);
  }

  #atBlockEnd(): boolean {
    return this.#block.lines > 0 && this.#expected >= this.#blockEnd();
  }

  #chains(): readonly string[] {
    return this.#block.hashes.map((hash) => hash.copy().digest("hex"));
  }

  #goOn(offset: number, heads: readonly string[]): void {
    this.#reportDifferences(null);
    this.#expected = offset;
    this.#resync = false;
    this.#block = this.#newBlock(heads);
  }

  #newBlock(heads: readonly string[]): Block {
    const hashes = [...new Set(heads)].slice(0, 2).map(beginBlock);
    return { firstOffset: this.#expected, lines: 0, hashes, faulty: false, differences: [] };
  }

  #reportDifferences(fits: boolean | null): void {
    const verdict = fits === null
      ? ""
      : fits
      ? "; the chain fits the audit log's line, so the log was changed, or line and chain together"
      : "; the chain does not fit the audit log's line, so the audit log was changed";
    for (const finding of this.#block.differences.splice(0)) {
      this.#block.faulty = true;
      this.#findings.add({ ...finding, message: finding.message + verdict });
    }
  }

  #reportMissing(file: string | null, until: number): void {
    const from = this.#expected;
    const what = until - from === 1 ? `record ${from} is` : `records ${from} to ${until - 1} are`;
    this.#findings.add({
      ...this.#finding("missing-records", `${what} missing`, from),
      file,
      line: file === null ? null : this.#line,
    });
  }

  #report(kind: AuditFindingKind, message: string, offset = this.#expected): void {
    this.#findings.add(this.#finding(kind, message, offset));
  }

  #finding(kind: AuditFindingKind, message: string, offset: number): AuditFinding {
    const { topic, partition } = this.#at;
    return { kind, topic, partition, file: this.#file.path, line: this.#line, offset, message };
  }
}
