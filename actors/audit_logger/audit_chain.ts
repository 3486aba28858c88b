/**
 * The hash chain: a pure fold of one partition's records into lines. After every block of
 * {@link BLOCK_OFFSETS} offsets stands a chain line,
 * `{"chain":"<64 hex>","through":<offset, exclusive>}`, with
 *
 *     chain = SHA-256(chain before, as 64 hex characters, then the block's lines with their newlines)
 *
 * and before the first block `SHA-256("topic/partition")`. Whoever changes a byte of a line must
 * change every chain line after it.
 *
 * @module
 */

import { createHash, type Hash } from "node:crypto";
import type { LogRecord, TopicPartition } from "../../kafka/event_log.ts";
import { appendAuditLine } from "./audit_line.ts";
import type { LineBuffer } from "./line_buffer.ts";

/** Offsets that one chain line vouches for. */
export const BLOCK_OFFSETS = 256;

/** The chain before the first record of a partition. */
export function genesisChain(at: TopicPartition): string {
  return createHash("sha256").update(`${at.topic}/${at.partition}`).digest("hex");
}

/** The hash of a block to come, begun with the chain before it. */
export function beginBlock(chain: string): Hash {
  return createHash("sha256").update(chain);
}

/** A chain line, newline included. */
export function chainLine(chain: string, through: number): string {
  return `{"chain":"${chain}","through":${through}}\n`;
}

const CHAIN_LINE = /^\{"chain":"([0-9a-f]{64})","through":(0|[1-9]\d{0,15})\}$/;

/** What a chain line (without its newline) says, or null when it is none. */
export function parseChainLine(
  line: string,
): { readonly chain: string; readonly through: number } | null {
  const match = CHAIN_LINE.exec(line);
  return match === null ? null : { chain: match[1]!, through: Number(match[2]) };
}

/** How far a chain has got: `head` is the chain of all blocks below `offset`. */
export interface ChainStart {
  /** A multiple of {@link BLOCK_OFFSETS}. */
  readonly offset: number;
  readonly head: string;
}

/** The chain of one partition. What it writes depends on records only, not on how they are cut. */
export class AuditChain {
  readonly #name: string;
  #offset: number;
  #head: string;
  #block: Hash;

  constructor(at: TopicPartition, start: ChainStart) {
    this.#name = `${at.topic}/${at.partition}`;
    this.#offset = start.offset;
    this.#head = start.head;
    this.#block = beginBlock(start.head);
  }

  /** The offset of the next record. */
  get offset(): number {
    return this.#offset;
  }

  /** The chain of all complete blocks. */
  get head(): string {
    return this.#head;
  }

  /**
   * Appends the lines of `records[from]` up to, without, `records[until]`.
   * @throws {Error} when a record is not the next one: an audit log with a hole would be no audit log
   */
  append(records: readonly LogRecord[], from: number, until: number, out: LineBuffer): void {
    let start = out.length;
    for (let i = from; i < until; i++) {
      const record = records[i]!; // from and until are within the array
      if (record.offset !== this.#offset) throw this.#hole(record.offset);
      appendAuditLine(record, out);
      this.#offset++;
      if (this.#offset % BLOCK_OFFSETS !== 0) continue;
      this.#block.update(out.since(start));
      out.append(this.#closeBlock());
      start = out.length;
    }
    if (start < out.length) this.#block.update(out.since(start));
  }

  /** The chain line that ends a tail, or "" where one stands already. The chain goes on unchanged. */
  tailLine(): string {
    if (this.#offset % BLOCK_OFFSETS === 0) return "";
    return chainLine(this.#block.copy().digest("hex"), this.#offset);
  }

  #closeBlock(): string {
    this.#head = this.#block.digest("hex");
    this.#block = beginBlock(this.#head);
    return chainLine(this.#head, this.#offset);
  }

  #hole(offset: number): Error {
    return new Error(
      `Cannot audit ${this.#name}: record ${this.#offset} was to come, but ${offset} came`,
    );
  }
}
