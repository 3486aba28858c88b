/**
 * A fold at work on a partition: fold, publish, wait for the acknowledgement; the consumer commits
 * afterwards. After a crash: snapshot, then fold silently up to where outputs are known to be in the
 * log, then go on.
 *
 * @module
 */

import {
  type EventLog,
  EventLogError,
  type LogRecord,
  type PublishedBatch,
} from "../../kafka/event_log.ts";
import type { MessageTopic } from "../../kafka/messages/mod.ts";
import type { Fold } from "../fold/fold.ts";
import {
  type FoldCounters,
  type PartitionCounts,
  PartitionFold,
  poisonMark,
  SequenceGapError,
} from "../fold/partition_fold.ts";
import { loadPoisonMarks, markPartition, MAX_POISON_MARKS } from "../fold/poison_marks.ts";
import { SnapshotStore } from "../fold/snapshot_store.ts";
import { publishUntilAcknowledged } from "../log_access/publish_until_acknowledged.ts";
import { readRange } from "../log_access/read_range.ts";
import type { Clock } from "../runtime/clock.ts";
import type { RuntimeEventBody } from "../runtime/runtime_events.ts";
import { WORK_BETWEEN_TURNS } from "../runtime/turns.ts";
import { isTracing } from "../telemetry/is_tracing.ts";
import type { RecordSpans } from "../telemetry/record_spans.ts";
import type { FlushReason, PartitionProcessor } from "./partition_processor.ts";

/** Records folded between two snapshots, at least. */
export const SNAPSHOT_EVERY_RECORDS = 20_000;

/**
 * A snapshot of so many bytes is worth one record folded: large states are written more rarely, so
 * that snapshots stay a small share of what is written.
 */
export const SNAPSHOT_BYTES_PER_RECORD = 50;

/** Outputs are published after so many records, so that what waits in memory is bounded. */
const PUBLISH_EVERY_RECORDS = 4_000;

/** What a {@link FoldProcessor} needs. */
export interface FoldProcessorOptions<State, T extends MessageTopic> {
  readonly fold: Fold<State, T>;
  readonly partition: number;
  readonly partitions: PartitionCounts;
  readonly log: EventLog;
  readonly clock: Clock;
  /** Aborts waits when the actor stops. */
  readonly signal: AbortSignal;
  /** A snapshot is written after so many records. Default: by count and size, so that few are. */
  readonly snapshotEveryRecords?: number;
  /** The group's committed offset: outputs of everything below are in the log. */
  readonly committed: number;
  readonly counters: FoldCounters;
  readonly tell: (event: RuntimeEventBody) => void;
  /** Says "still here" to the group during long work. */
  readonly heartbeat: () => Promise<void>;
}

/** Folds one partition durably. */
export class FoldProcessor<State, T extends MessageTopic> implements PartitionProcessor {
  readonly #options: FoldProcessorOptions<State, T>;
  readonly #store: SnapshotStore;
  readonly #name: string;
  #machine!: PartitionFold<State, T>;
  #marks = new Set<number>();
  /** Outputs of every record below are acknowledged. */
  #acknowledged: number;
  #snapshotOffset = 0;
  #snapshotBytes = 0;
  #abandoned = false;
  #published: readonly PublishedBatch[] = [];
  /** Null while nothing is traced. */
  #spans: RecordSpans | null = null;

  private constructor(options: FoldProcessorOptions<State, T>) {
    const { fold, partition } = options;
    this.#options = options;
    this.#acknowledged = options.committed;
    this.#name = `${fold.topic}/${partition}`;
    this.#store = new SnapshotStore({
      log: options.log,
      clock: options.clock,
      role: fold.role,
      source: { topic: fold.topic, partition },
      partitions: options.partitions.snapshots,
    });
  }

  /** Brings the partition's state back and stands ready behind it. */
  static async open<State, T extends MessageTopic>(
    options: FoldProcessorOptions<State, T>,
  ): Promise<FoldProcessor<State, T>> {
    const processor = new FoldProcessor(options);
    if (isTracing) {
      const { RecordSpans } = await import("../telemetry/record_spans.ts");
      processor.#spans = new RecordSpans({ group: options.fold.role, system: options.log.system });
    }
    await processor.#recover(options.committed);
    return processor;
  }

  get position(): number {
    return this.#machine.nextOffset;
  }

  /** Where the outputs went that were published last. */
  get published(): readonly PublishedBatch[] {
    return this.#published;
  }

  /** The role's state, for questions about it. */
  get state(): State {
    return this.#machine.state;
  }

  async process(records: readonly LogRecord[]): Promise<void> {
    let sincePublish = 0;
    // By index: V8 makes an object for each step of `for of` over the frozen arrays of a log in memory.
    for (let i = 0; i < records.length; i++) {
      const record = records[i]!;
      if (this.#abandoned) return;
      // Nearly every record is folded without waiting for anything, so nothing is awaited then.
      const trouble = this.#apply(record);
      if (trouble !== null) await trouble;
      if (++sincePublish % WORK_BETWEEN_TURNS === 0) await this.#options.clock.turn?.();
      if (sincePublish >= PUBLISH_EVERY_RECORDS) {
        sincePublish = 0;
        await this.#publishOutputs();
      }
    }
    await this.#publishOutputs();
    await this.#snapshotWhenDue();
  }

  async flush(reason: FlushReason): Promise<void> {
    if (reason === "interval" || this.#abandoned) return;
    if (this.position - this.#snapshotOffset > 0) await this.#saveSnapshot();
  }

  abandon(): void {
    this.#abandoned = true;
    this.#spans?.endAll();
  }

  /** Folds the record; when the fold throws, gives what is to be waited for. */
  #apply(record: LogRecord): Promise<void> | null {
    try {
      this.#fold(record);
      return null;
    } catch (error) {
      if (error instanceof SequenceGapError) throw error;
      this.#tellFailure(record, error);
      return this.#applyAgainFromCleanState(record);
    }
  }

  /**
   * Only a record on which the fold throws again, from a clean state, is poison. The mark is
   * acknowledged before going on, so every later fold of the partition skips the same record.
   */
  async #applyAgainFromCleanState(record: LogRecord): Promise<void> {
    await this.#recover(record.offset);
    try {
      this.#fold(record);
      return;
    } catch (error) {
      if (error instanceof SequenceGapError) throw error;
      this.#tellFailure(record, error);
      await this.#markPoison(record, String(error));
    }
    await this.#recover(record.offset);
    this.#fold(record);
  }

  /** Aloud from where outputs are not known to be in the log; only then it is traced. */
  #fold(record: LogRecord): void {
    const publishing = record.offset >= this.#acknowledged;
    const trace = publishing ? this.#spans?.begin(record) : undefined;
    this.#machine.apply(record, { publishing, trace });
  }

  async #markPoison(record: LogRecord, error: string): Promise<void> {
    const { fold, partition, partitions, log, clock, tell } = this.#options;
    if (this.#marks.size >= MAX_POISON_MARKS) {
      throw new Error(
        `Cannot skip ${this.#name}/${record.offset}: ${MAX_POISON_MARKS} records of it are skipped already`,
      );
    }
    const source = { topic: fold.topic, partition };
    const mark = poisonMark(record, { role: fold.role, error });
    const target = markPartition(source, partitions["dead-letters"]);
    const batch = { topic: "dead-letters", partition: target, records: [mark] };
    await publishUntilAcknowledged(log, [batch], { clock, signal: this.#options.signal });
    tell({
      kind: "dead-letter",
      partition: this.#name,
      offset: record.offset,
      why: "poison",
      error,
    });
  }

  /** Snapshot, then fold up to `until`: silently below what is acknowledged, aloud from there. */
  async #recover(until: number): Promise<void> {
    const { fold, partition, partitions, log, counters, tell } = this.#options;
    const source = { topic: fold.topic, partition };
    this.#marks = await loadPoisonMarks(log, {
      role: fold.role,
      source,
      partitions: partitions["dead-letters"],
    });
    const { snapshot, damaged } = await this.#store.load();
    for (const name of damaged) tell({ kind: "note", text: `snapshot ${name} is damaged` });
    this.#machine = new PartitionFold({
      fold,
      context: { topic: fold.topic, partition, partitions: partitions[fold.topic] },
      partitions,
      skip: this.#marks,
      counters,
      carriesMessages: log.carriesMessages ?? false,
      ...(snapshot === null ? {} : { snapshot: snapshot.bytes }),
    });
    this.#snapshotOffset = snapshot?.offset ?? 0;
    this.#snapshotBytes = snapshot?.bytes.length ?? 0;
    const from = this.#machine.nextOffset;
    if (from < until) await this.#foldAgain(from, until);
    tell({
      kind: "recovered",
      partition: this.#name,
      snapshotOffset: this.#snapshotOffset,
      committedOffset: this.#options.committed,
      folded: this.#machine.nextOffset - from,
    });
  }

  async #foldAgain(from: number, until: number): Promise<void> {
    const { fold, partition, log, heartbeat } = this.#options;
    let sincePublish = 0;
    const source = { topic: fold.topic, partition };
    for await (const record of readRange(log, source, { from, to: until })) {
      try {
        this.#fold(record);
      } catch (error) {
        if (error instanceof SequenceGapError) throw error;
        // A record that was folded before throws now: it is judged like any other.
        this.#tellFailure(record, error);
        await this.#applyAgainFromCleanState(record);
      }
      if (++sincePublish % WORK_BETWEEN_TURNS === 0) await this.#options.clock.turn?.();
      if (sincePublish >= PUBLISH_EVERY_RECORDS) {
        sincePublish = 0;
        await this.#publishOutputs();
        await heartbeat();
      }
    }
    if (this.position >= until) return;
    throw new EventLogError(
      "log-unavailable",
      `Cannot bring ${this.#name} back to ${until}: the log ends at ${this.position} now`,
      { retriable: true },
    );
  }

  async #publishOutputs(): Promise<void> {
    const outputs = this.#machine.takeOutputs();
    this.#published = [];
    if (outputs.length > 0) {
      const { log, clock, signal, heartbeat } = this.#options;
      const waiting = { clock, signal, onRetry: heartbeat };
      this.#published = await publishUntilAcknowledged(log, outputs, waiting);
    }
    if (this.position > this.#acknowledged) this.#acknowledged = this.position;
    this.#spans?.endAll();
  }

  async #snapshotWhenDue(): Promise<void> {
    const folded = this.position - this.#snapshotOffset;
    const due = this.#options.snapshotEveryRecords ??
      Math.max(SNAPSHOT_EVERY_RECORDS, this.#snapshotBytes / SNAPSHOT_BYTES_PER_RECORD);
    if (folded >= due) await this.#saveSnapshot();
  }

  /** Only called when every output below the position is acknowledged. */
  async #saveSnapshot(): Promise<void> {
    const offset = this.position;
    const bytes = this.#machine.snapshot();
    const { signal, heartbeat } = this.#options;
    await this.#store.save({ offset, bytes }, { signal, onRetry: heartbeat });
    this.#snapshotOffset = offset;
    this.#snapshotBytes = bytes.length;
    this.#options.tell({
      kind: "snapshot",
      partition: this.#name,
      offset,
      bytes: bytes.length,
    });
  }

  #tellFailure(record: LogRecord, error: unknown): void {
    this.#spans?.failed(record, error);
    this.#options.tell({
      kind: "fold-failed",
      partition: this.#name,
      offset: record.offset,
      error: String(error),
    });
  }
}
