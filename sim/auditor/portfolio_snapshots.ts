/**
 * What portfolio managers saved: read from `snapshots` by the layout of their bytes, as a stranger
 * would, without the code that wrote them.
 *
 * A snapshot is chunks under `<role>/<topic>/<partition>/<offset>/<n>` and a manifest under
 * `.../manifest`. Its bytes are sections: a uint32 count of parts, the uint32 length of the head and of
 * each part (little endian), a JSON head, the parts. The one part of a fold's snapshot is its state,
 * packed in the same way.
 *
 * @module
 */

import { createHash } from "node:crypto";
import { z } from "zod";
import type { EventLog, LogRecord } from "../../kafka/event_log.ts";
import { refOf } from "./findings.ts";
import { readPortions } from "./partition_stream.ts";
import type { RecordRef } from "./verdict.ts";

const TOPIC = "snapshots";
const ROLE = "portfolio-manager";
const PREFIX = `${ROLE}/notifications/`;

/** Records asked for at once: chunks of half a megabyte, most of them of other roles. */
const READ_CHUNKS = 8;

const manifestSchema = z.object({
  partition: z.number().int(),
  offset: z.number().int(),
  chunks: z.number().int(),
  sha256: z.string(),
});
type Manifest = z.infer<typeof manifestSchema>;

const stateSchema = z.object({
  portfolios: z.array(z.tuple([
    z.string(),
    z.number(),
    z.number(),
    z.array(z.tuple([z.string(), z.number(), z.number(), z.number(), z.number()])),
  ])),
});

/** A symbol's position, in lots and cash units. */
export interface SavedPosition {
  readonly lots: number;
  readonly cost: number;
  readonly realised: number;
  readonly trades: number;
}

/** A user's portfolio. */
export interface SavedPortfolio {
  readonly cash: number;
  readonly trades: number;
  readonly positions: ReadonlyMap<string, SavedPosition>;
}

/** The portfolios of a partition's users when everything below `offset` had been folded. */
export interface SavedPortfolios {
  readonly offset: number;
  /** Where the manifest is. */
  readonly at: { readonly topic: string; readonly partition: number; readonly offset: number };
  readonly portfolios: ReadonlyMap<string, SavedPortfolio>;
}

/** Snapshots by partition of `notifications`, the oldest first. */
export type PortfolioSnapshots = ReadonlyMap<number, readonly SavedPortfolios[]>;

interface Found {
  readonly manifests: Map<string, { readonly manifest: Manifest; readonly at: RecordRef }>;
  readonly chunks: Map<string, Uint8Array>;
}

/**
 * Every whole snapshot that the log still has. One that is damaged vouches for nothing, as for the
 * actor that would come back from it.
 *
 * @throws {EventLogError} when the log cannot be read
 */
export async function readPortfolioSnapshots(log: EventLog): Promise<PortfolioSnapshots> {
  const [topic] = (await log.describeTopics()).filter(({ name }) => name === TOPIC);
  const found: Found = { manifests: new Map(), chunks: new Map() };
  for (const [partition, { start, end }] of (topic?.offsets ?? []).entries()) {
    const range = { topic: TOPIC, partition, start, end };
    for await (const portion of readPortions(log, range, { maxRecords: READ_CHUNKS })) {
      for (const record of portion.records) take(record, found);
      portion.release();
    }
  }
  const byPartition = new Map<number, SavedPortfolios[]>();
  for (const { manifest, at } of found.manifests.values()) {
    const portfolios = portfoliosOf(manifest, found.chunks);
    if (portfolios === null) continue;
    const saved = byPartition.get(manifest.partition) ?? [];
    byPartition.set(manifest.partition, saved);
    saved.push({ offset: manifest.offset, at, portfolios });
  }
  for (const saved of byPartition.values()) saved.sort((a, b) => a.offset - b.offset);
  return byPartition;
}

function take(record: LogRecord, { manifests, chunks }: Found): void {
  const { key, value, text } = record;
  if (key === null || !key.startsWith(PREFIX)) return;
  if (value === null) {
    manifests.delete(key);
    chunks.delete(key);
  } else if (!key.endsWith("/manifest")) {
    chunks.set(key, value.slice());
  } else {
    const parsed = manifestSchema.safeParse(jsonOf(text));
    if (parsed.success) manifests.set(key, { manifest: parsed.data, at: refOf(record) });
    else manifests.delete(key);
  }
}

/** Null for a snapshot that is not whole. */
function portfoliosOf(
  { partition, offset, chunks, sha256 }: Manifest,
  stored: ReadonlyMap<string, Uint8Array>,
): ReadonlyMap<string, SavedPortfolio> | null {
  const digest = createHash("sha256");
  const pieces: Uint8Array[] = [];
  for (let chunk = 0; chunk < chunks; chunk++) {
    const piece = stored.get(`${PREFIX}${partition}/${offset}/${chunk}`);
    if (piece === undefined) return null;
    digest.update(piece);
    pieces.push(piece);
  }
  if (digest.digest("hex") !== sha256) return null;
  const [, state] = sectionsOf(joined(pieces));
  const [head] = state === undefined ? [] : sectionsOf(state);
  const parsed = stateSchema.safeParse(
    head === undefined ? null : jsonOf(new TextDecoder().decode(head)),
  );
  if (!parsed.success) return null;
  return new Map(parsed.data.portfolios.map(([userId, cash, trades, rows]) => {
    const positions = new Map(
      rows.map(([symbol, lots, cost, realised, count]) =>
        [symbol, { lots, cost, realised, trades: count }] as const
      ),
    );
    return [userId, { cash, trades, positions }] as const;
  }));
}

function joined(pieces: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(pieces.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const piece of pieces) {
    bytes.set(piece, at);
    at += piece.length;
  }
  return bytes;
}

/** Head and parts; none when a length goes past the end. */
function sectionsOf(bytes: Uint8Array): readonly Uint8Array[] {
  if (bytes.length < 4) return [];
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const count = view.getUint32(0, true) + 1;
  if (4 + 4 * count > bytes.length) return [];
  const sections: Uint8Array[] = [];
  let at = 4 + 4 * count;
  for (let i = 0; i < count; i++) {
    const length = view.getUint32(4 + 4 * i, true);
    if (at + length > bytes.length) return [];
    sections.push(bytes.subarray(at, at + length));
    at += length;
  }
  return sections;
}

function jsonOf(text: string | null): unknown {
  try {
    return JSON.parse(text ?? "");
  } catch {
    // What cannot be read vouches for nothing.
    return null;
  }
}
