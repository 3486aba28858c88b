/**
 * Names of the audit log's folders and files. Segments are named by offsets, so that whoever writes
 * one gives it the same name.
 *
 * @module
 */

import type { TopicPartition } from "../../kafka/event_log.ts";

/** Offsets that one segment covers: `[base, base + SEGMENT_OFFSETS)`, base a multiple of it. */
export const SEGMENT_OFFSETS = 4096;

const DIGITS = 20;
const NAME = /^(\d{20})(?:-(\d{20})\.ndjson|\.ndjson|\.([A-Za-z0-9._-]+)\.open)$/;
const FOLDER = /^(?!\.{1,2}$)[A-Za-z0-9._-]{1,249}$/;

/** What a file name says about the file. */
export type AuditFile =
  | { readonly kind: "segment"; readonly name: string; readonly base: number }
  | {
    /** The end of a partition when its writer gave it up; `end` is exclusive. */
    readonly kind: "tail";
    readonly name: string;
    readonly base: number;
    readonly end: number;
  }
  | {
    /** A segment that `writer` is, or was, at work on. Not part of the log. */
    readonly kind: "open";
    readonly name: string;
    readonly base: number;
    readonly writer: string;
  };

/** Name of the file with the records `[base, base + SEGMENT_OFFSETS)`. */
export function segmentFileName(base: number): string {
  return `${digits(base)}.ndjson`;
}

/** Name of the file with the records `[base, end)` of a segment that is not full. */
export function tailFileName(base: number, end: number): string {
  return `${digits(base)}-${digits(end)}.ndjson`;
}

/** Name of the file in which `writer` collects the segment at `base`. */
export function openFileName(base: number, writer: string): string {
  return `${digits(base)}.${writer}.open`;
}

/** What a name says, or null when it is none of the audit log's. */
export function parseAuditFileName(name: string): AuditFile | null {
  const match = NAME.exec(name);
  if (match === null) return null;
  const base = Number(match[1]);
  if (!Number.isSafeInteger(base) || base % SEGMENT_OFFSETS !== 0) return null;
  if (match[3] !== undefined) return { kind: "open", name, base, writer: match[3] };
  if (match[2] === undefined) return { kind: "segment", name, base };
  const end = Number(match[2]);
  if (end <= base || end >= base + SEGMENT_OFFSETS) return null;
  return { kind: "tail", name, base, end };
}

/**
 * The folder of a partition's audit log: `<audit folder>/<topic>/<partition>`.
 * @throws {RangeError} when the topic's name is no name for a folder
 */
export function partitionFolder(auditFolder: string, at: TopicPartition): string {
  if (!FOLDER.test(at.topic) || !Number.isSafeInteger(at.partition) || at.partition < 0) {
    throw new RangeError(
      `Cannot name an audit folder: "${at.topic}/${at.partition}" is no topic and partition`,
    );
  }
  return `${auditFolder}/${at.topic}/${at.partition}`;
}

function digits(offset: number): string {
  return String(offset).padStart(DIGITS, "0");
}
