/**
 * Where an audit logger begins with a partition: at the segment that its snapshot names, as long as
 * every segment below it is in place.
 *
 * @module
 */

import { z } from "zod";
import type { TopicPartition } from "../../kafka/event_log.ts";
import { packState, unpackState } from "../fold/state_bytes.ts";
import { type ChainStart, genesisChain, parseChainLine } from "./audit_chain.ts";
import { type AuditFile, SEGMENT_OFFSETS, segmentFileName } from "./audit_file_name.ts";

/** A snapshot as it is kept: the state of a partition at `offset`. */
export interface AuditSnapshot {
  readonly offset: number;
  readonly bytes: Uint8Array;
}

/** Where to begin, and what the chain must be once the snapshot's offset is reached. */
export interface AuditRecovery {
  readonly start: ChainStart;
  readonly vouched: ChainStart | null;
}

const stateSchema = z.strictObject({
  version: z.literal(1),
  topic: z.string(),
  partition: z.number(),
  segmentBase: z.number().int().nonnegative().multipleOf(SEGMENT_OFFSETS),
  chain: z.string().regex(/^[0-9a-f]{64}$/),
});

/** The whole state of an audited partition: the next segment's base and the chain's head there. */
export function encodeAuditState(at: TopicPartition, start: ChainStart): Uint8Array {
  const { topic, partition } = at;
  return packState({
    version: 1,
    topic,
    partition,
    segmentBase: start.offset,
    chain: start.head,
  });
}

/**
 * The state that {@link encodeAuditState} gave.
 * @throws {Error} when the bytes are another partition's, or none of an audit logger's
 */
export function decodeAuditState(at: TopicPartition, snapshot: AuditSnapshot): ChainStart {
  const parsed = stateSchema.safeParse(unpackState(snapshot.bytes).head);
  const name = `${at.topic}/${at.partition}`;
  if (!parsed.success) {
    throw new Error(
      `Cannot resume the audit log of ${name}: its snapshot is none of an audit logger`,
    );
  }
  const { topic, partition, segmentBase, chain } = parsed.data;
  if (topic !== at.topic || partition !== at.partition || segmentBase !== snapshot.offset) {
    throw new Error(
      `Cannot resume the audit log of ${name}: its snapshot at ${snapshot.offset} is that of ` +
        `${topic}/${partition} at ${segmentBase}`,
    );
  }
  return { offset: segmentBase, head: chain };
}

/**
 * Where to begin in `folder`. On a machine that has not (all of) the segments below the snapshot,
 * that is the first one missing: the log still holds every record, and the chain must come out as
 * the snapshot has it.
 */
export function recoverAudit(
  at: TopicPartition,
  place: { readonly folder: string; readonly found: readonly AuditFile[] },
  snapshot: AuditSnapshot | null,
): AuditRecovery {
  const genesis = { offset: 0, head: genesisChain(at) };
  if (snapshot === null) return { start: genesis, vouched: null };
  const vouched = decodeAuditState(at, snapshot);
  const installed = new Set(
    place.found.filter(({ kind }) => kind === "segment").map(({ base }) => base),
  );
  let base = 0;
  while (base < vouched.offset && installed.has(base)) base += SEGMENT_OFFSETS;
  if (base === vouched.offset) return { start: vouched, vouched: null };
  const head = base === 0 ? genesis.head : readHead(place.folder, base);
  return { start: { offset: base, head }, vouched };
}

/** Longer than any chain line. */
const CHAIN_LINE_BYTES = 128;

/** The chain at the end of the segment before `base`: its last line. */
function readHead(folder: string, base: number): string {
  const path = `${folder}/${segmentFileName(base - SEGMENT_OFFSETS)}`;
  using file = Deno.openSync(path);
  const { size } = file.statSync();
  file.seekSync(Math.max(0, size - CHAIN_LINE_BYTES), Deno.SeekMode.Start);
  const piece = new Uint8Array(CHAIN_LINE_BYTES);
  const text = new TextDecoder().decode(piece.subarray(0, file.readSync(piece) ?? 0));
  const last = text.endsWith("\n") ? parseChainLine(text.trimEnd().split("\n").at(-1) ?? "") : null;
  if (last?.through !== base) {
    throw new Error(`Cannot resume the audit log: ${path} does not end with its chain line`);
  }
  return last.chain;
}
