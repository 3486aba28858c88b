/**
 * Snapshots that are read otherwise than they were written, and still agree with their digests.
 *
 * @module
 */

import { createHash } from "node:crypto";
import { packState, unpackState } from "../../../actors/fold/state_bytes.ts";
import type { EventLog, LogRecord, TopicPartition } from "../../../kafka/event_log.ts";
import { withBytes, withText } from "./changed_record.ts";
import { withRecords } from "./with_records.ts";

/** What a partition's snapshot begins with, as the fold writes it. */
export interface SnapshotHead {
  readonly version: number;
  readonly nextOffset: number;
  readonly now: number;
  readonly received: readonly (readonly [channel: string, next: number])[];
  readonly sent: readonly (readonly [destination: string, next: number])[];
}

const KEY = /^([^/]+)\/([^/]+)\/(\d+)\/(\d+)\/(\d+|manifest)$/;

/** The log, but for the heads of a role's snapshots. Only those of one chunk are rewritten. */
export function withSnapshotHeads(
  log: EventLog,
  role: string,
  rewrite: (head: SnapshotHead, source: TopicPartition) => SnapshotHead,
): EventLog {
  /** By key without its last part, what its chunk was rewritten to when it was last read. */
  const rewritten = new Map<string, Uint8Array>();
  const change = (record: LogRecord): LogRecord => {
    const match = record.topic === "snapshots" ? KEY.exec(record.key ?? "") : null;
    if (match === null || match[1] !== role || record.value === null) return record;
    const [, , topic = "", partition, offset, part] = match;
    const name = `${topic}/${partition}/${offset}`;
    if (part === "manifest") return rewriteManifest(record, rewritten.get(name));
    if (part !== "0") return record;
    const value = rewriteChunk(
      record.value,
      (head) => rewrite(head, { topic, partition: Number(partition) }),
    );
    if (value === null) return record;
    rewritten.set(name, value);
    return withBytes(record, value);
  };
  return withRecords(log, (records) => Promise.resolve(records.map(change)));
}

function rewriteChunk(
  bytes: Uint8Array,
  rewrite: (head: SnapshotHead) => SnapshotHead,
): Uint8Array | null {
  try {
    const { head, parts } = unpackState(bytes);
    return packState(rewrite(head as SnapshotHead), parts); // The fold's own bytes.
  } catch {
    // Torn bytes stay as they are, and their digest tells.
    return null;
  }
}

function rewriteManifest(record: LogRecord, chunk: Uint8Array | undefined): LogRecord {
  if (chunk === undefined) return record;
  const manifest: { readonly chunks: number } = JSON.parse(record.text ?? "");
  if (manifest.chunks !== 1) return record;
  const sha256 = createHash("sha256").update(chunk).digest("hex");
  return withText(record, JSON.stringify({ ...manifest, bytes: chunk.length, sha256 }));
}
