/**
 * Snapshots live in the log, so an actor can come back on another machine: a compacted topic, keyed
 * by role, partition, offset and chunk. A manifest with a digest is written last, so a snapshot is
 * there whole or not at all; the one before stays until then.
 *
 * @module
 */

import { createHash } from "node:crypto";
import { z } from "zod";
import type {
  EventLog,
  LogRecord,
  RecordToPublish,
  TopicPartition,
} from "../../kafka/event_log.ts";
import { partitionForKey } from "../../kafka/partitioner.ts";
import { readRange } from "../log_access/read_range.ts";
import { publishUntilAcknowledged } from "../log_access/publish_until_acknowledged.ts";
import type { Clock } from "../runtime/clock.ts";

/** Bytes of one chunk: well below the log's limit for a record. */
export const SNAPSHOT_CHUNK_BYTES = 512 * 1024;

/** Tombstones of one publish. */
const TOMBSTONES_AT_ONCE = 1_000;

const TOPIC = "snapshots";

const manifestSchema = z.strictObject({
  role: z.string(),
  topic: z.string(),
  partition: z.number().int().nonnegative(),
  /** The next offset to fold: the snapshot holds the effects of everything below it. */
  offset: z.number().int().nonnegative(),
  chunks: z.number().int().nonnegative(),
  bytes: z.number().int().nonnegative(),
  sha256: z.string().length(64),
});
type Manifest = z.infer<typeof manifestSchema>;

/** A snapshot as it was found. */
export interface Snapshot {
  /** The next offset to fold. */
  readonly offset: number;
  readonly bytes: Uint8Array;
}

/** What {@link SnapshotStore.load} found. */
export interface LoadedSnapshot {
  readonly snapshot: Snapshot | null;
  /** Snapshots that were passed over because a part was missing or the digest did not agree. */
  readonly damaged: readonly string[];
}

/** What stands in the log: manifests, the oldest first, and where each chunk is, by key. */
interface Scanned {
  readonly manifests: readonly Manifest[];
  readonly chunkOffsets: ReadonlyMap<string, number>;
}

/** How a snapshot waits while the log cannot take it. */
export type SnapshotPatience = Pick<
  Parameters<typeof publishUntilAcknowledged>[2],
  "signal" | "onRetry"
>;

/** The snapshots of one role's partition. */
export class SnapshotStore {
  readonly #log: EventLog;
  readonly #clock: Clock;
  readonly #role: string;
  readonly #source: TopicPartition;
  readonly #prefix: string;
  readonly #target: TopicPartition;
  /** Snapshots in the log with their count of chunks, oldest first. */
  #kept: { readonly offset: number; readonly chunks: number }[] = [];

  constructor(options: {
    readonly log: EventLog;
    readonly clock: Clock;
    readonly role: string;
    readonly source: TopicPartition;
    /** How many partitions `snapshots` has. */
    readonly partitions: number;
  }) {
    this.#log = options.log;
    this.#clock = options.clock;
    this.#role = options.role;
    this.#source = options.source;
    this.#prefix = `${options.role}/${options.source.topic}/${options.source.partition}`;
    const partition = partitionForKey(this.#prefix, options.partitions);
    this.#target = { topic: TOPIC, partition };
  }

  /**
   * The newest snapshot that is whole, or null, for the partition's owner. Chunks older than it without
   * a manifest, left by a crash between the two, get tombstones: nothing else would ever take them away.
   */
  async load(): Promise<LoadedSnapshot> {
    const scanned = await this.#scan();
    const { manifests, chunkOffsets } = scanned;
    const loaded = await this.#newestWhole(scanned);
    const { snapshot, damaged } = loaded;
    this.#kept = manifests.map(({ offset, chunks }) => ({ offset, chunks }))
      .filter(({ offset }) => !damaged.includes(`${this.#prefix}/${offset}`));
    if (snapshot !== null) await this.#forgetOrphans(manifests, chunkOffsets, snapshot.offset);
    return loaded;
  }

  /** The newest snapshot that is whole, or null, for whoever only looks: nothing is written. */
  async read(): Promise<LoadedSnapshot> {
    return await this.#newestWhole(await this.#scan());
  }

  /**
   * Writes a snapshot. Every output of records below `offset` must be acknowledged by then. The
   * newest two snapshots stay; older ones get tombstones.
   */
  async save({ offset, bytes }: Snapshot, patience: SnapshotPatience = {}): Promise<void> {
    if (this.#kept.some((kept) => kept.offset >= offset)) return;
    const chunks: RecordToPublish[] = [];
    for (let at = 0; at < bytes.length; at += SNAPSHOT_CHUNK_BYTES) {
      chunks.push({
        key: this.#key(offset, chunks.length),
        value: bytes.subarray(at, at + SNAPSHOT_CHUNK_BYTES),
      });
    }
    for (const chunk of chunks) await this.#publish([chunk], patience);
    const manifest: Manifest = {
      role: this.#role,
      topic: this.#source.topic,
      partition: this.#source.partition,
      offset,
      chunks: chunks.length,
      bytes: bytes.length,
      sha256: sha256(bytes),
    };
    const key = this.#key(offset, "manifest");
    await this.#publish([{ key, value: JSON.stringify(manifest) }], patience);
    this.#kept.push({ offset, chunks: chunks.length });
    await this.#forgetAllButTwo(patience);
  }

  async #newestWhole({ manifests, chunkOffsets }: Scanned): Promise<LoadedSnapshot> {
    const damaged: string[] = [];
    for (const manifest of manifests.toReversed()) {
      const bytes = await this.#assemble(manifest, chunkOffsets);
      if (bytes !== null) return { snapshot: { offset: manifest.offset, bytes }, damaged };
      damaged.push(`${this.#prefix}/${manifest.offset}`);
    }
    return { snapshot: null, damaged };
  }

  async #forgetAllButTwo(patience: SnapshotPatience): Promise<void> {
    const old = this.#kept.slice(0, -2);
    if (old.length === 0) return;
    const tombstones = old.flatMap(({ offset, chunks }) =>
      ["manifest", ...Array.from({ length: chunks }, (_, chunk) => chunk)]
        .map((part): RecordToPublish => ({ key: this.#key(offset, part), value: null }))
    );
    await this.#publish(tombstones, patience);
    this.#kept = this.#kept.slice(-2);
  }

  /** Only those below `newest`: younger ones may belong to a snapshot that is being written. */
  async #forgetOrphans(
    manifests: readonly Manifest[],
    chunkOffsets: ReadonlyMap<string, number>,
    newest: number,
  ): Promise<void> {
    const listed = new Set(
      manifests.flatMap(({ offset, chunks }) =>
        Array.from({ length: chunks }, (_, chunk) => this.#key(offset, chunk))
      ),
    );
    const orphans = [...chunkOffsets.keys()].filter((key) => {
      const offset = Number(key.slice(this.#prefix.length + 1).split("/")[0]);
      return offset < newest && !listed.has(key);
    });
    for (let at = 0; at < orphans.length; at += TOMBSTONES_AT_ONCE) {
      const some = orphans.slice(at, at + TOMBSTONES_AT_ONCE);
      await this.#publish(some.map((key): RecordToPublish => ({ key, value: null })));
    }
  }

  #key(offset: number, part: number | string): string {
    return `${this.#prefix}/${offset}/${part}`;
  }

  async #publish(
    records: readonly RecordToPublish[],
    patience: SnapshotPatience = {},
  ): Promise<void> {
    const batch = { ...this.#target, records };
    await publishUntilAcknowledged(this.#log, [batch], { ...patience, clock: this.#clock });
  }

  async #scan(): Promise<Scanned> {
    const manifests = new Map<string, Manifest>();
    const chunkOffsets = new Map<string, number>();
    for await (const record of readRange(this.#log, this.#target)) {
      const { key } = record;
      if (key === null || !key.startsWith(`${this.#prefix}/`)) continue;
      if (record.value === null) {
        manifests.delete(key);
        chunkOffsets.delete(key);
      } else if (key.endsWith("/manifest")) {
        const manifest = parseManifest(record);
        if (manifest !== null) manifests.set(key, manifest);
      } else {
        chunkOffsets.set(key, record.offset);
      }
    }
    const sorted = [...manifests.values()].sort((a, b) => a.offset - b.offset);
    return { manifests: sorted, chunkOffsets };
  }

  async #assemble(
    manifest: Manifest,
    chunkOffsets: ReadonlyMap<string, number>,
  ): Promise<Uint8Array | null> {
    const bytes = new Uint8Array(manifest.bytes);
    let at = 0;
    for (let chunk = 0; chunk < manifest.chunks; chunk++) {
      const from = chunkOffsets.get(this.#key(manifest.offset, chunk));
      if (from === undefined) return null;
      for await (const record of readRange(this.#log, this.#target, { from, to: from + 1 })) {
        if (record.value === null || at + record.value.length > bytes.length) return null;
        bytes.set(record.value, at);
        at += record.value.length;
      }
    }
    return at === bytes.length && sha256(bytes) === manifest.sha256 ? bytes : null;
  }
}

function parseManifest(record: LogRecord): Manifest | null {
  try {
    return manifestSchema.parse(JSON.parse(record.text ?? ""));
  } catch {
    // A manifest that cannot be read vouches for nothing: the snapshot counts as not written.
    return null;
  }
}

function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}
