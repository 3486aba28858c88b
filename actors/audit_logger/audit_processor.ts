/**
 * The audit logger's work on one partition: records become lines, lines become segments, and the
 * chain's head goes into a snapshot at segment boundaries.
 *
 * @module
 */

import type { LogRecord, TopicPartition } from "../../kafka/event_log.ts";
import type { FlushReason, PartitionProcessor } from "../consumer/partition_processor.ts";
import { AuditChain, BLOCK_OFFSETS, type ChainStart } from "./audit_chain.ts";
import { partitionFolder, SEGMENT_OFFSETS } from "./audit_file_name.ts";
import { type AuditSnapshot, encodeAuditState, recoverAudit } from "./audit_recovery.ts";
import { LineBuffer } from "./line_buffer.ts";
import { OpenFiles } from "./open_files.ts";
import { listAuditFiles, makeFolder, SegmentWriter } from "./segment_writer.ts";

/** Segments between two snapshots, at most; so much is folded again after a crash. */
export const SNAPSHOT_SEGMENTS = 8;

/** Segments between two snapshots where one is wanted every so many records; never more than usual. */
export function segmentsOf(records: number): number {
  return Math.min(SNAPSHOT_SEGMENTS, Math.max(1, Math.ceil(records / SEGMENT_OFFSETS)));
}

/** Bytes collected before they are written. */
const WRITE_BYTES = 1024 * 1024;

/** What all audited partitions of one actor share. */
export interface AuditPlace {
  /** The audit folder; partitions have their folders in it. */
  readonly folder: string;
  /** The actor's lasting name. Letters, digits, dot, dash and underscore only. */
  readonly instance: string;
  readonly incarnation: number;
  /** Segments are on the disk before a snapshot tells of them. Default false: they survive `kill -9`. */
  readonly syncToDisk?: boolean;
  readonly files: OpenFiles;
  readonly buffer: LineBuffer;
}

/** Makes what all partitions of one incarnation of an audit logger share. */
export function auditPlace(
  options: Omit<AuditPlace, "files" | "buffer">,
): AuditPlace {
  return { ...options, files: new OpenFiles(), buffer: new LineBuffer() };
}

/** Where the chain's head is kept. */
export interface AuditSnapshots {
  readonly loadSnapshot: () => Promise<AuditSnapshot | null>;
  readonly saveSnapshot: (offset: number, bytes: Uint8Array) => Promise<void>;
}

/** Opens the audit log of a partition and finds where to go on. */
export async function openAuditProcessor(
  at: TopicPartition,
  options: AuditSnapshots & {
    readonly place: AuditPlace;
    /** Default {@link SNAPSHOT_SEGMENTS}. */
    readonly snapshotSegments?: number;
  },
): Promise<AuditProcessor> {
  const { instance, incarnation, files, syncToDisk = false } = options.place;
  const folder = partitionFolder(options.place.folder, at);
  makeFolder(folder, syncToDisk);
  const snapshot = await options.loadSnapshot();
  const found = listAuditFiles(folder);
  const { start, vouched } = recoverAudit(at, { folder, found }, snapshot);
  const writer = new SegmentWriter(
    { folder, writer: `${instance}-${incarnation}`, files, syncToDisk },
    found,
  );
  for (const { base } of found) if (base < start.offset) writer.clear(base);
  return new AuditProcessor(at, {
    start,
    vouched,
    writer,
    buffer: options.place.buffer,
    snapshotOffset: snapshot?.offset ?? 0,
    snapshotSegments: options.snapshotSegments ?? SNAPSHOT_SEGMENTS,
    saveSnapshot: options.saveSnapshot,
  });
}

interface Parts {
  readonly start: ChainStart;
  readonly vouched: ChainStart | null;
  readonly writer: SegmentWriter;
  readonly buffer: LineBuffer;
  readonly snapshotOffset: number;
  readonly snapshotSegments: number;
  readonly saveSnapshot: AuditSnapshots["saveSnapshot"];
}

/** Writes the audit log of one partition. Made by {@link openAuditProcessor}. */
export class AuditProcessor implements PartitionProcessor {
  readonly #at: TopicPartition;
  readonly #parts: Parts;
  readonly #chain: AuditChain;
  /** The open segment's base, and the chain's head there. */
  #segment: ChainStart;
  #snapshotOffset: number;
  /** Why it takes no more records, once it does not. */
  #ended: string | null = null;

  constructor(at: TopicPartition, parts: Parts) {
    this.#at = at;
    this.#parts = parts;
    this.#chain = new AuditChain(at, parts.start);
    this.#segment = parts.start;
    this.#snapshotOffset = parts.snapshotOffset;
  }

  get position(): number {
    return this.#chain.offset;
  }

  async process(records: readonly LogRecord[]): Promise<void> {
    if (this.#ended !== null) {
      throw new Error(`Cannot audit ${this.#at.topic}/${this.#at.partition}: ${this.#ended}`);
    }
    // Chain and file go on together; after a failure between the two, only opening anew is right.
    this.#ended = "a failure came before; it must be opened anew";
    let next = records.findIndex(({ offset }) => offset >= this.position);
    if (next < 0) next = records.length;
    while (next < records.length) {
      const until = Math.min(records.length, next + untilMultiple(this.position, SEGMENT_OFFSETS));
      this.#write(records, next, until);
      next = until;
      if (this.position % SEGMENT_OFFSETS !== 0) continue;
      this.#completeSegment();
      if (this.#segmentsSinceSnapshot() >= this.#parts.snapshotSegments) await this.#snapshot();
      if (this.#wasAbandoned()) return;
    }
    this.#ended = null;
  }

  async flush(reason: FlushReason): Promise<void> {
    if (this.#ended !== null) return;
    if (reason !== "interval") {
      this.#ended = "it has stopped";
      this.#installTail();
    }
    if (this.#segmentsSinceSnapshot() > 0) await this.#snapshot();
  }

  abandon(): void {
    this.#ended = ABANDONED;
    this.#parts.writer.close();
  }

  #write(records: readonly LogRecord[], from: number, until: number): void {
    const { buffer, writer } = this.#parts;
    buffer.clear();
    for (let at = from; at < until;) {
      const blockEnd = Math.min(until, at + untilMultiple(this.position, BLOCK_OFFSETS));
      this.#chain.append(records, at, blockEnd, buffer);
      at = blockEnd;
      if (at === until || buffer.length >= WRITE_BYTES) {
        writer.append(this.#segment.offset, buffer.take());
      }
    }
  }

  #completeSegment(): void {
    const { writer, vouched } = this.#parts;
    writer.installSegment(this.#segment.offset);
    this.#segment = { offset: this.#chain.offset, head: this.#chain.head };
    if (this.#segment.offset === vouched?.offset && this.#segment.head !== vouched.head) {
      throw new Error(
        `Cannot audit ${this.#at.topic}/${this.#at.partition}: at ${vouched.offset} the records ` +
          `give the chain ${this.#segment.head}, but the snapshot has ${vouched.head}`,
      );
    }
  }

  #installTail(): void {
    const { buffer, writer } = this.#parts;
    const { offset: base } = this.#segment;
    if (this.position === base) return;
    buffer.clear();
    buffer.append(this.#chain.tailLine());
    writer.append(base, buffer.take());
    writer.installTail(base, this.position);
  }

  #segmentsSinceSnapshot(): number {
    return (this.#segment.offset - this.#snapshotOffset) / SEGMENT_OFFSETS;
  }

  async #snapshot(): Promise<void> {
    const { offset } = this.#segment;
    await this.#parts.saveSnapshot(offset, encodeAuditState(this.#at, this.#segment));
    this.#snapshotOffset = offset;
  }

  #wasAbandoned(): boolean {
    return this.#ended === ABANDONED;
  }
}

const ABANDONED = "the partition was lost";

/** How many offsets there are from `offset` to the next multiple of `size`. */
function untilMultiple(offset: number, size: number): number {
  return size - offset % size;
}
